import { encoded, nothing, plainText, refused, text, type Encoded } from "./encode.ts";
import { isEmpty, type Read } from "./read.ts";

/**
 * Chinese, Japanese and Korean: characters, kana and Hangul, also mixed in one name; the mark that lengthens a vowel, dots between
 * parts, and selectors of a character's variant.
 */
const familyFirstName =
  /^(?:[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]|[\u30fc\uff70\uff9e\uff9f\u00b7\u30fb\uff65]|[\ufe00-\ufe0f\u{e0100}-\u{e01ef}])+$/u;

/**
 * `name`, and `givenName`, `familyName`, `middleName` where they are there apart. Without a full name it is put together:
 * family before given, without a space, when both are written in Chinese characters, kana or Hangul; else given, middle, family.
 */
export function fullName(parts: { full?: Read; given?: Read; family?: Read; middle?: Read }): Encoded {
  const { full: whole } = parts;
  // Most files have whole names only.
  if (
    whole &&
    !isEmpty(whole.value) &&
    isAbsent(parts.given) &&
    isAbsent(parts.family) &&
    isAbsent(parts.middle)
  )
    return wholeName(whole);
  const present = [parts.full, parts.given, parts.middle, parts.family].filter(
    (part) => part !== undefined && !isEmpty(part.value),
  ) as Read[];
  const isWhole = parts.full !== undefined && !isEmpty(parts.full.value);
  const read: Read = {
    value: undefined,
    path: (present.length > 0 ? present : Object.values(parts)).map((part) => part.path).join(" + "),
  };
  if (present.length === 0) return nothing(read, "trimmed");
  const broken = present.find((part) => (plainText(part.value)?.length ?? Infinity) > maxNameLength);
  if (broken) return refused(broken, "trimmed", "name-invalid");

  const [full, given, middle, family] = [parts.full, parts.given, parts.middle, parts.family].map((part) =>
    part === undefined ? "" : (plainText(part.value) ?? ""),
  ) as [string, string, string, string];
  const isFamilyFirst = familyFirstName.test(given) && familyFirstName.test(family);
  const rule = isWhole ? "trimmed" : isFamilyFirst ? "family name first" : "given name first";
  const joined = isFamilyFirst ? family + middle + given : [given, middle, family].filter(Boolean).join(" ");
  return encoded(read, rule, {
    name: full || joined,
    ...(given && { givenName: given }),
    ...(middle && { middleName: middle }),
    ...(family && { familyName: family }),
  });
}

/**
 * The name in a statement that may hold a part of it, e.g. only what has changed: half a name does not become the whole one. `isWhole` says
 * whether there is a full name, or both a given and a family name.
 */
export function partialName(parts: { full?: Read; given: Read; family: Read; middle?: Read }): {
  readonly encoded: readonly Encoded[];
  readonly isWhole: boolean;
} {
  const { full, given, family, middle } = parts;
  const isWhole =
    (full !== undefined && !isEmpty(full.value)) || (!isEmpty(given.value) && !isEmpty(family.value));
  if (isWhole) return { encoded: [fullName(parts)], isWhole };
  const encoded = [
    text("givenName", given),
    text("familyName", family),
    ...(middle ? [text("middleName", middle)] : []),
  ];
  return { encoded, isWhole };
}

const isAbsent = (part: Read | undefined): boolean => part === undefined || isEmpty(part.value);

/** Of each part, in UTF-16 units. */
const maxNameLength = 255;

function wholeName(read: Read): Encoded {
  const name = plainText(read.value);
  return name === undefined || name.length > maxNameLength
    ? refused(read, "trimmed", "name-invalid")
    : encoded(read, "trimmed", { name });
}
