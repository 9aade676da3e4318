import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

// Secrets, signatures and digests are compared in constant time, in one file: lib/constant-time.ts. In all other code that
// proves deliveries or opens encrypted files, this test refuses a comparison of a value with such a name, whatever it is compared with. It allows a
// comparison with `undefined`, `null`, an empty text or a number: whether a value is present is no secret.

const root = new URL("../../", import.meta.url);
const comparing = "lib/constant-time.ts";
const files = [
  comparing,
  "lib/proofs/*.ts",
  "lib/pipeline/prove.ts",
  "lib/sources/*/index.ts",
  "lib/formats/pskc/*.ts",
].flatMap((pattern) => globSync(pattern, { cwd: root }).map((path) => path.replaceAll("\\", "/")));

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
/** A comparison that asks whether a value is present, or compares with a constant of the code, tells no secret. */
const harmless = /^(?:undefined|null|true|false|-?\d+|"[^"]*"|[\w.]+\.length)$/;

/** The comparisons in a source text that depend on the content of a secret, as they are written. */
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
  ])("is found where it is done outside of that file: %s", (code) => {
    expect(comparisonsIn(code)).not.toEqual([]);
  });

  it.each([
    'if (signature === "") return refused("proof-missing");',
    "if (token === undefined || secret === null) return;",
    'if (typeof signature === "string") return;',
    "if (digests.length === 0) return;",
    "// expected === signature",
    'if (place === "body") return;',
  ])("is allowed where the code only asks whether a value is present: %s", (code) => {
    expect(comparisonsIn(code)).toEqual([]);
  });
});
