/** A value in a payload, with the path it stands at. */
export interface Read {
  readonly value: unknown;
  readonly path: string;
}

/** Paths are constants of our sources, so few are ever seen; the bound holds if somebody makes them up at run time. */
const parsedPathsLimit = 2048;
const parsedPaths = new Map<string, readonly (string | number)[]>();

/**
 * Reads the value at `path`: names joined with dots, `[0]` for a place in a list, `['First name']` for any other name
 * (`\'` and `\\` inside). Own properties only; `undefined` where the path leads nowhere.
 *
 * @throws TypeError for a path that is not written that way: a mistake of ours, never of the payload.
 */
export function at(root: unknown, path: string): Read {
  let value: unknown = root;
  for (const step of parsedPath(path)) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) {
      return { value: undefined, path };
    }
    value = (value as Record<string | number, unknown>)[step];
  }
  return { value, path };
}

/** The first read that found something, else the last. */
export function first(...reads: readonly [Read, ...Read[]]): Read {
  return reads.find((read) => !isEmpty(read.value)) ?? (reads.at(-1) as Read);
}

/** Whether nothing is there: absent, null, or text without a visible character. */
export function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === "string" && value.trim() === "");
}

function parsedPath(path: string): readonly (string | number)[] {
  const known = parsedPaths.get(path);
  if (known) return known;
  const steps = parsePath(path);
  if (parsedPaths.size >= parsedPathsLimit) parsedPaths.clear();
  parsedPaths.set(path, steps);
  return steps;
}

function parsePath(path: string): (string | number)[] {
  const step = /(?:^|\.)([^.[\]'"\\]+)|\[(\d{1,9})\]|\['((?:[^'\\]|\\['\\])*)'\]/gy;
  const steps: (string | number)[] = [];
  while (step.lastIndex < path.length) {
    const match = step.exec(path);
    if (!match) throw new TypeError(`path "${path}": use names joined with dots, [0] and ['any name']`);
    const [, name, index, quoted] = match;
    steps.push(
      name ?? (index === undefined ? (quoted as string).replaceAll(/\\(['\\])/g, "$1") : Number(index)),
    );
  }
  return steps;
}
