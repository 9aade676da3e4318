import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

// Secrets, signatures and digests are compared in constant time, in one file: lib/proofs/constant-time.ts. Anywhere else where
// deliveries are proven, a comparison of a value that is named like one is refused, whatever it is compared with, save with
// nothing (`undefined`, `null`, an empty text, a number): whether something is there is no secret.

const root = new URL("../../", import.meta.url);
const comparing = "lib/proofs/constant-time.ts";
const files = ["lib/proofs/*.ts", "lib/pipeline/prove.ts", "lib/sources/*/index.ts"].flatMap((pattern) =>
  globSync(pattern, { cwd: root }).map((path) => path.replaceAll("\\", "/")),
);

const sensitive =
  /(?:signature|digest|hmac|mac|token|secret|password|passphrase|expected|candidate|hash)s?\d?$/i;
const operand = String.raw`[\w$.?!\]\[]+(?:\([^()]*\))?`;
const comparison = new RegExp(
  String.raw`(?<!typeof )(?<![\w$.?!\]\[])(${operand})\s*(?:[!=]==?)\s*("[^"]*"|${operand})`,
  "g",
);
const searching = new RegExp(
  String.raw`(${operand})\.(?:equals|includes|startsWith|endsWith|indexOf|search|localeCompare|compare|match)\(([^()]*)\)`,
  "g",
);
const switching = /\bswitch\s*\(([^()]*)\)/g;
/** Whether something is there, or is a word of the code's own, is no secret. */
const harmless = /^(?:undefined|null|true|false|-?\d+|"[^"]*"|[\w.]+\.length)$/;

/** The comparisons in a text that depend on what a secret holds, as they are written. */
function comparisonsIn(text: string): string[] {
  const code = text.replaceAll(/\/\*[^]*?\*\/|(?<!:)\/\/.*$/gm, "");
  const compared = [...code.matchAll(comparison)].filter(
    ([, left = "", right = ""]) =>
      !harmless.test(left) && !harmless.test(right) && (isSensitive(left) || isSensitive(right)),
  );
  const searched = [...code.matchAll(searching), ...code.matchAll(switching)].filter(
    ([, subject = "", given = ""]) => isSensitive(subject) || given.split(",").some(isSensitive),
  );
  return [...compared, ...searched].map(([whole]) => whole);
}

/** By the last name of `secret.apiToken`, `headers["x-signature"]` and `tokenOf(…)`, and by what a function is given. */
function isSensitive(side: string): boolean {
  const [, subject = "", given = ""] = /^([^()]*)(?:\(([^()]*)\))?$/.exec(side.trim()) ?? [];
  const name =
    subject
      .replaceAll(/[?!\]"'[]/g, "")
      .split(".")
      .at(-1) ?? "";
  return sensitive.test(name.replace(/Of$/, "")) || (given !== "" && given.split(",").some(isSensitive));
}

describe("comparing what proves a delivery", () => {
  it.each(files.filter((file) => file !== comparing))("takes the same time whatever is given: %s", (file) => {
    expect(comparisonsIn(readFileSync(new URL(file, root), "utf8"))).toEqual([]);
  });

  it("is done in one file", () => {
    const direct = files.filter((file) =>
      readFileSync(new URL(file, root), "utf8").includes("timingSafeEqual"),
    );
    expect(direct).toEqual([comparing]);
    expect(files.length).toBeGreaterThan(15);
  });

  it.each([
    "if (expected === signature) return true;",
    "if (signature !== headers.signature) return refused();",
    "return secret.token == given;",
    "return mac.equals(given);",
    "return Buffer.from(digest).equals(bytes);",
    "return header.includes(secret.password);",
    "return given.startsWith(token);",
    "if (tokenOf(document) === verificationToken) return true;",
    "switch (secret.token) { case given: }",
    "return candidates.indexOf(given) >= 0;",
    "return sameText(a, b) || secret.key === digestOf(given);",
  ])("is seen where it is done otherwise: %s", (code) => {
    expect(comparisonsIn(code)).not.toEqual([]);
  });

  it.each([
    'if (signature === "") return refused("proof-missing");',
    "if (token === undefined || secret === null) return;",
    'if (typeof signature === "string") return;',
    "if (digests.length === 0) return;",
    "// expected === signature",
    'if (place === "body") return;',
  ])("is not seen where it is only asked whether something is there: %s", (code) => {
    expect(comparisonsIn(code)).toEqual([]);
  });
});
