import { readCreateUser } from "#lib/authing/dialect.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { CreateUserInfoDto } from "#lib/contract/person.ts";
import type { Assembly } from "#lib/fields/assembly.ts";
import { cleanText } from "#lib/fields/clean-text.ts";
import { encoded, nothing, plainText, refused, text, yesOrNo, type Encoded } from "#lib/fields/encode.ts";
import { isEmpty, type Read } from "#lib/fields/read.ts";
import { remembered } from "#lib/fields/remembered.ts";
import { holdsRemovedMark } from "#lib/fields/removed.ts";
import { isStatusWord, writtenStatus } from "#lib/fields/status-words.ts";
import type { PersonField } from "#lib/layouts/column-names.ts";
import type { MendingReader } from "./mending-reader.ts";
import type { Step } from "./steps.ts";

// Fields that only rows of people have, or that they have otherwise than events.

/** A custom field of the user pool, to which the configuration maps a column. */
export type CustomDataField = `customData.${string}`;
export type FieldOfPerson = PersonField | CustomDataField;
type ReadField = MendingReader<FieldOfPerson>["read"];

/**
 * Whether the account is open, by a word, or by yes or no. Where a row says both, they must not contradict each other: a guess would open
 * an account that was closed.
 */
export function statusStep(read: ReadField, made: Assembly): Step {
  const statusIn = remembered(writtenStatus);
  const enabledIn = remembered((value) => switchedOn(value, true));
  const disabledIn = remembered((value) => switchedOn(value, false));
  return {
    fields: ["status", "accountEnabled", "accountDisabled"],
    take() {
      const said = [
        statusIn(read("status", "status")),
        enabledIn(read("accountEnabled", "status")),
        disabledIn(read("accountDisabled", "status")),
      ];
      const isOpen = said.some(({ fields }) => fields.status === "Activated");
      const closed = said.find(({ fields }) => fields.status !== undefined && fields.status !== "Activated");
      if (isOpen && closed !== undefined) made.drop(closed.path, "status-contradictory");
      else for (const each of said) made.add(each);
    },
  };
}

function switchedOn(read: Read, meaningOfYes: boolean): Encoded {
  const rule = "yes-or-no";
  if (isEmpty(read.value)) return nothing(read, rule);
  const value = yesOrNo(read.value);
  if (value === undefined) return refused(read, rule, "flag-unknown");
  return encoded(read, rule, { status: value === meaningOfYes ? "Activated" : "Suspended" });
}

/** A column `state` holds provinces in one product and the state of the account in another. */
export function province(read: Read): Encoded {
  return isStatusWord(read.value) ? refused(read, "trimmed", "province-is-status") : text("province", read);
}

/** Custom fields: numbers and truth values as they are, text without invisible characters. */
export function customDataOf(read: ReadField, names: readonly string[]): Encoded {
  const rule = "custom field";
  const values: Record<string, string | number | boolean> = {};
  const paths: string[] = [];
  for (const name of names) {
    const { value, path } = read(`customData.${name}`, "text");
    if (isEmpty(value)) continue;
    const kept = typeof value === "boolean" || isExact(value) ? value : plainText(value);
    if (kept === undefined) return refused({ value, path }, rule, "custom-data-invalid");
    values[name] = typeof kept === "string" ? cleanText(kept) : kept;
    paths.push(path);
  }
  const all: Read = { value: undefined, path: paths.join(", ") };
  return paths.length === 0 ? nothing(all, rule) : encoded(all, rule, { customData: values });
}

/** Whether a number is one that a double holds as it was written. */
const isExact = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER;

/** Fields that are not text: a JSON file has them in Authing's own shape, of either generation. */
export const structuredFields = [
  "customData",
  "identities",
  "tenantIds",
  "departmentIds",
  "metadataSource",
] as const satisfies readonly (keyof CreateUserInfoDto)[];

export function structured(field: (typeof structuredFields)[number], read: Read): Encoded {
  const rule = "as written";
  if (isEmpty(read.value)) return nothing(read, rule);
  if (holdsRemovedMark(read.value)) return refused(read, rule, "value-removed");
  try {
    return encoded(read, rule, readCreateUser({ [field]: read.value }));
  } catch (error) {
    if (!(error instanceof InboundError)) throw error;
    return refused({ ...read, path: error.path ?? read.path }, rule, error.reason);
  }
}
