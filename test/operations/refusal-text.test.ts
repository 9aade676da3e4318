import { expect, it } from "vitest";
import type { Refusal } from "#lib/contract/refusals.ts";
import { differsText } from "#lib/operations/refusal-text.ts";

/** Of each reason what the definition of a source can say of it: a new reason has to be written down here. */
const facts: Readonly<Record<Refusal["reason"], Partial<Refusal>>> = {
  "proof-missing": { place: "header x-signature" },
  "proof-malformed": { place: "header x-signature", form: "hex behind sha256=" },
  "proof-mismatch": { place: "header x-signature", covers: "{timestamp}.{body}" },
  "timestamp-missing": { place: "header x-time" },
  "timestamp-malformed": { place: "header x-time", form: "seconds since 1970" },
  "timestamp-stale": { place: "header x-time", seconds: 1234, toleranceSeconds: 300 },
  "timestamp-early": { place: "header x-time", seconds: 1234, toleranceSeconds: 300 },
  "algorithm-refused": { place: "header authorization", form: "RS256" },
  "key-unknown": { place: "header authorization" },
  "issuer-mismatch": { place: "claim iss" },
  "audience-mismatch": { place: "claim aud" },
  "secret-empty": {},
  "body-too-large": { maxBytes: 1_048_576 },
  "method-unknown": {},
  "route-unknown": { nearSource: "okta" },
};
const refusal = (reason: Refusal["reason"], more: Partial<Refusal> = {}): Refusal => ({
  status: 401,
  reason,
  method: "POST",
  headers: "host",
  bodyBytes: 2,
  ...more,
});

it.each(Object.entries(facts))(
  "%s is told in English and in Chinese, with what is known",
  (reason, known) => {
    const told = refusal(reason as Refusal["reason"], known);
    const [en, zh] = [differsText(told, "en"), differsText(told, "zh")];
    expect(en).not.toMatch(/[\u3400-\u9fff]/u);
    expect(zh).toMatch(/[\u3400-\u9fff]/u);
    for (const value of Object.values(known)) {
      const shown = typeof value === "number" ? value.toLocaleString("en-US") : String(value);
      expect(en).toContain(shown);
      expect(zh).toContain(shown);
    }
  },
);

it.each(Object.keys(facts))("%s is told where nothing else is known", (reason) => {
  for (const language of ["en", "zh"] as const) {
    expect(differsText(refusal(reason as Refusal["reason"]), language)).not.toMatch(/undefined|NaN/);
  }
});

it("says which versions of the secret were tried, and when it was changed", () => {
  const both = refusal("proof-mismatch", { secretVersions: 2, secretChangedAt: "2026-03-01T00:00:00.000Z" });
  expect(differsText(both, "en")).toContain(
    "the current or the previous secret (changed 2026-03-01T00:00:00.000Z)",
  );
  expect(differsText(both, "zh")).toContain("当前或上一个密钥（更改于 2026-03-01T00:00:00.000Z）");
});

it("tells the code of a reason that another version has written into the log", () => {
  expect(differsText(refusal("proof-of-tomorrow" as never), "en")).toBe("proof-of-tomorrow");
  expect(differsText(refusal("constructor" as never), "zh")).toBe("constructor");
});
