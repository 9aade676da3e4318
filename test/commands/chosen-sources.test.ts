import { describe, expect, it } from "vitest";
import { needSource, withSources } from "#infra/commands/chosen-sources.ts";
import { defineConfig } from "#lib/config.ts";
import peopledesk from "../own-source/peopledesk.config.ts";
import { run, startOnLaptop } from "./real-command.ts";

const clerkOnly = defineConfig({ sources: { clerk: { leave: "delete", people: "shared" } } });

describe("--sources", () => {
  it("names built-in sources, which are at their defaults, in place of those of the configuration", () => {
    const { sources, service } = withSources({ ...clerkOnly, service: "people" }, "okta, wecom");
    expect(Object.keys(sources)).toEqual(["okta", "wecom"]);
    expect(sources["okta"]).toEqual(defineConfig({ sources: { okta: {} } }).sources["okta"]);
    expect(service).toBe("people");
    expect(withSources(clerkOnly, "clerk").sources["clerk"]).toMatchObject({
      leave: "resign",
      people: "own",
    });
  });

  it("names sources of the operator's own with their settings", () => {
    const own = peopledesk.sources["peopledesk"];
    expect(own?.source).toBeDefined();
    expect(withSources(peopledesk, "clerk,peopledesk").sources["peopledesk"]).toBe(own);
    expect(needSource(peopledesk, "peopledesk").name).toBe("peopledesk");
  });

  it.each([
    ["clark", 'no source is called "clark", but there is clerk; docs/sources.md lists all'],
    [
      "bamboo,okta,oktaa",
      'no source is called "bamboo", but there is bamboohr; no source is called "oktaa", but',
    ],
    ["nothing-like-it", 'no source is called "nothing-like-it"; docs/sources.md lists all'],
    ["", 'no source is called ""; docs/sources.md'],
  ])("%j says which name is wrong, and the nearest ones", (names, message) => {
    expect(() => withSources(clerkOnly, names)).toThrow(message);
  });
});

describe("npm start -- --sources", () => {
  it("receives for the sources that are named, and no other", async () => {
    const stack = await startOnLaptop({}, ["--sources", "okta"]);
    try {
      const sent = await run("send", ["okta", "story", "--url", stack.url]);
      expect(sent).toMatchObject({ status: 0, error: "" });
      const refused = await run("send", ["clerk", "user-created", "--url", stack.url]);
      expect(refused).toMatchObject({
        status: 1,
        error: expect.stringContaining("npm start -- --sources clerk"),
      });
    } finally {
      await stack.end();
    }
  });

  it("says how to type a name that is not known", async () => {
    const { status, error } = await run("start", ["--sources", "oktaa,clerk"], { PORT: "0" });
    expect(status).toBe(2);
    expect(error).toMatch(/"oktaa", but there is okta; .*\n {2}--sources okta,clerk\n$/);
  });
});
