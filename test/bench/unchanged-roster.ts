import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod/mini";
import type { AuthingClient } from "#lib/authing/client.ts";
import type { Change } from "#lib/contract/change.ts";
import type { Ledger } from "#lib/contract/ledger.ts";
import { createPace } from "#lib/delivery/pace.ts";
import { fieldDigests } from "#lib/ledger/field-digests.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import { noRules } from "#lib/pipeline/people-rules.ts";
import { namesIn, valuesIn } from "#lib/pipeline/order.ts";
import type { RosterPorts } from "#lib/rosters/roster-ports.ts";
import { runRoster } from "#lib/rosters/run.ts";
import { startRoster } from "#lib/rosters/start.ts";
import { readState } from "#lib/rosters/roster-store.ts";
import { localBucket } from "#infra/store/objects.ts";
import { uploadPorts } from "../uploads/upload-ports.ts";

// A run over unchanged people: in the ledger, in the list of their source, which is made page by page.

const source = "hr";
const told = "2026-03-01T00:00:00.000Z";
const subjectOf = (index: number) => `E-${String(index).padStart(7, "0")}`;
const changeOf = (id: string): Change => ({
  kind: "update",
  who: { externalId: id },
  person: {
    externalId: id,
    name: `张三 ${id}`,
    email: `${id}@example.com`,
    phone: "13800138000",
    phoneCountryCode: "+86",
    city: "杭州",
    gender: "F",
    birthdate: "1990-01-31",
    customData: { title: "工程师", number: id },
    status: "Activated",
  },
  complete: true,
  trail: {},
});

const secrets = secretReader(async (name) => ({
  current: name === "digests" ? { key: "an-invented-key-of-digests" } : {},
}));

/** Tells the ledger of so many people. */
export async function tellOfPeople(people: number, ledger: Pick<Ledger, "tell">): Promise<void> {
  const digests = await fieldDigests(secrets);
  for (let index = 0; index < people; index += 1) {
    const subject = subjectOf(index);
    const change = changeOf(subject);
    const values = valuesIn(change);
    const digest = digests(source, subject);
    await ledger.tell({
      source,
      subject,
      externalId: subject,
      userId: `u-${index}`,
      isClosed: false,
      told: Object.fromEntries(
        namesIn(change).map((name) => [
          name,
          { at: told, by: "e-1", ...(name in values && { digest: digest(name, values[name]) }) },
        ]),
      ),
    });
  }
}

export interface UnchangedRoster {
  /** How often Authing was called. */
  readonly calls: () => number;
  /** Runs to the end; `after` is called after each invocation. */
  run(after: () => void): Promise<void>;
}

/** A run over so many people that `tellOfPeople` has told of. */
export function unchangedRoster(
  people: number,
  { ledger, objects, parked }: Pick<RosterPorts, "ledger" | "objects" | "parked">,
  bucket = localBucket,
): UnchangedRoster {
  let calls = 0;
  const authing = new Proxy({ dialect: "current" } as unknown as AuthingClient, {
    get(target, name) {
      if (name === "dialect") return target.dialect;
      return async () => {
        calls += 1;
        throw new Error("nothing has changed");
      };
    },
  });
  const clock = { now: Date.now, wait: (time: number) => wait(time), random: Math.random };
  const silent = () => {};
  const pageSize = 200;
  let waiting = 0;
  const ports: RosterPorts = {
    ledger,
    objects,
    parked,
    events: { send: async () => {} },
    rosters: { send: async () => void (waiting += 1) },
    authing,
    secrets,
    clock,
    pace: createPace({ clock, maxPerSecond: 1000, startPerSecond: 50 }),
    leavePolicy: () => "resign",
    rehirePolicy: () => "reactivate",
    otpPolicy: "import",
    peoplePolicy: () => "own",
    rules: () => noRules,
    timeZone: "Asia/Shanghai",
    log: { info: silent, warn: silent, error: silent },
    translation: () => ({ region: "CN", departments: {}, customData: {} }),
    openApi: (() => ({ request: async () => ({ status: 200, headers: {}, json: {} }) })) as never,
    source: () => ({
      secret: z.object({}) as never,
      redeliversForSeconds: 86_400,
      split: () => [],
      translate: ({ payload }) => [(payload as { change: Change }).change],
      list: {
        hosts: () => ({ api: "https://hr.example.com" }),
        async page(_, cursor) {
          const from = Number(cursor ?? 0);
          const end = Math.min(people, from + pageSize);
          const page = Array.from({ length: end - from }, (__, index) => {
            const subject = subjectOf(from + index);
            return { subject, type: "listed", payload: { change: changeOf(subject) } };
          });
          return {
            people: page,
            isComplete: true,
            total: people,
            ...(end < people && { next: String(end) }),
          };
        },
        person: async () => undefined,
      },
    }),
    ...uploadPorts,
    departureLimit: () => ({ atMost: 10, share: 0.05 }),
  };

  return {
    calls: () => calls,
    async run(after) {
      const run = await startRoster({ source, bucket }, ports);
      for (let invocation = 0; waiting > 0; invocation += 1) {
        waiting -= 1;
        const message = { kind: "roster", bucket, source, run } as const;
        await runRoster(message, ports, { owner: String(invocation), deadline: Date.now() + 5_000 });
        after();
      }
      const state = await readState(objects, { bucket, source, run });
      if (state?.counts["unchanged"] !== people)
        throw new TypeError(`unchanged: ${state?.counts["unchanged"]}`);
    },
  };
}
