import type { RowProblem } from "#lib/formats/format.ts";
import { find, textOf, type Element } from "./xml.ts";

const known = new Set(["StartDate", "ExpiryDate", "KeyUsage", "PINPolicy"]);

/** When keys are valid, as their package writes it; empty where it does not say. */
export interface Dates {
  readonly start: string;
  readonly end: string;
}

/**
 * What a key's policy (RFC 6030, section 5) means for codes that Authing checks. Authing keeps no policy: one that changes the codes, or
 * says that the key is for other things, refuses the key; any other is told.
 */
export function policyOf(
  key: Element,
  ofDevice: Dates,
  now: number,
): { readonly problems: readonly RowProblem[]; readonly notes: readonly RowProblem[] } {
  const policy = find(key, "Policy");
  const usages = policy?.children.filter(({ name }) => name === "KeyUsage").map(textOf) ?? [];
  const pin = find(policy, "PINPolicy")?.attributes["PINUsageMode"]?.toLowerCase();
  const problems: readonly (RowProblem | false)[] = [
    usages.length > 0 && !usages.includes("OTP") && { code: "key-usage-unsupported" },
    // The code is calculated from the PIN and the secret.
    pin === "algorithmic" && { code: "pin-in-code-unsupported" },
  ];
  // Drafts have the dates in the key itself.
  const times = (name: string, own: string) =>
    [textOf(find(policy, name)), textOf(find(key, name)), own].filter((date) => date !== "").map(timeOf);
  const starts = times("StartDate", ofDevice.start);
  const ends = times("ExpiryDate", ofDevice.end);
  const isKept =
    (pin === undefined || pin === "local") &&
    starts.every((time) => time <= now) &&
    ends.every((time) => !Number.isNaN(time)) &&
    (policy?.children.every(({ name }) => known.has(name)) ?? true);
  const notes: readonly (RowProblem | false)[] = [
    ends.some((time) => time < now) && { code: "key-expired" },
    !isKept && { code: "key-policy-not-kept" },
  ];
  return {
    problems: problems.filter((problem) => problem !== false),
    notes: notes.filter((note) => note !== false),
  };
}

/** In milliseconds since 1970, a time without a zone in UTC; NaN for what is no time. */
function timeOf(text: string): number {
  return Date.parse(/T[^TZ+-]*$/.test(text) ? `${text}Z` : text);
}
