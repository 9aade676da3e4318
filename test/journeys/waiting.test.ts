import { setTimeout as wait } from "node:timers/promises";
import { onTestFinished, describe, expect, it } from "vitest";
import { createAuthingClient } from "#lib/authing/client.ts";
import { createPace } from "#lib/delivery/pace.ts";
import { sourceApis } from "#lib/source-apis/source-api.ts";
import { memoryLedger } from "#infra/local/ledger.ts";
import { operate, type OperationRequest } from "#lib/operations/operate.ts";
import { apply } from "#lib/pipeline/apply.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { QueuedMessage } from "#lib/contract/queue.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import { startSandbox } from "#infra/sandbox/sandbox.ts";
import { localShelf } from "#infra/local/shelf.ts";
import { journey, type Journey } from "./stack.ts";

const employee = (id: number, action: string) => ({
  id: String(id),
  action,
  fields: {
    "First Name": { value: "三" },
    "Last Name": { value: "张" },
    "Work Email": { value: `p${id}@example.com` },
  },
});
const employees = (count: number, action: string) => ({
  employees: Array.from({ length: count }, (_, index) => employee(index, action)),
});

async function operation(run: Journey, request: OperationRequest) {
  const answer = await fetch(`${run.stack.url}/operations`, {
    method: "POST",
    body: JSON.stringify(request),
  });
  return { status: answer.status, body: await answer.json() };
}

const statuses = (run: Journey) =>
  Object.fromEntries(
    Map.groupBy(run.stack.sandbox?.users() ?? [], ({ status }) => status ?? "")
      .entries()
      .map(([status, users]) => [status, users.length]),
  );

describe("more departures than an hour normally sees", () => {
  it("are held, while joiners and movers go on, and an alarm tells of it", async () => {
    const run = await journey();
    await run.send("bamboohr", employees(15, "Created"));
    await run.stack.settled();
    await run.send("bamboohr", employees(15, "Deleted"));
    await run.send("bamboohr", { employees: [employee(99, "Created")] });
    await run.stack.settled();

    expect(statuses(run)).toEqual({ Activated: 6, Resigned: 10 });
    expect((await operation(run, { operation: "list", kind: "held" })).body).toHaveLength(5);
    expect(run.log.filter((line) => line.startsWith("error departures held"))).toHaveLength(5);
    expect(run.stack.ledger.recent(100).filter(({ outcome }) => outcome.kind === "held")).toHaveLength(5);
  });

  it("are released or given up by a word", async () => {
    const run = await journey();
    await run.send("bamboohr", employees(14, "Created"));
    await run.stack.settled();
    await run.send("bamboohr", employees(14, "Deleted"));
    await run.stack.settled();

    expect((await operation(run, { operation: "release", source: "clerk" })).body).toEqual([]);
    const released = await operation(run, { operation: "release", source: "bamboohr" });
    expect(released.body).toMatchObject(Array.from({ length: 4 }, () => ({ result: "accepted" })));
    expect(statuses(run)).toEqual({ Resigned: 14 });
    expect((await operation(run, { operation: "release" })).body).toEqual([]);
  });

  it("stay when they are given up", async () => {
    const run = await journey();
    await run.send("bamboohr", employees(12, "Created"));
    await run.stack.settled();
    await run.send("bamboohr", employees(12, "Deleted"));
    await run.stack.settled();
    expect((await operation(run, { operation: "discard" })).body).toMatchObject([
      { result: "discarded" },
      { result: "discarded" },
    ]);
    expect(statuses(run)).toEqual({ Activated: 2, Resigned: 10 });
    expect((await operation(run, { operation: "list", kind: "held" })).body).toEqual([]);
  });

  it("on a normal day pass untouched", async () => {
    const run = await journey();
    for (let batch = 0; batch < 4; batch += 1) {
      await run.send("bamboohr", {
        employees: Array.from({ length: 100 }, (_, index) => employee(batch * 100 + index, "Created")),
      });
    }
    await run.stack.settled();
    await run.send("bamboohr", employees(18, "Deleted"));
    await run.stack.settled();
    expect(statuses(run)).toEqual({ Activated: 382, Resigned: 18 });
  });

  it("and everything else about a person can be asked for", async () => {
    const run = await journey();
    await run.send("bamboohr", employees(1, "Created"));
    await run.stack.settled();
    const { body } = await operation(run, { operation: "explain", externalId: "0" } as never);
    expect(body).toMatchObject([{ source: "bamboohr", externalId: "0", outcome: { kind: "accepted" } }]);
  });

  it("refuses an operation that nobody knows", async () => {
    const run = await journey();
    const wrong = await operation(run, { operation: "destroy" } as never);
    expect(wrong).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining("operation-unknown") },
    });
  });
});

describe("dead letters of a mapping bug", () => {
  /** A worker on a real sandbox, whose mapping is broken until somebody mends it. */
  async function worker() {
    const key = { accessKeyId: "63f0a1b2c3d4e5f607182930", accessKeySecret: "invented-secret" };
    const sandbox = await startSandbox({ accessKeys: [key] });
    onTestFinished(() => sandbox.close());
    const clock = { now: Date.now, wait: (milliseconds: number) => wait(milliseconds), random: () => 0 };
    let isMended = false;
    const ports = {
      ledger: memoryLedger(),
      shelf: localShelf(),
      authing: createAuthingClient({ host: sandbox.url, credentials: async () => key }),
      clock,
      openApi: sourceApis(clock),
      secrets: secretReader(async () => ({ current: {} })),
      leavePolicy: () => "resign" as const,
      rehirePolicy: () => "reactivate" as const,
      otpPolicy: "import" as const,
      pace: createPace({ clock, maxPerSecond: 1000 }),
      translation: () => ({ region: "CN", departments: {}, customData: {} }),
      readable: () => undefined,
      log: { info() {}, warn() {}, error() {} },
      source: () => ({
        secret: undefined as never,
        redeliversForSeconds: 3600,
        translate(event: { subject: string; payload: unknown }) {
          if (!isMended) throw new TypeError("a field that we did not expect");
          if (event.payload === "truly broken") throw new InboundError("malformed", "name-missing");
          const email = `${event.subject}@example.com`;
          return [{ kind: "create" as const, person: { externalId: event.subject, email }, trail: {} }];
        },
      }),
    };
    const run = { owner: "worker", deadline: Date.now() + 60_000 };
    return {
      sandbox,
      ports,
      mend: () => {
        isMended = true;
      },
      play: (messages: readonly QueuedMessage[]) => apply(messages, ports, run),
      operation: (request: OperationRequest) => operate(request, ports, run),
    };
  }

  const message = (id: string, subject: string, minute: number, payload: unknown = {}): QueuedMessage => ({
    kind: "event",
    source: "acme",
    event: {
      id,
      subject,
      type: "hired",
      occurredAt: new Date(Date.UTC(2026, 10, 22, 3, minute)).toISOString(),
      payload,
    },
    reception: { receivedAt: "2026-11-22T03:00:00.000Z", proof: "hmac-sha256" },
  });

  it("are translated anew after the fix: what is newer stays, what is truly broken says why, twice is once", async () => {
    const { ports, sandbox, mend, play, operation } = await worker();
    const events = Array.from({ length: 30 }, (_, index) =>
      message(`e-${index}`, `p${index}`, 0, index === 7 ? "truly broken" : {}),
    );
    expect(await play(events)).toEqual(
      events.map(() => ({ state: "done", outcome: { kind: "dead", reason: "translation-failed" } })),
    );
    expect(await ports.shelf.list("dead", 100)).toHaveLength(30);
    mend();
    await play([10, 11, 12, 13, 14].map((index) => message(`n-${index}`, `p${index}`, 5)));

    const requests = sandbox.requests.length;
    const previewed = await operation({ operation: "redrive", dryRun: true });
    const count = (results: readonly { result?: string }[]) =>
      Object.fromEntries(
        Map.groupBy(results, ({ result = "" }) => result)
          .entries()
          .map(([result, all]) => [result, all.length]),
      );
    expect(count(previewed)).toEqual({ create: 24, superseded: 5, "dead name-missing": 1 });
    expect(sandbox.requests).toHaveLength(requests);

    expect(count(await operation({ operation: "redrive", dryRun: false }))).toEqual({
      accepted: 24,
      superseded: 5,
      "dead name-missing": 1,
    });
    expect(sandbox.users()).toHaveLength(29);
    const afterwards = sandbox.requests.length;
    for (let again = 0; again < 2; again += 1) {
      expect(count(await operation({ operation: "redrive", dryRun: false }))).toEqual({
        "dead name-missing": 1,
      });
    }
    expect(sandbox.requests).toHaveLength(afterwards);
    expect(await operation({ operation: "list", kind: "dead" })).toMatchObject([
      { id: "e-7", reason: "name-missing" },
    ]);
  });

  it("are created together: thirty events that wait are one call", async () => {
    const { sandbox, mend, play } = await worker();
    mend();
    await play(Array.from({ length: 30 }, (_, index) => message(`e-${index}`, `p${index}`, 0)));
    expect(sandbox.requests.map(({ operation }) => operation)).toEqual(["create-users-batch"]);
  });
});
