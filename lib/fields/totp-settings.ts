import { plainWord } from "./encode.ts";
import { isEmpty } from "./read.ts";

// Authing makes codes of 6 digits from SHA-1 every 30 seconds, and has no field for other settings: a secret that has any would lock its
// owner out.

export type TotpSetting = "type" | "algorithm" | "digits" | "period";
export type TotpSettingProblem = `${TotpSetting}-unsupported`;

/** What Authing assumes, as formats and products write it. */
const supported: Readonly<Record<TotpSetting, RegExp>> = {
  type: /^(?:(?:otp|oath|otpauth)[-_ ]?|urn:ietf:params:xml:ns:keyprov:pskc:)?(?:totp|time[-_ ]?based)$/,
  algorithm: /^(?:algorithm[-_ ]?|http:\/\/www\.w3\.org\/2000\/09\/xmldsig#)?(?:hmac[-_ ]?)?sha[-_ ]?1$/,
  // Programs write a whole number in a column with empty cells as 6.0.
  digits: /^6(?:\.0)?(?: ?digits)?$/,
  period: /^(?:30(?:\.0)?(?: ?s| ?sec| ?secs| ?seconds)?|pt30s)$/,
};

/** Settings of a secret as a file has them; absent or empty ones are Authing's. */
export interface TotpSettings extends Readonly<Partial<Record<TotpSetting, unknown>>> {
  readonly counter?: unknown;
}

/** Which settings Authing does not support, each with its code. */
export function settingProblems(
  settings: TotpSettings,
): (readonly [TotpSetting | "counter", TotpSettingProblem])[] {
  const problems: (readonly [TotpSetting | "counter", TotpSettingProblem])[] = (
    Object.keys(supported) as TotpSetting[]
  )
    .filter(
      (setting) => !isEmpty(settings[setting]) && !supported[setting].test(plainWord(settings[setting])),
    )
    .map((setting) => [setting, `${setting}-unsupported`] as const);
  // Exports of TOTP secrets have a counter of 0, which nothing uses. One that has counted is HOTP's, unless the type says otherwise.
  const { type, counter } = settings;
  if (isEmpty(type) && !isEmpty(counter) && !/^0(?:\.0)?$/.test(plainWord(counter)))
    problems.push(["counter", "type-unsupported"]);
  return problems;
}
