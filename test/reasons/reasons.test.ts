import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { reasonsPage } from "#infra/commands/reasons-page.ts";
import { explainReason } from "#lib/reasons/explain-reason.ts";
import type { Language } from "#lib/reasons/reason.ts";
import { reasonGroups } from "#lib/reasons/table.ts";
import { findReasonCodes, type FoundCodes } from "./reason-codes.ts";

const entries = reasonGroups.flatMap(({ reasons }) => Object.entries(reasons));
const codes = entries.map(([code]) => code);
const languages: readonly Language[] = ["en", "zh"];

describe("the table of reasons", () => {
  let found: FoundCodes;
  beforeAll(() => {
    found = findReasonCodes(process.cwd());
  }, 60_000);

  it("has an entry for every reason of the code", () => {
    // Enough to be sure that the sources were read.
    expect(found.codes.size).toBeGreaterThan(200);
    for (const code of ["proof-mismatch", "throttled", "header-quote-unclosed", "file-is-7z", "date-ahead"]) {
      expect([...found.codes.keys()]).toContain(code);
    }
    const missing = [...found.codes].filter(([code]) => !codes.includes(code));
    expect(missing, "write what it means and what to do into lib/reasons/").toEqual([]);
  });

  it("has no entry that no code gives", () => {
    expect(codes.filter((code) => !found.codes.has(code))).toEqual([]);
  });

  it("can be complete, since every place that gives a reason gives constants", () => {
    expect(found.unknown, "give the reason a type that is a union of constants").toEqual([]);
  });

  it("has each reason once, in kebab-case", () => {
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
    expect(codes.filter((code) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(code))).toEqual([]);
  });

  it("says everything in both languages", () => {
    const half = entries.filter(
      ([, { enNext, zhNext }]) => (enNext === undefined) !== (zhNext === undefined),
    );
    expect(half.map(([code]) => code)).toEqual([]);
  });
});

describe("the sentences", () => {
  const said = entries.flatMap(([code, { en, enNext, zh, zhNext }]) => [
    { code, language: "en" as const, texts: [en, ...(enNext === undefined ? [] : [enNext])] },
    { code, language: "zh" as const, texts: [zh, ...(zhNext === undefined ? [] : [zhNext])] },
  ]);
  const wrong = (of: Language, isWrong: (text: string) => boolean) =>
    said.filter(({ language, texts }) => language === of && texts.some(isWrong)).map(({ code }) => code);

  it("are one sentence each, which ends as a sentence of its language does", () => {
    expect(wrong("en", (text) => !/^[A-Z][^\n]*[^. ]\.$/.test(text) || /[.!?] [A-Z]/.test(text))).toEqual([]);
    expect(wrong("zh", (text) => !text.endsWith("。") || text.slice(0, -1).includes("。"))).toEqual([]);
    expect(wrong("zh", (text) => !/\p{Script=Han}/u.test(text))).toEqual([]);
    expect(wrong("en", (text) => /\p{Script=Han}/u.test(text.replaceAll(/\([^)]*\)/g, "")))).toEqual([]);
  });

  it("name the actor", () => {
    expect(wrong("en", (text) => /\b(somebody|nobody|whoever|whom|someone)\b/i.test(text))).toEqual([]);
  });

  it("leave commands to where they can be pasted from", () => {
    for (const language of languages)
      expect(wrong(language, (text) => /npm run|[{}]\w+[{}]/.test(text))).toEqual([]);
  });
});

describe("the commands", () => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
  const options: ReadonlySet<string> = new Set(["--source", "--id", "--reason", "--as"]);
  const commands = entries.flatMap(([code, { run = [] }]) => run.map((command) => ({ code, command })));

  it("are scripts of this package", () => {
    const unknown = commands.filter(({ command }) => {
      const script = /^npm (?:run )?([\w:]+)/.exec(command)?.[1] ?? "";
      return !Object.hasOwn(scripts, script);
    });
    expect(unknown).toEqual([]);
  });

  it("of parked events have a verb and options that the command has", () => {
    const parked = commands.filter(({ command }) => command.startsWith("npm run parked"));
    const form =
      /^npm run parked -- (list (dead|held|rejected|waiting)|show \{id\}|(redrive|release|discard) (preview|apply))( --\w+ \S+)*\{stage\}$/;
    expect(parked.filter(({ command }) => !form.test(command))).toEqual([]);
    const used = parked.flatMap(({ command }) => command.match(/--\w+/g) ?? []);
    expect(used.filter((option) => !options.has(option))).toEqual([]);
  });

  it("that change accounts name what they are about", () => {
    const open = commands.filter(({ command }) => / apply(?! --(id|reason|source) )/.test(command));
    expect(open).toEqual([]);
  });

  it("have placeholders that are filled, and the stage at their end", () => {
    const context = { language: "en", source: "clerk", id: "e-1", place: "--stage prod" } as const;
    for (const code of codes) {
      for (const command of explainReason(code, context)?.run ?? []) {
        expect(command).not.toMatch(/[{}<>]/);
        expect(command).toMatch(/^npm start$| --stage prod$/);
      }
    }
  });

  it("stand behind a sentence that says when to run them", () => {
    expect(entries.filter(([, { enNext, run }]) => run && enNext === undefined)).toEqual([]);
  });
});

describe("explaining a reason", () => {
  it("fills in what is known, in the language that is asked for", () => {
    const context = { source: "clerk", id: "e-1", place: "--stage prod" };
    expect(explainReason("account-exists", { ...context, language: "en" })?.run).toEqual([
      "npm run parked -- release apply --id e-1 --as same --stage prod",
      "npm run parked -- discard apply --id e-1 --stage prod",
    ]);
    expect(explainReason("source-paused", { language: "zh", source: "clerk" })).toEqual({
      means: expect.stringContaining("该来源已暂停"),
      next: expect.stringContaining("请恢复该来源"),
      run: ["npm run resume -- clerk"],
    });
    expect(explainReason("proof-missing", { language: "en", place: "--stage prod" })?.run).toEqual([
      "npm run refused -- --stage prod",
    ]);
  });

  it("leaves a placeholder for what is not known", () => {
    expect(explainReason("conflict", { language: "en" })?.run).toEqual([
      "npm run parked -- show <event>",
      "npm run parked -- redrive apply --id <event>",
    ]);
  });

  it.each([
    ["$(rm -rf .)", "'$(rm -rf .)'"],
    ["it's", String.raw`'it'\''s'`],
    ["a b", "'a b'"],
    ["-x", "'-x'"],
    ["uploads/2026/7", "uploads/2026/7"],
  ])("quotes an id for the shell: %s", (id, quoted) => {
    expect(explainReason("conflict", { language: "en", id })?.run[0]).toBe(
      `npm run parked -- show ${quoted}`,
    );
  });

  it("says nothing of a reason that is not ours: a customer's own source has its own", () => {
    for (const code of ["badge-expired", "constructor", "__proto__", ""]) {
      expect(explainReason(code, { language: "en" })).toBeUndefined();
    }
  });
});

describe("docs/reasons.md", () => {
  it.each(languages)("has every reason, in %s", (language) => {
    const page = reasonsPage(language);
    for (const code of codes) expect(page).toContain(`| \`${code}\` |`);
    const table = page.split("\n").filter((line) => line.startsWith("|"));
    // Three cells, however many signs of a cell's end the text holds.
    expect(table.filter((line) => line.replaceAll("\\|", "").split("|").length !== 5)).toEqual([]);
    expect(table.filter((line) => /<(?!br>)/.test(line.replaceAll(/`[^`]*`/g, "")))).toEqual([]);
  });
});
