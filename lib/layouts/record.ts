import { isEmpty, type Read } from "#lib/fields/read.ts";
import { holdsRemovedMark } from "#lib/fields/removed.ts";
import type { PersonField, SecretField } from "./column-names.ts";

// Reading a product's record by the names that the product writes.

/** One record, or a part of one, with the path by which a person finds it: `credentials[0].secretData`. */
export type Fields = Readonly<Record<string, Read>>;

/** Our field → where the product has it, as `inside` reads it; of several paths, the first where something is. */
export type Paths = Readonly<Partial<Record<PersonField | SecretField, string | readonly string[]>>>;

/** Names and places of lists, one after the other: for names that hold a dot or a bracket. */
export type Steps = readonly (string | number)[];

/** The whole record. */
export const recordOf = (values: unknown): Read => ({ value: values, path: "" });

/**
 * Reads what is at a path: `profile.email`, `emails[0].value`, or its steps apart.
 *
 * Names match in any case and with or without `_`, so that `totp_secret` of a table and `totpSecret` of a JSON export are one; the name as
 * it is written goes first. Text that the path leads into is read as JSON: products put JSON into JSON (Keycloak), and into cells of CSV.
 * The path of what is found has the names of the file. `undefined` where the path leads nowhere; never throws. A path that leads into the
 * mark of a removed secret ends there: what it was, must be put back.
 */
export function inside(from: Read, path: string | Steps): Read {
  let read = from;
  for (const step of typeof path === "string" ? stepsOf(path) : path) read = stepInto(read, step);
  return read;
}

/** Whether a value was removed from an earlier result, and is still to be put back. */
export const isRemoved = ({ value }: Read): boolean => typeof value === "string" && holdsRemovedMark(value);

/** Where the mark of a removed secret is: in a text, or in the lists and objects of a value. */
export function removedIn(read: Read, depth = 32): Read | undefined {
  if (isRemoved(read)) return read;
  const { value, path } = read;
  if (typeof value !== "object" || value === null || depth === 0) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    const at = Array.isArray(value) ? `${path}[${name}]` : joined(path, name);
    const found = removedIn({ value: inner, path: at }, depth - 1);
    if (found) return found;
  }
  return undefined;
}

/** The elements of a list, each with its path; none for anything else. A list that was removed is one element, the mark. */
export function items(list: Read): readonly Read[] {
  const value = opened(list.value);
  if (value === undefined && isRemoved(list)) return [list];
  return Array.isArray(value)
    ? value.map((item: unknown, index) => ({ value: item, path: `${list.path}[${index}]` }))
    : [];
}

/** What a record has of our fields: only those where something is. */
export function readFields(from: Read, paths: Paths): Fields {
  const found = Object.entries(paths).map(
    ([field, path]) => [field, firstOf(from, ...[path].flat())] as const,
  );
  return present(Object.fromEntries(found));
}

/** The first of the paths where something is, else the last. */
export function firstOf(from: Read, ...paths: readonly string[]): Read {
  const reads = paths.map((path) => inside(from, path));
  return reads.find(({ value }) => !isEmpty(value)) ?? reads.at(-1) ?? from;
}

/** The fields where something is. */
export function present(fields: Readonly<Record<string, Read | undefined>>): Fields {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, Read] => !isEmpty(entry[1]?.value)),
  );
}

/** Whether a value is an object with names. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value as a word in lower case; empty for anything but text. */
export const wordOf = ({ value }: Read): string =>
  typeof value === "string" ? value.trim().toLowerCase() : "";

/** Text, a number or a flag as text; empty for anything else. */
export const textOf = (value: unknown): string =>
  ["string", "number", "boolean"].includes(typeof value) ? String(value as string | number | boolean) : "";

/** Whether a value says yes, as JSON and as text of a table. */
export const saysYes = ({ value }: Read): boolean => /^(?:true|t|1|yes)$/i.test(textOf(value));

/** JSON that is written as text; anything else as it is, and `undefined` for text that is no JSON. */
function opened(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return undefined;
  }
}

/** Whether text is no JSON where a list or an object is expected; also the mark of a removed cell, which is still to be put back. */
export const isUnreadable = (read: Read): boolean =>
  typeof read.value === "string" && !isEmpty(read.value) && typeof opened(read.value) !== "object";

function stepInto({ value, path }: Read, step: string | number): Read {
  const within = opened(value);
  if (within === undefined && isRemoved({ value, path })) return { value, path };
  if (typeof step === "number") {
    return {
      value: Array.isArray(within) ? (within as unknown[])[step] : undefined,
      path: `${path}[${step}]`,
    };
  }
  const name = isObject(within) ? nameIn(within, step) : undefined;
  return {
    value: name === undefined ? undefined : (within as Record<string, unknown>)[name],
    path: joined(path, name ?? step),
  };
}

/** Names are as `at` of lib/fields/read.ts reads them. */
function joined(path: string, name: string): string {
  if (/^[^.[\]'"\\]+$/.test(name)) return path === "" ? name : `${path}.${name}`;
  return `${path}['${name.replaceAll(/['\\]/g, String.raw`\$&`)}']`;
}

const looseName = (name: string) => name.toLowerCase().replaceAll("_", "");

/** Of each object, its names by how they are looked for; the first of those that are alike. */
const looseNames = new WeakMap<object, ReadonlyMap<string, string>>();

function nameIn(object: Readonly<Record<string, unknown>>, name: string): string | undefined {
  if (Object.hasOwn(object, name)) return name;
  let names = looseNames.get(object);
  if (names === undefined) {
    names = new Map(
      Object.keys(object)
        .toReversed()
        .map((own) => [looseName(own), own]),
    );
    looseNames.set(object, names);
  }
  return names.get(looseName(name));
}

/** Paths are constants of layouts, so there are few. */
const parsedPaths = new Map<string, Steps>();

function stepsOf(path: string): Steps {
  let steps = parsedPaths.get(path);
  if (steps === undefined) {
    steps = path
      .split(/[.[\]]+/)
      .filter((step) => step !== "")
      .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
    parsedPaths.set(path, steps);
  }
  return steps;
}
