// Places in a JSON body that proofs read and write: keys with dots between them, e.g. `data.token`.

/** Throws a `TypeError` for a path that names no place. */
export function refuseUnsafePath(path: string): void {
  if (path.split(".").some((key) => key === "" || key === "__proto__")) {
    throw new TypeError(`hmac: JSON path "${path}": write keys with dots between them, e.g. data.token`);
  }
}

/** The document in a body; `undefined` for what is no JSON. */
export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8"));
  } catch {
    return undefined;
  }
}

/** The string or number at a path of own keys. */
export function textAt(document: unknown, path: string): string | undefined {
  let value = document;
  for (const key of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

/** Puts a value at a path, and objects where there are none on the way. */
export function writeAt(document: object, path: string, value: string | number): void {
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  let place = document as Record<string, unknown>;
  for (const key of keys) {
    const inner = Object.hasOwn(place, key) ? place[key] : undefined;
    place = place[key] =
      typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>) : {};
  }
  place[last] = value;
}

/** The document without what is at a path, as JSON; `undefined` where writing would overflow the stack: reading does not. */
export function withoutPlace(document: unknown, path: string): Uint8Array | undefined {
  try {
    return Buffer.from(JSON.stringify(removed(document, path.split("."))));
  } catch {
    return undefined;
  }
}

function removed(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined || typeof value !== "object" || value === null || !Object.hasOwn(value, key)) {
    return value;
  }
  const { [key]: inner, ...others } = value as Record<string, unknown>;
  if (rest.length === 0) return others;
  return { ...value, [key]: removed(inner, rest) };
}
