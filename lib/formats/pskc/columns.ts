/** The columns of a table of PSKC keys. */
export const columns = [
  "userId",
  "serialNo",
  "manufacturer",
  "keyId",
  "secret",
  "type",
  "algorithm",
  "digits",
  "period",
  "counter",
  "startTime",
  "encoding",
  "checkDigits",
] as const;
