import { columns } from "#lib/formats/pskc/columns.ts";
import { plainWord } from "#lib/fields/encode.ts";
import { isEmpty } from "#lib/fields/read.ts";
import type { RowProblem } from "#lib/formats/format.ts";
import { accountOf } from "#lib/layouts/choices.ts";
import { defineLayout } from "#lib/layouts/layout.ts";
import { namedBy } from "./distinguished-name.ts";

/**
 * The table of a PSKC container (lib/formats/pskc/). The owner of a token is its `UserId`; where the file has none, the configuration
 * may say which field the serial number is, e.g. `{ "serialNo": "externalId" }`.
 */
export default defineLayout({
  name: "pskc",
  title: "PSKC container (RFC 6030)",
  recognizes: ({ columns: written }) =>
    written?.length === columns.length && columns.every((column) => written.includes(column)),
  hides: ["secret"],
  knows: columns,
  entries(values) {
    const read = (column: (typeof columns)[number]) => ({ value: values[column], path: column });
    const fields = {
      ...accountOf({ value: namedBy(values["userId"]), path: "userId" }),
      secret: read("secret"),
      type: read("type"),
      algorithm: read("algorithm"),
      digits: read("digits"),
      period: read("period"),
      counter: read("counter"),
    };
    // Codes as Authing does not make them, by settings that only PSKC has.
    const unsupported: readonly (RowProblem | false)[] = [
      !isEmpty(values["startTime"]) &&
        !/^0+$/.test(plainWord(values["startTime"])) && {
          column: "startTime",
          code: "start-time-unsupported",
        },
      !isEmpty(values["encoding"]) &&
        plainWord(values["encoding"]) !== "decimal" && {
          column: "encoding",
          code: "code-encoding-unsupported",
        },
      !["", "false", "0"].includes(plainWord(values["checkDigits"])) && {
        column: "checkDigits",
        code: "check-digits-unsupported",
      },
    ];
    return [
      {
        kind: "secret",
        fields,
        problems: unsupported.filter((problem) => problem !== false),
      },
    ];
  },
});
