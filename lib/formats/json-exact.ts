// Reads JSON where JSON.parse does not say, or says wrongly, what the text has:
// - JSON.parse keeps the last of two equal keys, and rounds numbers beyond the integers that a double holds.
// - V8 (Node 24 and 26) takes a key with an escape for a key of an earlier text: after `{"h":[],"\\":0}`, the key "\n" is read as "\\".
//   https://github.com/nodejs/node/issues/63785. The wrong key begins like the written one, so it always has a backslash.

/** A value, and whether an object in it has a key twice; the last one counts. */
export interface ExactJson {
  readonly value: unknown;
  readonly hasKeyTwice: boolean;
}

/** Reads a text that JSON.parse takes, and whose depth is limited. A number that a double cannot hold becomes its text. */
export function parseExactly(text: string): ExactJson {
  let at = 0;
  let hasKeyTwice = false;

  /** The next sign that is no white space. */
  function next(): string {
    while (at < text.length && " \t\r\n".includes(text.charAt(at))) at += 1;
    return text.charAt(at);
  }

  function value(): unknown {
    const sign = next();
    if (sign === "{") return object();
    if (sign === "[") return list();
    return sign === '"' ? string() : token();
  }

  function object(): Record<string, unknown> {
    const read: Record<string, unknown> = {};
    at += 1;
    while (next() !== "}") {
      const key = string();
      next();
      at += 1;
      hasKeyTwice ||= Object.hasOwn(read, key);
      // An assignment to the key __proto__ would set the prototype.
      Object.defineProperty(read, key, {
        value: value(),
        writable: true,
        enumerable: true,
        configurable: true,
      });
      if (next() === ",") at += 1;
    }
    at += 1;
    return read;
  }

  function list(): unknown[] {
    const read: unknown[] = [];
    at += 1;
    while (next() !== "]") {
      read.push(value());
      if (next() === ",") at += 1;
    }
    at += 1;
    return read;
  }

  function string(): string {
    const start = at;
    for (at += 1; text.charAt(at) !== '"'; at += 1) if (text.charAt(at) === "\\") at += 1;
    at += 1;
    const written = text.slice(start, at);
    return written.includes("\\") ? (JSON.parse(written) as string) : written.slice(1, -1);
  }

  function token(): unknown {
    const start = at;
    while (at < text.length && !",]} \t\r\n".includes(text.charAt(at))) at += 1;
    const written = text.slice(start, at);
    const read: unknown = JSON.parse(written);
    return typeof read === "number" && isInexact(read) ? written : read;
  }

  return { value: value(), hasKeyTwice };
}

/** Whether a number is beyond the integers that a double holds exactly. */
export function isInexact(value: number): boolean {
  return value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER;
}
