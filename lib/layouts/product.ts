import { isEmpty, type Read } from "#lib/fields/read.ts";
import { settingProblems } from "#lib/fields/totp-settings.ts";
import type { RowProblem } from "#lib/formats/format.ts";
import { parseOtpauth } from "#lib/formats/otpauth-uri.ts";
import type { Entry, Layout, LayoutSettings, Sample, UploadKindName } from "./layout.ts";
import { defineLayout, isIdentity } from "./layout.ts";
import { note } from "./choices.ts";
import {
  inside,
  isUnreadable,
  items,
  present,
  readFields,
  recordOf,
  type Fields,
  type Paths,
} from "./record.ts";
import { recoveryCodeOf, secretFrom, type SecretEncoding } from "./secrets.ts";

/** A person or a factor of one, as a product's record has it. */
export interface Part {
  readonly fields: Fields;
  readonly problems?: readonly RowProblem[];
  readonly notes?: readonly RowProblem[];
}

/** Where a record has its TOTP secrets. */
interface Factors {
  /** Of each factor: the path of a list with `[]` behind it, or of one object; absent: the record itself. */
  readonly at?: string;
  /** Fields of a factor, by paths in it. A factor without `secret` is none. */
  readonly fields: Paths & { readonly secret: string | readonly string[] };
  /** Absent: base32. */
  readonly encoding?: SecretEncoding;
  /** Recovery codes, by a path in the record. */
  readonly recoveryCodes?: string;
}

/** A product's files: a layout whose entries are a person and the person's factors. */
export interface Product extends Omit<Layout, "knows" | "entries"> {
  /** Names of the first level that are read, beside those of the paths; and those that are left out on purpose. */
  readonly knows: readonly string[];
  /**
   * Paths of lists and objects that tables hold as JSON in a cell, and whose loss no person would see: factors, credentials. A record with
   * other text there is refused.
   */
  readonly json?: readonly string[];
  /** The person of a record; `undefined` for a record that brings none, e.g. a factor alone. Absent: the files hold secrets only. */
  readonly person?: Paths | ((record: Read) => Part | undefined);
  /** Fields that identify the person of a secret, where they are not those of `person`. */
  readonly identities?: Paths | ((record: Read) => Fields);
  /** The factor that the product asks for first, first. */
  readonly factors?: Factors | ((record: Read, settings: LayoutSettings) => readonly Part[]);
}

/** The layout of a product. */
export function productLayout({ person, identities, factors, knows, json = [], ...layout }: Product): Layout {
  return defineLayout({
    ...layout,
    knows: [...new Set([...knows, ...namesOf(person), ...namesOf(identities), ...namesOfFactors(factors)])],
    entries: (values, kind, settings) => {
      const record = recordOf(values);
      const who =
        typeof person === "function" ? person(record) : person && { fields: readFields(record, person) };
      const known =
        typeof identities === "function" ? identities(record) : identities && readFields(record, identities);
      const found =
        typeof factors === "function" ? factors(record, settings) : factors ? factorsOf(record, factors) : [];
      const unreadable = json.map((path) => inside(record, path)).filter(isUnreadable);
      const whose = known ?? who?.fields ?? {};
      if (unreadable.length === 0) return entriesOf(kind, who, whose, found);
      const problems = unreadable.map((read) => note("json-unreadable", read));
      const refused = kind === "users" && who !== undefined ? ("person" as const) : ("secret" as const);
      return [
        { kind: refused, fields: refused === "person" ? (who?.fields ?? {}) : identifying(whose), problems },
      ];
    },
  });
}

/**
 * The entries of a record: the person where people are asked for, then each factor. Authing holds one secret of a person: the first factor
 * that it can hold is the one, and others that it could hold are refused. A factor that it cannot hold is refused for its own reasons.
 */
function entriesOf(
  kind: UploadKindName,
  person: Part | undefined,
  identities: Fields,
  factors: readonly Part[],
): readonly Entry[] {
  const who = identifying(identities);
  const chosen = chosenOf(factors);
  const numbered = withRecoveryCode(factors, chosen).map((each, index) => ({ ...each, index }));
  const secrets = numbered
    .toSorted((one, other) => Number(other.index === chosen) - Number(one.index === chosen))
    .map(({ fields, problems = [], notes = [], index }): Entry => {
      const isLeftOut = index !== chosen && isHeld({ fields, problems });
      return {
        kind: "secret",
        ...(factors.length > 1 && { part: `otp ${index + 1}` }),
        fields: { ...who, ...fields },
        ...listed("problems", isLeftOut ? [...problems, leftOut(fields)] : problems),
        ...listed("notes", notes),
      };
    });
  if (kind === "otp" || person === undefined) return secrets;
  const { fields, problems = [], notes = [] } = person;
  return [{ kind: "person", fields, ...listed("problems", problems), ...listed("notes", notes) }, ...secrets];
}

const identifying = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([field]) => isIdentity(field)));

const leftOut = ({ secret }: Fields): RowProblem => ({
  code: "second-factor-left-out",
  ...(secret && { column: secret.path }),
});

const chosenOf = (factors: readonly Part[]): number => Math.max(0, factors.findIndex(isHeld));

/** Whether Authing can hold a factor, by its settings: those of its record, or of its URI. */
function isHeld({ fields, problems = [] }: Part): boolean {
  const { secret, type, algorithm, digits, period, counter } = fields;
  const uri = typeof secret?.value === "string" ? parseOtpauth(secret.value) : undefined;
  const ofRecord = {
    type: type?.value,
    algorithm: algorithm?.value,
    digits: digits?.value,
    period: period?.value,
    counter: counter?.value,
  };
  const unsupported = [...settingProblems(ofRecord), ...settingProblems({ ...uri, counter: undefined })];
  return problems.length === 0 && unsupported.length === 0;
}

/** The recovery code is of the person, and goes with the secret that is chosen. */
function withRecoveryCode(factors: readonly Part[], chosen: number): readonly Part[] {
  const [first, ...others] = factors;
  if (first === undefined || chosen === 0 || factors[chosen]?.fields["recoveryCode"] !== undefined)
    return factors;
  const { recoveryCode, ...fields } = first.fields;
  const isOfCodes = ({ code }: RowProblem) => code.startsWith("recovery-code");
  const { notes = [] } = first;
  return [
    { ...first, fields, notes: notes.filter((each) => !isOfCodes(each)) },
    ...others.map((other, index) =>
      index + 1 === chosen
        ? {
            ...other,
            fields: { ...other.fields, ...(recoveryCode && { recoveryCode }) },
            notes: [...(other.notes ?? []), ...notes.filter(isOfCodes)],
          }
        : other,
    ),
  ];
}

function listed<Name extends string>(name: Name, problems: readonly RowProblem[]) {
  return problems.length > 0
    ? ({ [name]: problems } as { readonly [Key in Name]: readonly RowProblem[] })
    : {};
}

/** Makes a factor of its fields: its secret in base32, with the first of the recovery codes. */
export function factor(
  fields: Fields,
  { encoding = "base32", recoveryCodes }: { encoding?: SecretEncoding; recoveryCodes?: Read } = {},
): Part {
  const { secret, ...rest } = fields;
  const { read, notes } = recoveryCodes ? recoveryCodeOf(recoveryCodes) : { notes: [] };
  return {
    fields: {
      ...present(rest),
      ...(secret && { secret: secretFrom(secret, encoding) }),
      ...(read && { recoveryCode: read }),
    },
    notes,
  };
}

function factorsOf(
  record: Read,
  { at = "", fields, encoding = "base32", recoveryCodes }: Factors,
): readonly Part[] {
  const found = at.endsWith("[]") ? items(inside(record, at.slice(0, -2))) : [inside(record, at)];
  return found
    .map((each) => readFields(each, fields))
    .filter(({ secret }) => !isEmpty(secret?.value))
    .map((each, index) =>
      factor(each, {
        encoding,
        ...(index === 0 && recoveryCodes !== undefined && { recoveryCodes: inside(record, recoveryCodes) }),
      }),
    );
}

/** Names, written one after the other. */
export const names = (...lines: readonly string[]): readonly string[] =>
  lines.flatMap((line) => line.split(" "));

/** Whether the first record of a file, or its header, has each of these names. */
export function has({ columns, values }: Sample, ...names: readonly string[]): boolean {
  return names.every(
    (name) => columns?.includes(name) ?? (values !== undefined && Object.hasOwn(values, name)),
  );
}

/** Whether the first record of a file, or its header, has one of these names. */
export const hasOneOf = (sample: Sample, ...names: readonly string[]): boolean =>
  names.some((name) => has(sample, name));

function namesOf(paths: Product["person"] | Product["identities"]): readonly string[] {
  if (paths === undefined || typeof paths === "function") return [];
  return Object.values(paths).flat().map(firstName);
}

function namesOfFactors(factors: Product["factors"]): readonly string[] {
  if (factors === undefined || typeof factors === "function") return [];
  const { at, fields, recoveryCodes } = factors;
  return [
    ...(at === undefined ? namesOf(fields) : [firstName(at)]),
    ...(recoveryCodes === undefined ? [] : [firstName(recoveryCodes)]),
  ];
}

const firstName = (path: string) => path.split(/[.[]/, 1)[0] as string;
