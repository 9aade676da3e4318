import { describe, expect, it } from "vitest";
import { defineConfig } from "#lib/config.ts";
import { fixtureSecret } from "#infra/fixtures/cases.ts";
import { readListFixture } from "#infra/fixtures/lists.ts";
import { startRecordedApi, type RecordedApi } from "#infra/local/recorded-api.ts";
import { createAuthingClient } from "#lib/authing/client.ts";
import { journey, type Journey } from "../journeys/stack.ts";
import { run, untilTheTestEnds } from "./real-command.ts";

// One person is read at the source, and brought to Authing as the source has them today.

const list = readListFixture("okta");
const [left, there, absent] = list?.asked ?? [];
if (!left || !there || !absent) throw new Error("Okta's list has people who are asked about");

type Settings = Omit<NonNullable<Parameters<typeof defineConfig>[0]["sources"]["okta"]>, "source">;

async function openStage(
  settings: Settings = {},
  recorded?: readonly string[],
): Promise<{ stage: Journey; api: RecordedApi }> {
  const api = await startRecordedApi([{ answers: (list?.asked ?? []).flatMap(({ answers }) => answers) }]);
  await untilTheTestEnds({ port: 0, close: () => api.close() });
  const stage = await journey({
    config: defineConfig({ sources: { okta: settings } }),
    ...(recorded && { recordedPeople: () => recorded }),
  });
  stage.secrets["sources/okta"] = { current: { ...(fixtureSecret("okta") as object), apiHost: api.url } };
  return { stage, api };
}

const sync = (stage: Journey, subject: string, ...given: string[]) =>
  run("sync", ["okta", subject, ...given, "--url", stage.stack.url]);

const accounts = (stage: Journey) =>
  (stage.stack.sandbox?.users() ?? []).map(({ externalId, status = "Activated", email }) =>
    [externalId, status, email].join(" "),
  );

/** The source does not have the person any more. */
function forget(api: RecordedApi, subject: string): void {
  const [answer] = absent?.answers ?? [];
  if (answer) api.play({ answers: [{ ...answer, request: `GET /api/v1/users/${subject}` }] });
}

describe("npm run sync", () => {
  const { subject } = there;

  it("shows what would change with its trail, and changes nothing until the operator says yes", async () => {
    const { stage } = await openStage();
    const asked = await sync(stage, subject);
    expect(asked.out).toContain("the source has this person");
    expect(asked.out).toContain("new: the person is brought");
    expect(asked.out).toMatch(/email +profile\.email +lower-case +new/);
    expect(asked.out).toContain("would be: accepted");
    expect(asked.error).toContain("There is no terminal to ask on");
    expect(accounts(stage)).toEqual([]);

    const { status, out } = await sync(stage, subject, "--yes");
    expect({ status, last: out.trimEnd().split("\n").at(-1) }).toEqual({
      status: 0,
      last: "applied: accepted",
    });
    expect(accounts(stage)).toEqual([`${subject} Activated szabo.agnes@okta.example.com`]);
  });

  it("mends what was changed at Authing, though the source tells nothing new", async () => {
    const { stage } = await openStage();
    await sync(stage, subject, "--yes");
    const key = stage.secrets["authing"]?.current as { accessKeyId: string; accessKeySecret: string };
    const authing = createAuthingClient({ host: stage.stack.authingHost, credentials: async () => key });
    const [user] = stage.stack.sandbox?.users() ?? [];
    await authing.updateUser({ userId: user?.userId ?? "", email: "other@example.com" });
    authing.close();
    const { out } = await sync(stage, subject, "--yes");
    expect(out).toContain("as the source has told before");
    expect(out).toMatch(/email +profile\.email +lower-case +changed/);
    expect(accounts(stage)).toEqual([`${subject} Activated szabo.agnes@okta.example.com`]);
  });

  it("says of a person that the recorded API of a laptop does not have that it is a recording", async () => {
    const { stage } = await openStage(
      {},
      list?.asked.map(({ subject }) => subject),
    );
    const { status, error } = await sync(stage, "00u1nobody");
    expect(status).toBe(1);
    expect(error).toContain("person-not-recorded");
    expect(error).toContain(`the recorded API has no such person; it has ${left.subject}, ${subject}`);
    expect((await sync(stage, absent.subject)).out).toContain("the source says that it has no such person");
  });

  it("shows a person that the source does not have as a proven leaver", async () => {
    const { stage, api } = await openStage();
    await sync(stage, subject, "--yes");
    forget(api, subject);
    const { status, out } = await sync(stage, subject, "--yes");
    expect(out).toContain("the source says that it has no such person: a proven departure");
    expect(status).toBe(0);
    expect(accounts(stage)).toEqual([`${subject} Resigned szabo.agnes@okta.example.com`]);
  });

  it("does nothing about a person who is neither there nor here, or has left", async () => {
    const { stage } = await openStage();
    for (const person of [absent, left]) {
      const { status, out } = await sync(stage, person.subject, "--yes");
      expect({ status, out }).toMatchObject({
        status: 0,
        out: expect.stringContaining("nothing is to be done") as unknown,
      });
    }
    expect(accounts(stage)).toEqual([]);
  });

  it("takes no refusal of the source for a departure", async () => {
    const { stage, api } = await openStage();
    await sync(stage, subject, "--yes");
    api.play({
      answers: [{ request: `GET /api/v1/users/${subject}`, status: 401, json: { errorCode: "E0000011" } }],
    });
    const { status, error } = await sync(stage, subject, "--yes");
    expect({ status, error }).toMatchObject({
      status: 1,
      error: expect.stringContaining("source-credentials-refused") as unknown,
    });
    expect(accounts(stage)).toEqual([`${subject} Activated szabo.agnes@okta.example.com`]);
  });

  it("goes through scope and map of the configuration", async () => {
    let isIn = true;
    const { stage } = await openStage({
      scope: () => isIn,
      outOfScope: "leave",
      map: ({ person }) => ({ ...person, company: "Acme" }),
    });
    const { out } = await sync(stage, subject, "--yes");
    expect(out).toMatch(/company +inbound\.config\.ts +map +new/);
    isIn = false;
    expect((await sync(stage, subject, "--yes")).out).toContain(
      "the configuration's scope leaves this person out",
    );
    expect(accounts(stage)).toEqual([`${subject} Resigned szabo.agnes@okta.example.com`]);
  });
});
