// What sources, and the headers that they read, may be called.

/** Whether a header may be kept with a delivery: never one that may hold a proof, a secret or a cookie. */
export function isKeepableHeader(name: string): boolean {
  return /^[a-z0-9-]+$/.test(name) && !/auth|cookie|signature|secret|token|password|api-?key|hmac/.test(name);
}

export const keepableHeaderRule =
  "write it in lower case; headers that may hold a proof, a secret or a cookie are never kept";

/** What a source may be called: the name is part of paths, of names in AWS and of file names. */
export function isSourceName(name: string): boolean {
  return /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) && name.length <= 31;
}

export const sourceNameRule = "use 1 to 31 lower-case letters, digits and single dashes, a letter first";
