import { hasVisible } from "./clean-text.ts";

/** A value in a payload, with its path. */
export interface Read {
  readonly value: unknown;
  readonly path: string;
}

/** One step of a path: a name, a place in a list, or the item of a list that has this text as its `key`. */
type Step = string | number | { readonly key: string; readonly text: string };

/** Paths are constants of our sources and settings, so there are few; the bound also holds for paths that are made at run time. */
const parsedPathsLimit = 2048;
const parsedPaths = new Map<string, readonly Step[]>();

/**
 * Reads the value at `path`:
 *
 * - names joined with dots: `profile.email`
 * - `['First name']` for any other name (`\'` and `\\` inside)
 * - `[0]` for a place in a list
 * - `[id='C-1']` for the first item of a list whose `id` is this text or whole number, since few senders guarantee the order of a list
 *
 * Own properties only; `undefined` where the path leads nowhere.
 *
 * @throws TypeError for a path that is not written that way: a mistake of ours or of a setting, never of the payload.
 */
export function at(root: unknown, path: string): Read {
  let value: unknown = root;
  for (const step of parsedPath(path)) value = inside(value, step);
  return { value, path };
}

function inside(value: unknown, step: Step): unknown {
  if (typeof step !== "object") return ownProperty(value, step);
  if (!Array.isArray(value)) return undefined;
  return value.find((item: unknown) => {
    const found = ownProperty(item, step.key);
    return found === step.text || (Number.isSafeInteger(found) && String(found) === step.text);
  });
}

function ownProperty(value: unknown, key: string | number): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string | number, unknown>)[key]
    : undefined;
}

/** The first read that found something, else the last. */
export function first(...reads: readonly [Read, ...Read[]]): Read {
  return reads.find((read) => !isEmpty(read.value)) ?? (reads.at(-1) as Read);
}

/** Whether nothing is there: absent, null, or text without a visible character. */
export function isEmpty(value: unknown): boolean {
  if (typeof value === "string") return value === "" || !hasVisible(value);
  return value === undefined || value === null;
}

/** Whether a path is written as `at` reads it. */
export function isPath(path: string): boolean {
  try {
    return parsePath(path).length > 0;
  } catch {
    return false;
  }
}

function parsedPath(path: string): readonly Step[] {
  const known = parsedPaths.get(path);
  if (known) return known;
  const steps = parsePath(path);
  if (parsedPaths.size >= parsedPathsLimit) parsedPaths.clear();
  parsedPaths.set(path, steps);
  return steps;
}

function parsePath(path: string): Step[] {
  const step = /(?:^|\.)([^.[\]'"\\]+)|\[(\d{1,9})\]|\[(?:([^.[\]'"\\=]+)=)?'((?:[^'\\]|\\['\\])*)'\]/gy;
  const steps: Step[] = [];
  while (step.lastIndex < path.length) {
    const match = step.exec(path);
    if (!match) {
      throw new TypeError(`path "${path}": use names joined with dots, [0], ['any name'] and [id='text']`);
    }
    const [, name, index, key, quoted = ""] = match;
    const text = quoted.replaceAll(/\\(['\\])/g, "$1");
    if (name !== undefined) steps.push(name);
    else if (index !== undefined) steps.push(Number(index));
    else steps.push(key === undefined ? text : { key, text });
  }
  return steps;
}
