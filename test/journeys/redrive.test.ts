import { setTimeout as wait } from "node:timers/promises";
import { onTestFinished, describe, expect, it } from "vitest";
import { createAuthingClient } from "#lib/authing/client.ts";
import { noRules } from "#lib/pipeline/people-rules.ts";
import { createPace } from "#lib/delivery/pace.ts";
import { sourceApis } from "#lib/source-apis/source-api.ts";
import { memoryLedger } from "../memory/ledger.ts";
import { memoryParked } from "../memory/parked.ts";
import { carryOutAsked, type Asked } from "#infra/prove/asked.ts";
import { apply } from "#lib/pipeline/apply.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { QueuedMessage } from "#lib/contract/queue.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import { startSandbox } from "#infra/sandbox/sandbox.ts";
import { parkedList } from "../contract/parked-list.ts";

describe("dead letters of a mapping bug", () => {
  /** A worker on a real sandbox, whose mapping is broken until the test mends it. */
  async function worker() {
    const key = { accessKeyId: "63f0a1b2c3d4e5f607182930", accessKeySecret: "invented-secret" };
    const sandbox = await startSandbox({ accessKeys: [key] });
    onTestFinished(() => sandbox.close());
    const clock = { now: Date.now, wait: (milliseconds: number) => wait(milliseconds), random: () => 0 };
    let isMended = false;
    const ports = {
      ledger: memoryLedger(),
      parked: memoryParked(),
      events: { send: async () => {} },
      authing: createAuthingClient({ host: sandbox.url, credentials: async () => key }),
      clock,
      openApi: sourceApis(clock),
      secrets: secretReader(async () => ({ current: {} })),
      leavePolicy: () => "resign" as const,
      rehirePolicy: () => "reactivate" as const,
      otpPolicy: "import" as const,
      peoplePolicy: () => "own" as const,
      rules: () => noRules,
      timeZone: "Asia/Shanghai",
      pace: createPace({ clock, maxPerSecond: 1000 }),
      translation: () => ({ region: "CN", departments: {}, customData: {} }),
      log: { info() {}, warn() {}, error() {} },
      source: () => ({
        secret: undefined as never,
        redeliversForSeconds: 3600,
        split: () => [],
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
      operation: (request: Asked) => carryOutAsked(request, ports, run),
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

  it("are translated anew after the fix: newer fields stay, a broken event keeps its reason, a second redrive does nothing", async () => {
    const { ports, sandbox, mend, play, operation } = await worker();
    const events = Array.from({ length: 30 }, (_, index) =>
      message(`e-${index}`, `p${index}`, 0, index === 7 ? "truly broken" : {}),
    );
    expect(await play(events)).toEqual(
      events.map(() => ({ state: "done", outcome: { kind: "dead", reason: "translation-failed" } })),
    );
    expect(await parkedList(ports.parked, "dead", 100)).toHaveLength(30);
    mend();
    await play([10, 11, 12, 13, 14].map((index) => message(`n-${index}`, `p${index}`, 5)));

    const requests = sandbox.requests.length;
    const before = JSON.stringify(sandbox.users());
    const previewed = await operation({ operation: "redrive", kind: "dead", mode: "preview" });
    const count = (results: readonly { result?: string }[]) =>
      Object.fromEntries(
        Map.groupBy(results, ({ result = "" }) => result)
          .entries()
          .map(([result, all]) => [result, all.length]),
      );
    expect(count(previewed)).toEqual({ accepted: 24, superseded: 5, "dead name-missing": 1 });
    const accepted = previewed.find(({ result }) => result === "accepted");
    expect(accepted?.fields).toMatchObject({ externalId: "new", email: "new" });
    const looked = sandbox.requests.slice(requests).map(({ operation }) => operation);
    expect(new Set(looked)).toEqual(new Set(["get-user"]));
    expect(JSON.stringify(sandbox.users())).toBe(before);

    expect(count(await operation({ operation: "redrive", kind: "dead" }))).toEqual({
      accepted: 24,
      superseded: 5,
      "dead name-missing": 1,
    });
    expect(sandbox.users()).toHaveLength(29);
    const afterwards = sandbox.requests.length;
    for (let again = 0; again < 2; again += 1) {
      expect(count(await operation({ operation: "redrive", kind: "dead" }))).toEqual({
        "dead name-missing": 1,
      });
    }
    expect(sandbox.requests).toHaveLength(afterwards);
    expect(await operation({ operation: "list", kind: "dead" })).toMatchObject([
      { id: "e-7", reason: "name-missing" },
    ]);
  });

  it("are created together: thirty redriven events are one call", async () => {
    const { sandbox, mend, play } = await worker();
    mend();
    await play(Array.from({ length: 30 }, (_, index) => message(`e-${index}`, `p${index}`, 0)));
    expect(sandbox.requests.map(({ operation }) => operation)).toEqual(["create-users-batch"]);
  });
});
