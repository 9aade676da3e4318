import { setTimeout as wait } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { signDelivery } from "#infra/fixtures/cases.ts";
import { startSandbox } from "#infra/sandbox/sandbox.ts";
import { openStore } from "#infra/store/store.ts";
import bamboohr from "#lib/sources/bamboohr/index.ts";
import { virtualClock } from "#infra/prove/clock.ts";
import { hired } from "../journeys/people.ts";
import { invented } from "../invented-secrets.ts";
import { newPlace, operatorHeader, startServe, type ServiceProcess } from "./service-process.ts";

/** `SEED=2` kills at other moments. */
const seed = Number(process.env["SEED"] ?? 20_261_127);
const kills = 5;
const joiners = 60;
const rows = 1500;

const event = (id: number, action: string, city: string) =>
  hired(
    { id: `${id}`, action },
    {
      "Work Email": { value: `p${id}@example.com` },
      "Mobile Phone": { value: "" },
      City: { value: city },
      ...(action === "Deleted" && { Status: { value: "Inactive" } }),
    },
  );

it("a service that is killed at random moments loses nothing and does nothing twice", async () => {
  const { random } = virtualClock(0, seed);
  const sandbox = await startSandbox({ accessKeys: [invented.authing] });
  onTestFinished(() => sandbox.close());
  sandbox.script([
    { on: "create-users-batch", fault: { kind: "reset-after-applying" } },
    { on: "update-user", fault: { kind: "http-502", applied: true } },
  ]);
  const { environment, store } = newPlace(sandbox.url);
  let service: ServiceProcess = await startServe(environment);

  /** As a sender does it: again and again, until it is acknowledged. Some senders repeat what was acknowledged, too. */
  async function untilTaken(send: () => Promise<Response>): Promise<void> {
    for (;;) {
      const answer = await send().catch(() => undefined);
      await answer?.arrayBuffer().catch(() => undefined);
      if (answer?.ok && random() > 0.2) return;
      await wait(50);
    }
  }
  const post = (body: unknown, id: string) =>
    untilTaken(async () => {
      const signed = signDelivery(
        bamboohr,
        invented["sources/bamboohr"] as never,
        { body: Buffer.from(JSON.stringify(body)), contentType: "application/json" },
        { now: Date.now(), id },
      );
      return fetch(`${service.webhooks}/webhooks/bamboohr`, {
        method: "POST",
        headers: signed.headers,
        body: signed.body as Uint8Array<ArrayBuffer>,
      });
    });

  const people = Array.from({ length: joiners }, (_, index) => 10_000 + index);
  const table = Array.from({ length: rows }, (_, row) => `${50_000 + row},张三,f${row}@example.com\n`).join(
    "",
  );
  let uploaded = "";
  const sending = Promise.all([
    (async () => {
      for (const id of people) await post(event(id, "Created", "杭州"), `hired-${id}`);
      for (const id of people) await post(event(id, "Updated", "上海"), `moved-${id}`);
    })(),
    (async () => {
      for (let taken = false; !taken; await wait(20)) {
        const answer = await fetch(`${service.operator}/uploads/incoming/users/people.csv`, {
          method: "PUT",
          headers: operatorHeader(store),
          body: `工号,姓名,邮箱\n${table}`,
        }).catch(() => undefined);
        taken = answer?.status === 202;
        if (answer && taken) uploaded = ((await answer.json()) as { import: string }).import;
      }
    })(),
  ]);

  for (let kill = 0; kill < kills; kill += 1) {
    // In the middle of something: after some more requests at Authing, and some milliseconds.
    const enough = sandbox.requests.length + 1 + Math.floor(random() * 20);
    await expect
      .poll(() => sandbox.requests.length, { timeout: 60_000, interval: 2 })
      .toBeGreaterThanOrEqual(enough);
    await wait(random() * 30);
    expect(await service.end("SIGKILL")).toBeNull();
    service = await startServe(environment);
  }
  await sending;
  const health = async () =>
    (await (await fetch(`${service.operator}/healthz`)).json()) as { waiting: number; dead: number };
  await expect.poll(async () => (await health()).waiting, { timeout: 120_000 }).toBe(0);
  expect((await health()).dead).toBe(0);
  expect(await service.end("SIGTERM")).toBe(0);

  const expected = [...people, ...Array.from({ length: rows }, (_, row) => 50_000 + row)].map(String);
  const users = sandbox.users();
  expect(users.map(({ externalId }) => externalId).toSorted()).toEqual(expected.toSorted());
  for (const id of people) {
    expect(users.find(({ externalId }) => externalId === String(id))).toMatchObject({
      city: "上海",
      status: "Activated",
    });
  }
  const kept = await openStore(store, { callSeconds: 0 });
  onTestFinished(() => kept.close());
  const outcomes = kept.ledger.recent(10_000);
  // One outcome of each row, of the import, and of each event: a repeated delivery has the id of the first one.
  expect(outcomes.filter(({ type }) => type === "row")).toHaveLength(rows);
  expect(outcomes.filter(({ type }) => type === "import")).toHaveLength(1);
  const told = outcomes.filter(({ source }) => source === "bamboohr");
  expect(new Set(told.map(({ subject, type }) => `${subject} ${type}`)).size).toBe(2 * joiners);
  const kinds = Object.groupBy(outcomes, ({ outcome }) => outcome.kind);
  expect(new Set(Object.keys(kinds)).difference(new Set(["accepted", "already-done"]))).toEqual(new Set());
  const summary = kept.objects.read({ bucket: "local", key: `results/${uploaded}/summary.json` });
  const text = Buffer.concat(await Array.fromAsync(await summary)).toString();
  const counts = JSON.parse(text) as { rows: number; accepted: number; alreadyDone: number };
  expect(counts.rows).toBe(rows);
  expect(counts.accepted + counts.alreadyDone).toBe(rows);
}, 300_000);
