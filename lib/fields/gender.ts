import { encoded, nothing, plainWord, refused, type Encoded } from "./encode.ts";
import { isEmpty, type Read } from "./read.ts";

// 1 and 2 are ISO 5218's. W is the female letter of Authing's older page; which letter is sent is a setting of lib/authing.
const maleWords = new Set([
  "m",
  "male",
  "man",
  "1",
  "男",
  "男性",
  "男士",
  "先生",
  "mr",
  "mr.",
  "herr",
  "monsieur",
]);
const femaleWords = new Set([
  "f",
  "w",
  "female",
  "woman",
  "2",
  "女",
  "女性",
  "女士",
  "小姐",
  "ms",
  "ms.",
  "mrs",
  "mrs.",
  "miss",
  "frau",
  "madame",
]);
/** Words that say on purpose that it is neither or not told; 0 and 9 are ISO 5218's. */
const neitherWords = new Set([
  "u",
  "x",
  "d",
  "o",
  "0",
  "9",
  "unknown",
  "other",
  "divers",
  "diverse",
  "nonbinary",
  "notspecified",
  "unspecified",
  "prefernottosay",
  "notapplicable",
  "mx",
  "mx.",
  "未知",
  "保密",
  "其他",
  "不详",
  "未说明",
  "未填写",
]);

/** Whether a word says a gender, or that there is none to tell. */
export function isGenderWord(value: unknown): boolean {
  const word = plainWord(value);
  return maleWords.has(word) || femaleWords.has(word) || neitherWords.has(word.replaceAll(/[\s_-]+/g, ""));
}

/** `M` or `F` where the word says so, else `U`: Authing knows no other, and refuses an empty one. */
export function gender(read: Read): Encoded {
  const rule = "M, F or U";
  if (isEmpty(read.value)) return nothing(read, rule);
  if (typeof read.value === "object") return refused(read, rule, "gender-invalid");
  const word = plainWord(read.value);
  return encoded(read, rule, { gender: maleWords.has(word) ? "M" : femaleWords.has(word) ? "F" : "U" });
}
