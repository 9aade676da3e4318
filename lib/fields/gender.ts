import { encoded, nothing, plainWord, refused, type Encoded } from "./encode.ts";
import { isEmpty, type Read } from "./read.ts";

// 1 and 2 are ISO 5218's. W is the female letter of Authing's older page; which letter is sent is a setting of lib/authing.
const maleWords = new Set(["m", "male", "man", "1", "男", "男性"]);
const femaleWords = new Set(["f", "w", "female", "woman", "2", "女", "女性"]);

/** `M` or `F` where the word says so, else `U`: Authing knows no other, and refuses an empty one. */
export function gender(read: Read): Encoded {
  const rule = "M, F or U";
  if (isEmpty(read.value)) return nothing(read, rule);
  if (typeof read.value === "object") return refused(read, rule, "gender-invalid");
  const word = plainWord(read.value);
  return encoded(read, rule, { gender: maleWords.has(word) ? "M" : femaleWords.has(word) ? "F" : "U" });
}
