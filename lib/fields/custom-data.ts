import { cleanText } from "./clean-text.ts";
import { type Encoded, encoded } from "./encode.ts";
import { at, isEmpty } from "./read.ts";

/**
 * Custom data by a configured map from the pool's custom fields to paths in the payload. Only these: Authing refuses a key
 * that the pool does not define. Numbers and truth values are taken as they are, text without invisible characters; anything else is dropped.
 */
export function customData(payload: unknown, map: Readonly<Record<string, string>>): Encoded[] {
  const paths: string[] = [];
  const values: Record<string, string | number | boolean> = {};
  for (const [field, path] of Object.entries(map)) {
    const { value } = at(payload, path);
    if (isEmpty(value) || !["string", "number", "boolean"].includes(typeof value)) continue;
    values[field] = typeof value === "string" ? cleanText(value) : (value as number | boolean);
    paths.push(path);
  }
  if (paths.length === 0) return [];
  return [encoded({ value: undefined, path: paths.join(", ") }, "custom field", { customData: values })];
}
