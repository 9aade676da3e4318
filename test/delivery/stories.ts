import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import type { UserDto } from "#lib/authing/dto.ts";
import type { OtpPolicy } from "#lib/contract/policies.ts";
import type { Ledger } from "#lib/contract/ledger.ts";
import type { OperationRequest } from "#lib/operations/operate.ts";
import type { Change } from "#lib/contract/change.ts";
import { orders, troubles } from "./plots.ts";
import { accessKey, day, openWorld, personOf, told } from "./world.ts";
import type { Message, World, WorldOptions } from "./world.ts";

// CommonJS, and it sets defaults of axios for the whole process.
const { ManagementClient } = createRequire(import.meta.url)("authing-node-sdk") as {
  ManagementClient: new (options: object) => {
    listUsers(request: object): Promise<{ data: { totalCount: number; list: UserDto[] } }>;
  };
};

type MakeLedger = (now: () => number) => Ledger | Promise<Ledger>;

/** What happens, and what must be true at its end, whatever dies on the way. */
interface Story {
  readonly name: string;
  readonly options?: Omit<WorldOptions, "makeLedger">;
  /** Comes before; nothing dies yet. */
  prepare?(world: World): Promise<void>;
  play(world: World): Promise<void>;
  /** `whole`: nothing died, so that calls can be counted. */
  check(world: World, whole: boolean): Promise<void>;
  /** Events that have an outcome at the end. */
  readonly events: readonly Message[];
}

const create = (externalId: string, over: object = {}): Change => ({
  kind: "create",
  person: personOf(externalId, over),
  trail: {},
});
const update = (externalId: string, person: object, complete = false): Change => ({
  kind: "update",
  who: { externalId },
  person,
  complete,
  trail: {},
});
const leave = (externalId?: string): Change => ({
  kind: "leave",
  who: externalId === undefined ? {} : { externalId },
});
const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const importOtp = (externalId: string, of = secret): Change => ({
  kind: "import-otp",
  who: { externalId },
  otp: { secret: of },
});

const range = (count: number, from = 0) => Array.from({ length: count }, (_, index) => String(from + index));
const joiners = (ids: readonly string[], source = "hr", minute = 0) =>
  ids.map((id) => told(source, `hired-${id}`, id, minute, [create(id)]));
const leavers = (ids: readonly string[], source = "hr", minute = 30) =>
  ids.map((id) => told(source, `left-${id}`, id, minute, [leave(id)]));

const callsOf = (world: World, operation: string) =>
  world.pool.requests.filter((request) => request.operation === operation);
const countOf = (results: readonly { result?: string }[]) =>
  Object.fromEntries(
    [...Map.groupBy(results, ({ result = "" }) => result)].map(([result, all]) => [result, all.length]),
  );
async function outcomesOf(world: World, events: readonly Message[]) {
  const records = await Promise.all(events.map(({ source, event }) => world.recordOf(source, event.id)));
  return records.map((record) => record?.outcome);
}

/** Accepted; after a death also already done, as nobody remembers by whom. */
const placed = (whole: boolean) => (whole ? "accepted" : expect.stringMatching(/^(accepted|already-done)$/));

function duplicates(): Story {
  const event = told("hr", "hired-1", "1", 0, [create("1")]);
  const later = {
    ...event,
    reception: { ...event.reception, receivedAt: new Date(day + 3_600_000).toISOString() },
  };
  // Without the header that has its id, the sender's event goes by the hash of what it says.
  const nameless = { ...event, event: { ...event.event, id: "sha256-of-the-event" } };
  return {
    name: "a delivery that comes 20 times, an hour later, and without its id",
    async play(world) {
      await Promise.all(range(5).map(() => world.invoke([event])));
      await world.deliver(range(15).map(() => event));
      world.restart();
      world.clock.pass(3600);
      await world.deliver([later]);
      await world.deliver([nameless]);
    },
    async check(world, whole) {
      // One call creates; the delivery without its id is known by what it tells.
      if (whole)
        expect(world.pool.requests.map(({ operation }) => operation)).toEqual(["create-users-batch"]);
      expect(world.statuses()).toEqual({ 1: "Activated" });
      expect(await outcomesOf(world, [event, nameless])).toMatchObject([
        { kind: placed(whole) },
        { kind: "already-done", by: "hr/hired-1" },
      ]);
    },
    events: [event, nameless],
  };
}

function outOfOrder(order: readonly number[]): Story {
  const hired = told("hr", "hired", "1", 1, [create("1")]);
  const updated = told("hr", "updated", "1", 2, [update("1", { city: "杭州" })]);
  const terminated = told("hr", "terminated", "1", 3, [leave("1")]);
  const events = [hired, updated, terminated];
  return {
    name: `hired, updated and terminated in the order ${order.join(", ")}`,
    async play(world) {
      await world.deliver(order.flatMap((index) => events[index - 1] ?? []));
    },
    async check(world) {
      // Nobody who has left is created for the sake of it: who was never there is not there in the end.
      const wasThere = order.indexOf(1) < order.indexOf(3);
      expect(world.statuses()).toEqual(wasThere ? { 1: "Resigned" } : {});
      expect(await world.ledger.subject("hr", "1")).toMatchObject({
        externalId: "1",
        isClosed: true,
        told: { access: { by: "terminated", at: terminated.event.occurredAt } },
      });
      const late = order.slice(order.indexOf(3) + 1).flatMap((index) => events[index - 1] ?? []);
      // Of an account that is there, a late mover still brings what nothing newer has told.
      for (const outcome of await outcomesOf(world, late))
        expect(outcome).toMatchObject(
          wasThere ? { kind: "accepted" } : { kind: "superseded", by: "hr/terminated" },
        );
      if (wasThere) expect(world.pool.users()).toMatchObject([{ city: "杭州" }]);
    },
    events,
  };
}

function keyRotated(): Story {
  const next = { accessKeyId: accessKey.accessKeyId, accessKeySecret: "the-next-invented-secret" };
  const before = joiners(range(3));
  const after = joiners(range(3, 10));
  return {
    name: "Authing's key is rotated in the middle",
    async play(world) {
      await world.deliver(before);
      world.clock.pass(60);
      world.sandbox?.setAccessKeys([next]);
      world.secrets.authing = { current: next, previous: accessKey };
      await world.deliver(after);
    },
    async check(world, whole) {
      if (whole) expect(world.sandbox?.requests.filter(({ apiCode }) => apiCode === 1300)).toHaveLength(1);
      for (const outcome of await outcomesOf(world, [...before, ...after]))
        expect(outcome).toMatchObject({ kind: placed(whole) });
      world.sandbox?.setAccessKeys([accessKey]);
    },
    events: [...before, ...after],
  };
}

function trouble(size: number, direct = false): Story {
  const events = joiners(range(8 * size));
  const on = "create-users-batch";
  return {
    name: `eight batches of ${size} while Authing is in trouble`,
    options: { batchSize: size, direct },
    async play(world) {
      world.pool.script(troubles.map((fault) => ({ on, fault })));
      await world.deliver(events);
    },
    async check(world, whole) {
      expect(Object.keys(world.statuses()).toSorted()).toEqual(range(8 * size).toSorted());
      for (const outcome of await outcomesOf(world, events))
        expect(outcome).toMatchObject({ kind: placed(whole) });
      const requests = world.sandbox?.requests ?? [];
      expect(new Set(requests.map(({ nonce }) => nonce)).size).toBe(requests.length);
      for (const { at, date } of requests)
        expect(Math.abs(Date.parse(at) - Date.parse(date ?? ""))).toBeLessThan(1001);
      if (!whole) return;
      const creates = callsOf(world, on).map(({ fault = "none" }) => fault);
      // What was applied and not answered is looked up, and not sent again.
      expect(creates.slice(-5)).toEqual([
        "hang-after-applying",
        "reset-after-applying",
        "http-502",
        "none",
        "none",
      ]);
      expect(creates).toHaveLength(13);
      expect(world.clock.now() - day).toBeLessThan(60_000);
    },
    events,
  };
}

function poison(size: number, batchMode: "all-or-nothing" | "partial", poisons: readonly number[]): Story {
  const events = range(size).map((id, index) =>
    told("hr", `hired-${id}`, id, 0, [
      create(id, poisons.includes(index) ? { email: `owner-${index}@example.com` } : {}),
    ]),
  );
  let before = 0;
  return {
    name: `${poisons.length} of ${size} with somebody else's e-mail, where Authing applies ${batchMode}`,
    options: { batchSize: size, batchMode },
    async prepare(world) {
      await world.deliver(
        poisons.map((index) =>
          told("idp", `o-${index}`, `o-${index}`, 0, [
            create(`owner-${index}`, { email: `owner-${index}@example.com` }),
          ]),
        ),
      );
      before = world.pool.requests.length;
    },
    async play(world) {
      await world.deliver(events);
    },
    async check(world, whole) {
      const outcomes = await outcomesOf(world, events);
      for (const [index, outcome] of outcomes.entries()) {
        expect(outcome).toMatchObject(
          poisons.includes(index)
            ? { kind: "rejected", reason: "conflict", field: "email" }
            : { kind: placed(whole) },
        );
      }
      expect(world.pool.users()).toHaveLength(size);
      if (whole) expect(world.pool.requests.length - before - 1).toBeLessThanOrEqual(12);
      expect(await world.parked.list("dead", 10)).toEqual([]);
    },
    events,
  };
}

function customFieldUnknown(): Story {
  const events = range(4).map((id) =>
    told("hr", `hired-${id}`, id, 0, [create(id, { customData: { badge: id } })]),
  );
  const customFields: string[] = [];
  return {
    name: "joiners with a custom field that the pool does not have yet",
    options: { customFields },
    async prepare() {
      customFields.length = 0;
    },
    async play(world) {
      await world.invoke(events);
      if (world.lives.deaths === 0) {
        expect(await outcomesOf(world, events)).toEqual(events.map(() => undefined));
        for (const { event } of events)
          expect(world.log).toContain(
            `warn event retried {"source":"hr","event":"${event.id}","code":"misconfigured","reason":"custom-field-unknown","path":"customData.badge"}`,
          );
      }
      customFields.push("badge");
      world.restart();
      world.clock.pass(180);
      await world.deliver(events);
    },
    async check(world, whole) {
      for (const outcome of await outcomesOf(world, events))
        expect(outcome).toMatchObject({ kind: placed(whole) });
      expect(Object.keys(world.statuses())).toHaveLength(4);
    },
    events,
  };
}

function customFieldsTooLong(): Story {
  const events = range(5).map((id, index) =>
    told("hr", `hired-${id}`, id, 0, [
      create(id, { customData: { badge: index < 3 ? "长".repeat(1025) : id } }),
    ]),
  );
  return {
    name: "three of five whose custom field is refused for its value",
    options: { customFields: ["badge"] },
    async play(world) {
      await world.deliver(events);
    },
    async check(world, whole) {
      expect(await outcomesOf(world, events)).toMatchObject([
        ...range(3).map(() => ({ kind: "rejected", reason: "bad-custom-field" })),
        ...range(2).map(() => ({ kind: placed(whole) })),
      ]);
    },
    events,
  };
}

function redriven(count: number, newerOnes: number): Story {
  const broken = range(count).map((id, index) =>
    told("hr", `hired-${id}`, id, 0, [create(id)], index === 1 ? { trulyBroken: true } : { broken: true }),
  );
  const newer = range(newerOnes, 2).map((id) =>
    told("hr", `updated-${id}`, id, 5, [update(id, personOf(id, { city: "杭州" }), true)]),
  );
  const after = {
    accepted: count - newerOnes - 1,
    superseded: newerOnes,
    "dead name-missing": 1,
  };
  return {
    name: `${count} dead letters of a mapping bug, ${newerOnes} of them overtaken`,
    async prepare(world) {
      await world.deliver(broken);
      expect(await world.parked.list("dead", 100)).toHaveLength(count);
      world.mend();
      await world.deliver(newer);
    },
    async play(world) {
      const requests = world.pool.requests.length;
      const previewed = await world.operate({ operation: "redrive", kind: "dead", dryRun: true });
      expect(countOf(previewed)).toMatchObject({ superseded: newerOnes, "dead name-missing": 1 });
      expect(world.pool.requests).toHaveLength(requests);
      const results = await world.operate({ operation: "redrive", kind: "dead", dryRun: false });
      if (world.lives.deaths === 0) expect(countOf(results)).toEqual(after);
    },
    async check(world) {
      expect(Object.keys(world.statuses())).toHaveLength(count - 1);
      const requests = world.pool.requests.length;
      for (let again = 0; again < 2; again += 1) {
        const results = await world.operate({ operation: "redrive", kind: "dead", dryRun: false });
        expect(results).toMatchObject([{ id: "hired-1", result: "dead name-missing" }]);
      }
      expect(world.pool.requests).toHaveLength(requests);
      const outcomes = await outcomesOf(world, broken);
      expect(outcomes.filter((outcome) => outcome?.kind === "superseded")).toHaveLength(newerOnes);
      expect(await world.parked.list("dead", 100)).toHaveLength(1);
    },
    events: [...broken, ...newer],
  };
}

function unreadable(): Story {
  const events = joiners(["1", "2", "3"]);
  const payload = Buffer.from(JSON.stringify(events.map(({ event }) => event))).toString("base64");
  const delivery = { method: "POST", rawQuery: "", headers: {}, payload };
  const reception = { receivedAt: new Date(day).toISOString(), proof: "hmac-sha256" };
  return {
    name: "a delivery that only today's code can read, while Authing's key is refused for a moment",
    async prepare(world) {
      await world.deliver([
        { kind: "unreadable", source: "hr", id: "hash", reason: "split-failed", delivery, reception },
      ]);
      expect(await world.parked.list("dead", 10)).toHaveLength(1);
    },
    async play(world) {
      // The second event's, and again with the key that was read anew.
      world.pool.script(
        (["none", "unauthorized", "unauthorized"] as const).map((kind) => ({
          on: "create-users-batch",
          fault: { kind },
        })),
      );
      await world.operate({ operation: "redrive", kind: "dead", dryRun: false });
    },
    async check(world) {
      expect(world.statuses()).toEqual({ 1: "Activated", 2: "Activated", 3: "Activated" });
      expect(await world.parked.list("dead", 10)).toEqual([]);
    },
    events,
  };
}

function massDeparture(
  verb: "release" | "discard",
  people: number,
  leaving: number,
  status: "Resigned" | "Suspended" = "Resigned",
): Story {
  const departmentIds = ["d-1"];
  const gone =
    status === "Resigned"
      ? leavers(range(leaving))
      : range(leaving).map((id) => told("hr", `left-${id}`, id, 30, [update(id, { status })]));
  const joined = joiners(["new"], "hr", 40);
  const taken = Math.max(10, Math.floor(people * 0.05));
  const request: OperationRequest =
    verb === "release" ? { operation: verb } : { operation: verb, kind: "held" };
  return {
    name: `${leaving} of ${people} are ${status} at once, and somebody decides to ${verb} those who are held`,
    async prepare(world) {
      await world.deliver(
        range(people).map((id) => told("hr", `hired-${id}`, id, 0, [create(id, { departmentIds })])),
      );
    },
    async play(world) {
      await world.deliver([...gone, ...joined]);
      const left = Object.values(world.statuses()).filter((each) => each === status).length;
      // Who was counted and comes again after a death is held as well: rather one too many.
      if (world.lives.deaths === 0) expect(left).toBe(taken);
      expect(left).toBeLessThanOrEqual(taken);
      expect(await world.parked.list("held", 1000)).toHaveLength(leaving - left);
      const alarms = world.log.filter((line) => line.startsWith("error departures held"));
      expect(alarms).not.toEqual([]);
      for (const alarm of alarms) expect(alarm).toContain('"departments":"d-1"');
      await world.operate(request);
    },
    async check(world) {
      const statuses = world.statuses();
      expect(statuses["new"]).toBe("Activated");
      const left = Object.values(statuses).filter((each) => each === status).length;
      if (verb === "release") expect(left).toBe(leaving);
      else expect(left).toBeLessThanOrEqual(taken);
      expect(await world.parked.list("held", 1000)).toEqual([]);
      expect(await world.operate(request)).toEqual([]);
    },
    events: [...gone, ...joined],
  };
}

function suspendedTwice(): Story {
  const locked = range(6).flatMap((id) => [
    told("hr", `locked-${id}`, id, 30, [update(id, { status: "Suspended" })]),
    told("hr", `moved-${id}`, id, 31, [update(id, { city: "杭州" })]),
    told("hr", `locked-again-${id}`, id, 32, [update(id, { status: "Suspended", city: "上海" })]),
  ]);
  return {
    name: "six who are suspended and told so again have left once",
    options: { direct: true },
    async prepare(world) {
      await world.deliver(joiners(range(6)));
    },
    async play(world) {
      await world.deliver(locked);
    },
    async check(world) {
      expect(await world.parked.list("held", 100)).toEqual([]);
      for (const user of world.pool.users()) expect(user.status).toBe("Suspended");
    },
    events: locked,
  };
}

function normalDay(): Story {
  const gone = leavers(range(18));
  return {
    name: "18 of 400 leave on a normal day",
    async prepare(world) {
      await world.deliver(joiners(range(400)));
    },
    async play(world) {
      await world.deliver(gone);
    },
    async check(world) {
      expect(Object.values(world.statuses()).filter((status) => status === "Resigned")).toHaveLength(18);
      expect(await world.parked.list("held", 100)).toEqual([]);
    },
    options: { batchSize: 50 },
    events: gone,
  };
}

function withSecret(otp: OtpPolicy, changes: readonly Change[]): Story {
  const event = told("hr", "hired-1", "1", 0, changes);
  return {
    name: `a joiner and their TOTP secret in one event of ${changes.length}, by ${otp}`,
    options: { otp },
    async play(world) {
      await world.deliver([event]);
    },
    async check(world, whole) {
      const [user] = world.pool.users();
      expect(world.statuses()).toEqual({ 1: "Activated" });
      expect(world.pool.otpOf(user?.userId ?? "")).toBe(secret);
      expect(await world.recordOf("hr", "hired-1")).toMatchObject({ changes: ["create", "import-otp"] });
      expect(JSON.stringify([await world.recordOf("hr", "hired-1"), world.log])).not.toContain(secret);
      if (!whole) return;
      expect(await outcomesOf(world, [event])).toMatchObject([{ kind: "accepted", userId: user?.userId }]);
      expect(world.pool.requests.map(({ operation }) => operation)).toEqual([
        "create-users-batch",
        ...(otp === "import" ? ["import-otp"] : []),
        "get-user-mfa-info",
      ]);
    },
    events: [event],
  };
}

function secretOfSomebody(otp: OtpPolicy): Story {
  const events = [
    // There already, with another second factor, which the newer one replaces.
    told("idp", "created", "user-1", 1, [create("1"), importOtp("1")]),
    // Somebody else has their e-mail, which is all that is known of them.
    told("idp", "created-2", "user-2", 1, [
      { kind: "create", person: { email: "p2@example.com", username: "zoë" }, trail: {} },
      { kind: "import-otp", who: { email: "p2@example.com" }, otp: { secret } },
    ]),
  ];
  return {
    name: `TOTP secrets with joiners who are there already, or somebody else is, by ${otp}`,
    options: { otp },
    async prepare(world) {
      const other = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
      await world.deliver([told("hr", "hired-1", "1", 0, [create("1"), importOtp("1", other)])]);
      await world.deliver([told("hr", "hired-2", "2", 0, [create("2", { username: "other" })])]);
    },
    async play(world) {
      await world.deliver(events);
    },
    async check(world) {
      const [known, other] = world.pool.users();
      expect(await outcomesOf(world, events)).toMatchObject([
        { kind: "accepted", userId: known?.userId },
        { kind: "rejected", reason: "conflict", field: "email" },
      ]);
      expect(world.pool.otpOf(known?.userId ?? "")).toBe(secret);
      expect(world.pool.otpOf(other?.userId ?? "")).toBeUndefined();
    },
    events,
  };
}

function secretFirst(): Story {
  const secrets = [
    told("idp", "enrolled", "user-1", 1, [importOtp("1")]),
    told("idp", "enrolled-2", "user-2", 1, [importOtp("2")]),
  ];
  const joiner = told("hr", "hired-1", "1", 0, [create("1")]);
  return {
    name: "TOTP secrets that come before their people, of whom one never comes",
    async play(world) {
      await world.deliver(secrets);
      world.clock.pass(1200);
      await world.deliver([joiner]);
    },
    async check(world, whole) {
      const [user, ...others] = world.pool.users();
      expect(others).toEqual([]);
      expect(world.pool.otpOf(user?.userId ?? "")).toBe(secret);
      expect(await outcomesOf(world, secrets)).toMatchObject([
        { kind: "accepted", userId: user?.userId },
        { kind: "rejected", reason: "user-unknown", field: "externalId" },
      ]);
      expect(JSON.stringify([await world.recordOf("idp", "enrolled"), world.log])).not.toContain(secret);
      // An hour for somebody who never comes, and not much more.
      if (whole) expect(world.clock.now() - day).toBeLessThan(4_500_000);
    },
    events: [...secrets, joiner],
  };
}

function withSecretAgain(): Story {
  const events = [
    told("hr", "hired", "1", 0, [create("1")]),
    told("hr", "left", "1", 1, [leave("1")]),
    told("hr", "rehired", "1", 2, [create("1"), importOtp("1")]),
  ];
  return {
    name: "somebody deleted who comes back with a TOTP secret",
    options: { leave: "delete" },
    async play(world) {
      await world.deliver(events);
    },
    async check(world) {
      const [user] = world.pool.users();
      expect(world.statuses()).toEqual({ 1: "Activated" });
      expect(world.pool.otpOf(user?.userId ?? "")).toBe(secret);
    },
    events: events.slice(2),
  };
}

function refusedSecret(): Story {
  const events = [
    // Too short for RFC 4226.
    told("idp", "created", "user-1", 0, [create("1"), importOtp("1", "JBSWY3DP")]),
    told("idp", "deleted", "user-1", 1, [leave()]),
  ];
  return {
    name: "somebody whose TOTP secret is refused, and who leaves by the source's own id",
    async play(world) {
      await world.deliver(events);
    },
    async check(world) {
      expect(world.statuses()).toEqual({ 1: "Resigned" });
      expect(await outcomesOf(world, events)).toMatchObject([{ kind: "rejected" }, { kind: "accepted" }]);
    },
    events,
  };
}

function renamed(known: boolean): Story {
  const events = [
    told("hr", "renamed", "s-1", 1, [
      { kind: "update", who: { externalId: "1" }, person: { externalId: "2" }, complete: false, trail: {} },
    ]),
    told("hr", "moved", "s-1", 2, [update("2", { city: "杭州" })]),
    told("hr", "left", "s-1", 3, [leave()]),
  ];
  return {
    name: `somebody ${known ? "of this source" : "whom another source brought"} gets another id`,
    async prepare(world) {
      const source = known ? "hr" : "idp";
      await world.deliver([told(source, "hired", "s-1", 0, [create("1")])]);
      world.pool.script([{ on: "update-user", fault: { kind: "reset-after-applying" } }]);
    },
    async play(world) {
      await world.deliver(events);
    },
    async check(world, whole) {
      expect(world.statuses()).toEqual({ 2: "Resigned" });
      expect(world.pool.users()).toMatchObject([{ city: "杭州" }]);
      for (const outcome of await outcomesOf(world, events))
        expect(outcome).toMatchObject({ kind: placed(whole) });
      expect(await world.ledger.person("1")).toMatchObject({
        externalId: "2",
        owner: known ? "hr" : "idp",
        formerly: ["1"],
      });
    },
    events,
  };
}

function rehired(policy: "resign" | "delete"): Story {
  const events = [
    told("hr", "hired", "1", 0, [create("1")]),
    told("hr", "left", "1", 1, [leave("1")]),
    told("hr", "rehired", "1", 2, [create("1")]),
    // What another source locks and opens by itself later on.
    told("idp", "locked", "user-1", 3, [update("1", { status: "Suspended" })]),
    told("idp", "opened", "user-1", 4, [update("1", { status: "Activated" })]),
  ];
  return {
    name: `somebody is hired again after leaving by ${policy}`,
    options: { leave: policy },
    async play(world) {
      for (const event of events) await world.deliver([event]);
    },
    async check(world) {
      expect(world.statuses()).toEqual({ 1: "Activated" });
      const known = await world.ledger.person("1");
      expect(known).toMatchObject({ createdBy: "hr/hired" });
      expect(known).not.toHaveProperty("closedBy");
    },
    events: events.slice(3),
  };
}

function moved(): Story {
  const events = [
    told("hr", "moved", "1", 1, [update("1", { city: "杭州", departmentIds: ["d-2", "d-1"] })]),
    // Those that Authing shows already, in another order.
    told("hr", "moved-nowhere", "1", 2, [update("1", { city: "上海", departmentIds: ["d-1", "d-2"] })]),
    told("hr", "without", "1", 3, [update("1", { city: "北京" })]),
    told("hr", "only", "1", 4, [update("1", { departmentIds: ["d-3"] })]),
    told("hr", "unknown", "1", 5, [update("1", { city: "深圳", departmentIds: ["d-4"] })]),
    told("hr", "late", "1", 3.5, [update("1", { city: "成都" })]),
  ];
  return {
    name: "somebody moves from department to department",
    options: { departments: ["d-1", "d-2", "d-3"] },
    async prepare(world) {
      await world.deliver([told("hr", "hired", "1", 0, [create("1", { departmentIds: ["d-1"] })])]);
    },
    async play(world) {
      for (const event of events) await world.deliver([event]);
    },
    async check(world, whole) {
      expect(world.pool.users()).toMatchObject([{ city: "深圳", departmentIds: ["d-3"] }]);
      expect(await outcomesOf(world, events)).toMatchObject([
        { kind: "accepted" },
        { kind: "accepted" },
        { kind: "accepted" },
        { kind: "accepted" },
        { kind: "rejected", reason: "invalid-record", field: "departmentIds", partly: true },
        { kind: "superseded", by: "hr/unknown" },
      ]);
      expect(await world.recordOf("hr", "moved")).not.toHaveProperty("dropped");
      if (whole) expect(callsOf(world, "set-user-departments")).toHaveLength(3);
    },
    events,
  };
}

function movedBack(): Story {
  const departmentIds = ["d-1"];
  const events = [
    told("hr", "hired", "1", 0, [create("1", { departmentIds })]),
    told("hr", "left", "1", 1, [leave("1")]),
    told("idp", "updated", "user-1", 2, [update("1", { city: "杭州", departmentIds: ["d-2"] })]),
  ];
  const rehired = told("hr", "rehired", "1", 3, [create("1", { departmentIds })]);
  return {
    name: "a leaver is in no department, whatever another source says, until they come back",
    async prepare(world) {
      await world.deliver(events.slice(0, 2));
      await world.deliver(events.slice(2));
      expect(world.pool.users()).toMatchObject([{ city: "杭州", departmentIds: [] }]);
    },
    async play(world) {
      await world.deliver([rehired]);
    },
    async check(world) {
      expect(world.pool.users()).toMatchObject([{ status: "Activated", departmentIds }]);
    },
    events: [rehired],
  };
}

function leftElsewhere(policy: "resign" | "delete"): Story {
  const events = [
    told("hr", "hired", "1", 0, [create("1")]),
    told("idp", "created", "user-1", 0, [create("1")]),
    told("hr", "left", "1", 1, [leave("1")]),
    told("idp", "deleted", "user-1", 2, [leave("1")]),
    told("idp", "created-again", "user-1", 3, [create("1")]),
    told("idp", "updated", "user-1", 4, [update("1", { ...personOf("1"), status: "Activated" }, true)]),
  ];
  return {
    name: `somebody who left by ${policy} stays away whatever another source says`,
    options: { leave: policy },
    async play(world) {
      for (const event of events) await world.deliver([event]);
    },
    async check(world) {
      expect(Object.values(world.statuses())).not.toContain("Activated");
    },
    events: [],
  };
}

/** As they were told; where the ledger is slow, with fewer people. */
const storiesAsTold = (isSlow: boolean): readonly Story[] => [
  duplicates(),
  ...orders.map(outOfOrder),
  keyRotated(),
  trouble(isSlow ? 10 : 50),
  ...(["all-or-nothing", "partial"] as const).flatMap((mode) => [
    poison(50, mode, [17]),
    poison(50, mode, [17, 42]),
  ]),
  redriven(30, 5),
  massDeparture("release", 40, 15),
  massDeparture("discard", 40, 15),
  ...(isSlow ? [] : [normalDay()]),
];

/** Small enough to be killed at every step. */
const smallStories: readonly Story[] = [
  duplicates(),
  ...orders.map(outOfOrder),
  keyRotated(),
  trouble(2, true),
  ...(["all-or-nothing", "partial"] as const).flatMap((mode) => [
    poison(4, mode, [1]),
    poison(5, mode, [1, 3]),
  ]),
  customFieldUnknown(),
  customFieldsTooLong(),
  redriven(5, 2),
  unreadable(),
  massDeparture("release", 12, 12),
  massDeparture("discard", 12, 12),
  massDeparture("release", 11, 11, "Suspended"),
  suspendedTwice(),
  ...(["import", "inline"] as const).flatMap((otp) => [
    withSecret(otp, [create("1"), importOtp("1")]),
    withSecret(otp, [create("1", { otp: { secret } })]),
    secretOfSomebody(otp),
  ]),
  secretFirst(),
  withSecretAgain(),
  refusedSecret(),
  renamed(true),
  renamed(false),
  moved(),
  movedBack(),
  rehired("resign"),
  rehired("delete"),
  leftElsewhere("resign"),
  leftElsewhere("delete"),
];

export interface SuiteOptions {
  /** How often at most a story is killed, at steps far from each other. Default: once at every step. */
  readonly kills?: number;
  /** A ledger that takes milliseconds for each call. */
  readonly isSlow?: boolean;
}

/** The stories over one ledger: as they were told, and killed. */
export function storiesSuite(
  name: string,
  makeLedger: MakeLedger,
  { kills = Infinity, isSlow = false }: SuiteOptions = {},
): void {
  describe(`delivery over the ledger ${name}`, () => {
    for (const story of storiesAsTold(isSlow)) {
      it(`${story.name}: nothing is lost, nothing doubled`, async () => {
        expect(await live(story, makeLedger)).toBeGreaterThan(0);
      }, 120_000);
    }
  });
  describe(`delivery over the ledger ${name}, killed`, () => {
    for (const story of smallStories) {
      it(`${story.name}: nothing is lost, nothing doubled, whichever step is the last`, async () => {
        const steps = await live(story, makeLedger);
        expect(steps).toBeGreaterThan(0);
        const stride = Math.max(1, Math.ceil(steps / kills));
        for (let step = 1; step <= steps; step += stride) await live(story, makeLedger, step);
      }, 120_000);
    }
  });
}

/** Plays a story, once killed or not at all; resolves to the number of its steps. */
async function live(story: Story, makeLedger: MakeLedger, deathAt?: number): Promise<number> {
  const world = await openWorld({ makeLedger, ...story.options });
  try {
    await story.prepare?.(world);
    const before = world.lives.steps;
    if (deathAt !== undefined) world.lives.endAt(deathAt);
    await story.play(world);
    await world.deliverWaiting();
    const { steps, deaths } = world.lives;
    expect(deaths).toBe(deathAt === undefined ? 0 : 1);
    await story.check(world, deathAt === undefined);
    await agree(world, story, deathAt === undefined);
    return steps - before;
  } catch (error) {
    if (error instanceof Error && deathAt !== undefined) error.message += ` (killed at step ${deathAt})`;
    throw error;
  } finally {
    await world.close();
  }
}

/** Each event has its one outcome, nobody is there twice, and what the ledger says is what is there. */
async function agree(world: World, { events }: Story, asksOfficialClient: boolean): Promise<void> {
  const users = asksOfficialClient && world.sandbox ? await listUsers(world) : world.pool.users();
  for (const kind of ["userId", "externalId", "email"] as const)
    expect(new Set(users.map((user) => user[kind])).size).toBe(users.length);
  const byExternalId = new Map(users.map((user) => [user.externalId, user]));
  for (const { source, event } of events) {
    const record = await world.recordOf(source, event.id);
    if (!record) throw new Error(`${source}/${event.id} has no outcome`);
    const { externalId, outcome } = record;
    if (
      outcome.userId !== undefined &&
      outcome.kind !== "rejected" &&
      externalId !== undefined &&
      byExternalId.has(externalId)
    )
      expect(byExternalId.get(externalId)).toMatchObject({ userId: outcome.userId });
    if (outcome.kind === "accepted" && record.changes[0] === "create")
      expect(byExternalId.get(externalId), `${source}/${event.id}`).toBeDefined();
  }
  for (const user of users) {
    const known = await world.ledger.person(user.externalId ?? "");
    expect(known?.userId, user.externalId).toBe(user.userId);
    if (known?.closedBy) expect(user.status).not.toBe("Activated");
  }
}

/** What Authing's own client says is there. */
async function listUsers({ sandbox }: World): Promise<readonly UserDto[]> {
  const client = new ManagementClient({ ...accessKey, host: sandbox?.url });
  const users: UserDto[] = [];
  for (let page = 1; ; page += 1) {
    const { data } = await client.listUsers({ options: { pagination: { page, limit: 50 } } });
    users.push(...data.list);
    if (users.length >= data.totalCount) return users;
  }
}
