import type { TranslationContext } from "#lib/contract/source.ts";
import type { Table } from "#lib/formats/format.ts";
import { otp } from "./otp.ts";
import { rowTranslator, type RowTranslator } from "./row-translator.ts";
import { users } from "./users.ts";

export type UploadKindName = "users" | "otp";

/**
 * The translator of one file's rows.
 *
 * @throws InboundError `malformed` `columns-ambiguous` or `columns-unrecognized` for a header that no row could be read by.
 */
export function translatorFor(
  kind: UploadKindName,
  header: Table["columns"],
  context: TranslationContext,
): RowTranslator {
  return kind === "users" ? rowTranslator(users, header, context) : rowTranslator(otp, header, context);
}
