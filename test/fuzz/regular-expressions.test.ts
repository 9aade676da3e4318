import { globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseAst } from "vitest/node";
import { describe, expect, it } from "vitest";
import { searchWithin } from "./backtracks.ts";
import { hostileTexts } from "./hostile-texts.ts";

// Every regular expression of lib/ takes time that grows as the text does, on texts that are derived from it. Steps are counted, not time.
// V8 counts no step inside look-behind.

const textLength = 500;
/** Backtracks for each character of a text: an expression with a bound, as `\w{1,40}`, may take that many. Quadratic are 250 and more. */
const stepsPerCharacter = 60;

/** The first text that takes too many steps. */
function slowTextOf(expression: RegExp): string | undefined {
  const isWithin = searchWithin(expression, stepsPerCharacter * textLength);
  for (const text of hostileTexts(expression, textLength)) {
    if (!isWithin(text)) return `${JSON.stringify(text.slice(0, 40))} … ${JSON.stringify(text.slice(-10))}`;
  }
  return undefined;
}

const literals = new Map<string, RegExp>();
const constructing = new Set<string>();
for (const file of globSync("lib/**/*.ts").toSorted()) {
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    const { type, regex, callee } = node as {
      type?: string;
      regex?: { pattern: string; flags: string };
      callee?: { name?: string };
    };
    if (regex)
      literals.set(`${file} /${regex.pattern}/${regex.flags}`, new RegExp(regex.pattern, regex.flags));
    if (type === "NewExpression" && callee?.name === "RegExp") constructing.add(file);
    for (const child of Object.values(node)) visit(child);
  };
  visit(parseAst(readFileSync(file, "utf8"), { lang: "ts" }));
}

/** The expressions that modules of lib/ put together when they are loaded. */
async function constructed(): Promise<Map<string, RegExp>> {
  const found = new Map<string, RegExp>();
  const Own = globalThis.RegExp;
  globalThis.RegExp = new Proxy(Own, {
    construct(target, given, newTarget) {
      const expression = Reflect.construct(target, given, newTarget) as RegExp;
      found.set(String(expression), expression);
      return expression;
    },
  });
  try {
    for (const file of constructing) await import(resolve(file));
  } finally {
    globalThis.RegExp = Own;
  }
  return found;
}

describe("every regular expression", () => {
  it("that lib/ holds takes steps that grow as the text does", () => {
    expect(literals.size).toBeGreaterThan(300);
    const slow = [...literals].flatMap(([where, expression]) => {
      const text = slowTextOf(expression);
      return text === undefined ? [] : [`${where}: ${text}`];
    });
    expect(slow).toEqual([]);
  });

  it("that lib/ puts together does, too", async () => {
    const expressions = await constructed();
    expect(expressions.size).toBeGreaterThan(5);
    const slow = [...expressions.values()].flatMap((expression) => slowTextOf(expression) ?? []);
    expect(slow).toEqual([]);
  });
});

describe("the check of expressions", () => {
  it.each([/^(?:a+)+$/, /=+$/, /^\s*:?\s*\d$/, / \([^)]*\)$/, /T[^Z]*$/, /^(?:\w|\d)*!$/, /x*y*x*z/])(
    "finds that %s grows faster",
    (expression) => {
      expect(slowTextOf(expression)).toBeDefined();
    },
  );

  it.each([/^[^\s@]+@[a-z.]+$/, /(?<!=)=+$/, /^\w{1,40}\.\w{1,40}$/, /[\p{L}\p{N}]+/u])(
    "lets %s pass",
    (expression) => {
      expect(slowTextOf(expression)).toBeUndefined();
    },
  );
});
