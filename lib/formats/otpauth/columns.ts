/** The columns of a table of key URIs and of the keys in exports. */
export const columns = [
  "uri",
  "account",
  "issuer",
  "secret",
  "type",
  "algorithm",
  "digits",
  "period",
  "counter",
] as const;
