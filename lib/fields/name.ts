import { encoded, nothing, plainText, refused, type Encoded } from "./encode.ts";
import { isEmpty, type Read } from "./read.ts";

const hanName = /^[\p{Script=Han}·]+$/u;

/**
 * `name`, and `givenName`, `familyName`, `middleName` where they are there apart. Without a full name it is put together:
 * family before given, without a space, when both are written in Han characters; else given, middle, family.
 */
export function fullName(parts: { full?: Read; given?: Read; family?: Read; middle?: Read }): Encoded {
  const present = [parts.full, parts.given, parts.middle, parts.family].filter(
    (part) => part !== undefined && !isEmpty(part.value),
  ) as Read[];
  const isWhole = parts.full !== undefined && !isEmpty(parts.full.value);
  const read: Read = {
    value: undefined,
    path: (present.length > 0 ? present : Object.values(parts)).map((part) => part.path).join(" + "),
  };
  if (present.length === 0) return nothing(read, "trimmed");
  const broken = present.find((part) => (plainText(part.value)?.length ?? Infinity) > 255);
  if (broken) return refused(broken, "trimmed", "name-invalid");

  const [full, given, middle, family] = [parts.full, parts.given, parts.middle, parts.family].map((part) =>
    part === undefined ? "" : (plainText(part.value) ?? ""),
  ) as [string, string, string, string];
  const isChinese = hanName.test(given) && hanName.test(family);
  const rule = isWhole ? "trimmed" : isChinese ? "family name first" : "given name first";
  const joined = isChinese ? family + middle + given : [given, middle, family].filter(Boolean).join(" ");
  return encoded(read, rule, {
    name: full || joined,
    ...(given && { givenName: given }),
    ...(middle && { middleName: middle }),
    ...(family && { familyName: family }),
  });
}
