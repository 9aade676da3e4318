const refused = /[\ufffe\uffff]/;
const everyRefused = /[\ufffe\uffff]/g;

/**
 * JSON whose text arrives as it was sent: `JSON.stringify` escapes control characters and halves of surrogate pairs, which do not survive
 * UTF-8; and SQS refuses U+FFFE and U+FFFF, which are escaped here.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
export function exactJson(value: unknown): string {
  const json = JSON.stringify(value);
  if (!refused.test(json)) return json;
  return json.replace(everyRefused, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`);
}
