import {
  getCountries,
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from "libphonenumber-js/mobile";
import { plainDashes } from "./clean-text.ts";
import { encoded, nothing, plainText, plainWord, refused, type Encoded } from "./encode.ts";
import { isEmpty, type Read } from "./read.ts";

/** A number with its spaces, brackets and country code, in UTF-16 units. */
const maxWrittenLength = 64;

let callingCodes: ReadonlySet<string> | undefined;

/** Whether some country has this code. The library throws at any other. */
function isCallingCode(code: string): boolean {
  callingCodes ??= new Set(getCountries().map((country) => getCountryCallingCode(country)));
  return callingCodes.has(code);
}

/** Regions are few, and the text of a rule is one for all rows. */
const rules = new Map<string, string>();
const maxRules = 512;

function ruleOf(region: string): string {
  let rule = rules.get(region);
  if (rule === undefined) {
    rule = `mobile number, ${region} unless it says otherwise`;
    if (rules.size < maxRules) rules.set(region, rule);
  }
  return rule;
}

/**
 * Mobile numbers of China as most files write them: the library takes ten times as long for the same answer, and a test compares the two
 * for each beginning of a number. Numbers that begin otherwise, e.g. with 1740 and 1610, are left to it.
 */
const plainChinese = /^(?:\+86)?(1(?:[38]\d|4[57]|[59][0-35-9]|6[25-7]|7[0-35-8])\d{8})$/;

/** The national number, where the value is such a number, and nothing beside it says that it is another country's. */
function chineseNumber(value: unknown, region: string, countryCode: unknown): string | undefined {
  if (typeof value !== "string" || (value.length !== 11 && value.length !== 14)) return undefined;
  const isChinese =
    countryCode === undefined || countryCode === ""
      ? value.length === 14 || region === "CN"
      : countryCode === "+86" || countryCode === "86";
  return isChinese ? plainChinese.exec(value)?.[1] : undefined;
}

/**
 * A mobile number as Authing takes it: `phone` without the country's code, `phoneCountryCode` like `+86`.
 *
 * Problems: `phone-scientific` for `1.38E+10`, whose digits are lost; `phone-invalid` for everything else that is not a
 * mobile number, land lines included.
 *
 * @param region ISO 3166 code of the country that a number without `+` belongs to, e.g. `CN`.
 * @param countryCode What the payload itself says about that, e.g. `+86`; it goes before `region` where it is not empty.
 */
export function phone(read: Read, region: string, countryCode?: Read): Encoded {
  const rule = ruleOf(region);
  if (isEmpty(read.value)) return nothing(read, rule);
  const chinese = chineseNumber(read.value, region, countryCode?.value);
  if (chinese !== undefined) return encoded(read, rule, { phone: chinese, phoneCountryCode: "+86" });
  const text = plainText(read.value) ?? "";
  if (text.length > maxWrittenLength) return refused(read, rule, "phone-invalid");
  const written = plainDashes(text.normalize("NFKC")).trim();
  if (/^\d(?:\.\d+)?e\+?\d+$/i.test(written)) return refused(read, rule, "phone-scientific");

  // Spreadsheets put a ' before text, and convert a number that is text into 13800138000.0.
  const dialled = written
    .replace(/^['’]/, "")
    .replace(/(?<=^\+?\d{5,})\.0+$/, "")
    .replace(/^tel:/i, "")
    .replace(/^00(?=[1-9])/, "+")
    // (+86)138…, (0086) 138…
    .replace(/^\(\s*(?:\+|00)\s*([1-9]\d{0,3})\s*\)/, "+$1 ")
    // 086-138…: the country's code behind a trunk zero, as Chinese forms have it.
    .replace(/^0(?=86[\s-]*1\d{2}[\s-]*\d{4}[\s-]*\d{4}$)/, "+");
  // The library finds numbers inside of prose; a cell that holds more than a number is no phone number.
  if (!/^\+?[\d\s().-]{5,40}$/.test(dialled)) return refused(read, rule, "phone-invalid");

  const hasCountryCode = countryCode !== undefined && !isEmpty(countryCode.value);
  const callingCode = hasCountryCode
    ? /^(?:\+|00)?([1-9]\d{0,3})$/.exec(plainWord(countryCode.value))?.[1]
    : undefined;
  if (hasCountryCode && (callingCode === undefined || !isCallingCode(callingCode))) {
    return refused(countryCode, rule, "phone-country-code-invalid");
  }
  const parsed = parsePhoneNumberFromString(dialled, {
    ...(callingCode === undefined
      ? isSupportedCountry(region) && { defaultCountry: region }
      : { defaultCallingCode: callingCode }),
    extract: false,
  });
  if (!parsed?.isValid() || parsed.ext !== undefined) return refused(read, rule, "phone-invalid");
  return encoded(read, rule, {
    phone: parsed.nationalNumber,
    phoneCountryCode: `+${parsed.countryCallingCode}`,
  });
}
