import { ManagementClient } from "authing-node-sdk";
import { constants, publicEncrypt } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { memoryLedger } from "../memory/ledger.ts";
import { startSandbox, type Sandbox } from "#infra/sandbox/sandbox.ts";
import { defineConfig } from "#lib/config.ts";
import type { Change } from "#lib/contract/change.ts";
import type { CreateUserOptionsDto } from "#lib/contract/person.ts";
import { deliver } from "#lib/delivery/deliver.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import { connectAuthing } from "#lib/wiring/authing.ts";
import { deliverySettings } from "#lib/wiring/delivery-settings.ts";
import { accessKey, personOf } from "./world.ts";

// From a configuration to the sandbox: passwords are encrypted on the way, and their owners have them at the end.

type AuthingSettings = NonNullable<Parameters<typeof defineConfig>[0]["authing"]>;

/** A sandbox, and a process with this configuration that brings changes to it. */
async function openProcess(settings: AuthingSettings) {
  const sandbox = await startSandbox({ accessKeys: [accessKey] });
  const config = defineConfig({ authing: { ...settings, host: sandbox.url }, sources: {} });
  const authing = connectAuthing(
    config.authing,
    secretReader(async () => ({ current: accessKey })),
  );
  onTestFinished(async () => {
    authing.close();
    await sandbox.close();
  });
  const clock = { now: Date.now, wait: (milliseconds: number) => wait(milliseconds), random: Math.random };
  const log = { info() {}, warn() {}, error() {} };
  const ports = { authing, ledger: memoryLedger(clock.now), log, ...deliverySettings(config, clock) };
  return {
    sandbox,
    deliver: (changes: readonly Change[]) =>
      deliver(
        changes.map((change, index) => ({
          change,
          by: `hr/${index}`,
          source: "hr",
          since: Date.now(),
          links: true,
          isSame: false,
        })),
        { ...ports, deadline: Date.now() + 20_000 },
      ),
  };
}

const create = (id: string, password?: string, options?: CreateUserOptionsDto): Change => ({
  kind: "create",
  person: personOf(id, password === undefined ? {} : { password }),
  ...(options && { options }),
  trail: {},
});
const update = (externalId: string, password: string): Change => ({
  kind: "update",
  who: { externalId },
  person: { password },
  complete: false,
  trail: {},
});

const callsOf = ({ requests }: Sandbox, operation: string) =>
  requests.filter((request) => request.operation === operation);
const userOf = (sandbox: Sandbox, id: string) =>
  sandbox.users().find(({ externalId }) => externalId === id) ?? {
    userId: "",
    status: "",
    passwordLastSetAt: "",
  };
const passwordOf = (sandbox: Sandbox, id: string) => sandbox.passwordOf(userOf(sandbox, id).userId)?.password;
/** The kind of each outcome; one with a reason is shown whole. */
const kindsOf = ({ outcomes }: Awaited<ReturnType<typeof deliver>>) =>
  outcomes.map((outcome) => (outcome?.reason === undefined ? outcome?.kind : outcome));

/** How a batch says that its passwords are encrypted: for all of it, and at each person. */
function typesSaidIn(body: object = {}) {
  type Said = { readonly passwordEncryptType?: string };
  const { options, list = [] } = body as { options?: Said; list?: readonly Said[] };
  return {
    options: options?.passwordEncryptType,
    list: list.flatMap(({ passwordEncryptType }) => passwordEncryptType ?? []),
  };
}

it.each([
  ["rsa", "current"],
  ["rsa", "2022"],
  ["sm2", "current"],
  ["sm2", "2022"],
] as const)(
  "encrypts passwords by %s in the dialect %s, with keys that are fetched once",
  async (type, dialect) => {
    const { sandbox, deliver } = await openProcess({ passwordEncryption: type, dialect });
    const joined = await deliver([create("1", "Invented-1"), create("2"), create("3", "密码-3 😀")]);
    expect(kindsOf(joined)).toEqual(["accepted", "accepted", "accepted"]);
    const moved = await deliver([update("3", "Invented-4")]);
    expect(kindsOf(moved)).toEqual(["accepted"]);

    expect(passwordOf(sandbox, "1")).toBe("Invented-1");
    expect(passwordOf(sandbox, "2")).toBeUndefined();
    expect(passwordOf(sandbox, "3")).toBe("Invented-4");
    expect(callsOf(sandbox, "system")).toHaveLength(1);
    const [created] = callsOf(sandbox, "create-users-batch");
    const [updated] = callsOf(sandbox, "update-user");
    expect(JSON.stringify([created?.body, updated?.body])).not.toMatch(/Invented|密码/);
    expect(typesSaidIn(created?.body)).toEqual(
      dialect === "current" ? { options: type, list: [] } : { options: undefined, list: [type, type, type] },
    );
    // Where the update of 2022 has it is not known: it stands in both places.
    expect(updated?.body).toMatchObject({ options: { passwordEncryptType: type } });
    expect(updated?.body?.["passwordEncryptType"]).toBe(dialect === "current" ? undefined : type);

    const official = new ManagementClient({ ...accessKey, host: sandbox.url });
    const { data } = await official.getUser({ userId: "3", userIdType: "external_id" as never });
    expect(data).toMatchObject({
      externalId: "3",
      status: "Activated",
      passwordLastSetAt: expect.any(String),
    });
  },
);

it("sends passwords as they are without the setting, and asks for no keys", async () => {
  const { sandbox, deliver } = await openProcess({});
  await deliver([create("1", "Invented-1"), create("2", "Invented-2")]);
  await deliver([update("2", "Invented-3")]);
  expect([passwordOf(sandbox, "1"), passwordOf(sandbox, "2")]).toEqual(["Invented-1", "Invented-3"]);
  expect(callsOf(sandbox, "system")).toEqual([]);
  expect(callsOf(sandbox, "create-users-batch")[0]?.body).not.toHaveProperty("options");
});

it("leaves hashes alone, and what a file says is encrypted already", async () => {
  const { sandbox, deliver } = await openProcess({ passwordEncryption: "sm2" });
  const system = (await (await fetch(`${sandbox.url}/api/v3/system`)).json()) as {
    rsa: { publicKey: string };
  };
  const key = { key: system.rsa.publicKey, padding: constants.RSA_PKCS1_PADDING };
  const encrypted = publicEncrypt(key, Buffer.from("Invented-2")).toString("base64");
  const hash = "$2b$10$inventedinventedinventu";
  const delivered = await deliver([
    create("1", hash, { keepPassword: true }),
    create("2", encrypted, { passwordEncryptType: "rsa" }),
    create("3"),
  ]);
  expect(kindsOf(delivered)).toEqual(["accepted", "accepted", "accepted"]);
  expect(sandbox.passwordOf(userOf(sandbox, "1").userId)).toEqual({ password: hash, keepPassword: true });
  expect(passwordOf(sandbox, "2")).toBe("Invented-2");
  // The one above is this test's.
  expect(callsOf(sandbox, "system")).toHaveLength(1);
});

it.each(["rsa", "sm2"] as const)("fetches the keys anew when Authing has other ones: %s", async (type) => {
  const { sandbox, deliver } = await openProcess({ passwordEncryption: type });
  await deliver([create("0", "Invented-0")]);
  const ids = ["1", "2", "3", "4", "5"];
  sandbox.rotatePasswordKeys();
  const joined = await deliver(ids.map((id) => create(id, `Invented-${id}`)));
  expect(kindsOf(joined)).toEqual(ids.map(() => "accepted"));
  expect(ids.map((id) => passwordOf(sandbox, id))).toEqual(ids.map((id) => `Invented-${id}`));
  expect(callsOf(sandbox, "system")).toHaveLength(2);

  sandbox.rotatePasswordKeys();
  const moved = await deliver([update("1", "Invented-6")]);
  expect(kindsOf(moved)).toEqual(["accepted"]);
  expect(passwordOf(sandbox, "1")).toBe("Invented-6");
  expect(callsOf(sandbox, "system")).toHaveLength(3);
  expect(callsOf(sandbox, "update-user")).toHaveLength(2);
});

it("rejects a record that Authing refuses for something else, after one look at its keys", async () => {
  const { sandbox, deliver } = await openProcess({ passwordEncryption: "rsa" });
  const bad: Change = {
    kind: "create",
    person: { ...personOf("1"), email: "a@b", password: "p" },
    trail: {},
  };
  const { outcomes } = await deliver([bad]);
  expect(outcomes).toMatchObject([{ kind: "rejected", reason: "invalid-record" }]);
  expect(callsOf(sandbox, "create-users-batch")).toHaveLength(1);
  expect(callsOf(sandbox, "system")).toHaveLength(2);
});

it("rejects a password that is too long for the key, and only that", async () => {
  const { sandbox, deliver } = await openProcess({ passwordEncryption: "rsa" });
  const delivered = await deliver([
    create("1", "Invented-1"),
    create("2", "密".repeat(40)),
    create("3", "Invented-3"),
  ]);
  expect(delivered.outcomes).toMatchObject([
    { kind: "accepted" },
    { kind: "rejected", reason: "password-too-long", field: "password" },
    { kind: "accepted" },
  ]);
  expect(sandbox.users().map(({ externalId }) => externalId)).toEqual(["1", "3"]);
  const { outcomes } = await deliver([update("1", "密".repeat(40))]);
  expect(outcomes).toMatchObject([{ kind: "rejected", reason: "password-too-long", field: "password" }]);
  expect(passwordOf(sandbox, "1")).toBe("Invented-1");
});
