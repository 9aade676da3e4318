/** Encodings of text that a configuration may name, by their names in the Encoding Standard. The last four are never found, only configured. */
export const configurableEncodings = [
  "utf-8",
  "utf-16le",
  "utf-16be",
  "gb18030",
  "windows-1252",
  "big5",
  "shift_jis",
  "euc-kr",
  "euc-jp",
] as const;

export type Encoding = (typeof configurableEncodings)[number];
