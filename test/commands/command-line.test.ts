import { describe, expect, it } from "vitest";
import { readLine, UsageError, usageOf, type Form } from "#infra/commands/command-line.ts";

const forms: readonly Form[] = [
  { words: ["list", "[dead|held]"], options: { source: "<name>", json: "" } },
  { words: ["show", "<id>"], options: { payload: "", lang: "<en|zh>" } },
  { words: ["release", "<preview|apply>"], options: { source: "<name>", yes: "", stage: "<stage>" } },
];
const read = (line: string, environment: NodeJS.ProcessEnv = {}, of: readonly Form[] = forms) =>
  readLine("parked", of, line.split(" ").filter(Boolean), environment);
function refusal(line: string, environment: NodeJS.ProcessEnv = {}): UsageError {
  try {
    read(line, environment);
  } catch (error) {
    if (error instanceof UsageError) return error;
  }
  throw new Error(`not refused: ${line}`);
}

describe("a line that has a form of its command", () => {
  it.each([
    ["list", [undefined], {}],
    ["list held --source okta", ["held"], { source: "okta" }],
    ["list --source=okta --json", [undefined], { source: "okta", json: true }],
    ["show e-1 --payload --lang zh", ["e-1"], { payload: true, lang: "zh" }],
    ["release apply --yes --source okta", ["apply"], { yes: true, source: "okta" }],
    ["release --source okta preview", ["preview"], { source: "okta" }],
    ["show -- --payload", ["--payload"], {}],
  ])("%s is understood", (line, words, options) => {
    expect(read(line).line).toEqual({ words, options });
  });

  it("needs no words where the command has none", () => {
    const form: Form = { words: [], options: { once: "" } };
    expect(read("--once", {}, [form]).line).toEqual({ words: [], options: { once: true } });
    expect(read("", {}, [form]).line).toEqual({ words: [], options: {} });
  });
});

describe("a line that has none", () => {
  it.each([
    ["", "no verb is given"],
    ["relase apply", '"relase" is no verb of parked; did you mean release?'],
    ["toString", '"toString" is no verb of parked'],
    ["list dad", '"dad" is not dead or held; did you mean dead?'],
    ["list dead held", '"held" is too much'],
    ["show", "<id> is missing"],
    ["release", "<preview|apply> is missing"],
    ["release --source okta", "<preview|apply> is missing"],
    ["release apply okta", '"okta" is too much'],
    ["release apply --sorce okta", "--sorce is no option here; did you mean --source?"],
    ["release apply --dry-run", "--dry-run is no option here"],
    ["release apply --payload", "--payload is no option here"],
    ["release apply --source", "--source needs a value: --source <name>"],
    ["release apply --source=", "--source needs a value: --source <name>"],
    ["release apply --source --yes", "--source needs a value"],
    ["release apply --source okta --source clerk", "--source is given twice"],
    ["release apply --yes=no", "--yes takes no value"],
    ["release apply -y", "-y is no option"],
    ["show e-1 --lang fr", '--lang "fr" is not en or zh'],
  ])("%s is refused", (line, problem) => {
    expect(refusal(line).message).toBe(problem);
    expect(refusal(line).usage.length).toBeGreaterThan(0);
  });

  it("is answered with the lines of the verb that was meant", () => {
    expect(refusal("release apply --dry-run").usage).toEqual([
      "npm run parked -- release <preview|apply> [--source <name>] [--yes] [--stage <stage>]",
    ]);
    expect(refusal("").usage).toEqual(forms.map((form) => usageOf("parked", form)));
  });
});

it("a word that is empty is missing, as of a variable of the shell that is not set", () => {
  expect(() => readLine("parked", forms, ["show", ""], {})).toThrow("<id> is missing");
});

describe("an option that npm took for itself", () => {
  it.each([
    // As npm 11 passes on `npm run parked release apply --source okta --yes`, and npm 10 with the value in the variable.
    ["release apply okta", { npm_config_source: "true", npm_config_yes: "true" }, "--source, --yes"],
    ["release apply", { npm_config_source: "okta" }, "--source"],
    ["release apply", { npm_config_sorce: "okta" }, "--sorce"],
    ["list", { npm_config_dry_run: "true" }, "--dry-run"],
    ["list", { npm_config_stage: "prod" }, "--stage"],
    ["show e-1", { npm_config_payload: "true" }, "--payload"],
  ])("is not lost: %s %o", (line, environment, names) => {
    expect(refusal(line, environment).message).toMatch(new RegExp(`^npm took ${names} for itself`));
  });

  it("is not seen in what npm always passes on, nor in what this command does not have", () => {
    const always = {
      npm_config_cache: "/c",
      npm_config_prefix: "/usr",
      npm_config_user_agent: "npm",
      npm_config_yes: "",
      npm_config_audit: "true",
      npm_config_loglevel: "warn",
      npm_config_registry: "x",
    };
    expect(read("list", always).line.options).toEqual({});
    expect(read("list", { npm_config_yes: "true" }).line.options).toEqual({});
  });
});
