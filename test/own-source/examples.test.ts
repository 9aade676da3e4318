import { readFileSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Config } from "#lib/config.ts";
import { enabledSources, ownSource } from "#lib/wiring/enabled-sources.ts";
import { fixtureSecret, readFixture, requestOf } from "#infra/fixtures/cases.ts";
import { postRequest } from "#infra/fixtures/post.ts";
import { startStack } from "#infra/local/stack.ts";
import { sourceSuite } from "../contract/source.ts";
import acmePeople from "./acme-people.config.ts";
import peopledesk from "./peopledesk.config.ts";

const examples: readonly { name: string; config: Config; joins: string }[] = [
  { name: "peopledesk", config: peopledesk, joins: "worker-hired" },
  { name: "acme-people", config: acmePeople, joins: "person-joined" },
];
const folderOf = (name: string) => `${import.meta.dirname}/fixtures/${name}`;

for (const { name, config } of examples) {
  sourceSuite(ownSource(config, name), { fewestCases: 3, fixtures: folderOf(name) });
}

describe.each(examples)("the example $name", ({ name, config, joins }) => {
  it("is in docs/own-source.md word for word", () => {
    const code = readFileSync(new URL(`${name}.config.ts`, import.meta.url), "utf8");
    const doc = readFileSync(new URL("../../docs/own-source.md", import.meta.url), "utf8");
    expect(doc).toContain(`\`\`\`ts\n${code}\`\`\``);
  });

  it("works like a built-in source: its delivery creates a person at Authing", async () => {
    const secret = fixtureSecret(name, folderOf(name));
    const quiet = () => {};
    const stack = await startStack({
      config,
      port: 0,
      loadSecret: async (asked) => ({
        current: asked === "authing" ? { accessKeyId: "63f0a1", accessKeySecret: "invented" } : secret,
      }),
      log: { info: quiet, warn: quiet, error: quiet },
    });
    onTestFinished(() => stack.close());

    const fixture = readFixture(name, joins, folderOf(name));
    const source = enabledSources(config).get(name);
    const request = requestOf(source as never, secret as never, fixture, { now: Date.now(), id: "msg_1" });
    const answer = await postRequest(stack.url, fixture.source, request);
    expect(answer?.status).toBe(202);
    await stack.settled();
    const [user] = stack.sandbox?.users() ?? [];
    expect(stack.ledger.recent(10)).toMatchObject([{ source: name, outcome: { kind: "accepted" } }]);
    expect(user).toMatchObject({ name: expect.stringMatching(/^\p{Script=Han}+$/u) });
  });
});
