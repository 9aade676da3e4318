import { onTestFinished } from "vitest";
import type { AuthingClient } from "#lib/authing/client.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { Ledger } from "#lib/contract/ledger.ts";
import type { CreateUserInfoDto } from "#lib/contract/person.ts";
import type { PeoplePolicy, RehirePolicy } from "#lib/contract/policies.ts";
import type { QueuedMessage } from "#lib/contract/queue.ts";
import type { RosterMessage } from "#lib/contract/roster-queue.ts";
import type { Listing } from "#lib/contract/source.ts";
import type { PeopleRules } from "#lib/pipeline/people-rules.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import { apply } from "#lib/pipeline/apply.ts";
import { applyRoster, beginRoster, followRoster } from "#lib/rosters/operations.ts";
import type { RosterPorts } from "#lib/rosters/roster-ports.ts";
import type { RosterReport } from "#lib/rosters/report.ts";
import type { RosterOptions } from "#lib/rosters/roster-state.ts";
import { runRoster } from "#lib/rosters/run.ts";
import { startRoster } from "#lib/rosters/start.ts";
import { localBucket } from "#infra/store/objects.ts";
import * as z from "zod/mini";
import { virtualClock, type VirtualClock } from "#infra/prove/clock.ts";
import { directPool } from "#infra/prove/pool.ts";
import { lives, type Lives } from "#infra/prove/lives.ts";
import { accessKey, day, personOf, portsOf } from "../delivery/world.ts";
import type { Pool } from "#infra/prove/world.ts";
import { memoryLedger } from "../memory/ledger.ts";
import { memoryParked } from "../memory/parked.ts";
import { newObjects, type TestObjects } from "../store.ts";
import { uploadPorts } from "../uploads/upload-ports.ts";
import type { PoolRules } from "#infra/sandbox/pool-rules.ts";
import type { Parked } from "#lib/contract/parked.ts";

/** A person as the source knows them. */
export interface Employee {
  readonly person: Partial<CreateUserInfoDto>;
  readonly hasLeft?: true;
  /** Not in the list; the source knows the person all the same. */
  readonly isHidden?: true;
  readonly changes?: readonly Change[];
  /** `translate` cannot read the person. */
  readonly isBroken?: true;
}

/** What the source's API answers. */
interface Company {
  readonly people: Map<string, Employee>;
  pageSize: number;
  /** What the list says how many there are; absent: nothing. */
  total?: number;
  isComplete: boolean;
  /** Thrown instead of a page: number of the page, from 0. */
  readonly pageFailures: Map<number, InboundError>;
  /** Thrown instead of one person. */
  personFailure?: InboundError;
  /** The source has no credentials. */
  hasNoSecret?: true;
  /** Follows the last page. */
  again?: string;
  pagesRead: number;
  personsAsked: number;
  /** Called before a page is answered. */
  beforePage?: (page: number) => Promise<void>;
}

export const employee = (id: string, over: Partial<CreateUserInfoDto> = {}): Employee => ({
  person: personOf(id, over),
});

export interface RosterWorldOptions extends Partial<PoolRules> {
  readonly makeLedger?: (now: () => number) => Ledger | Promise<Ledger>;
  readonly makeParked?: () => Parked;
  readonly people?: PeoplePolicy;
  /** What the configuration says of the people of every source. */
  readonly rules?: PeopleRules;
  readonly rehire?: RehirePolicy;
  /** The source's API can prove no departure. */
  readonly provesNoDeparture?: true;
  /** How long one invocation has, in milliseconds. */
  readonly invocationMilliseconds?: number;
}

export interface RosterWorld {
  readonly clock: VirtualClock;
  readonly ledger: Ledger;
  readonly parked: Parked;
  readonly pool: Pool;
  readonly objects: TestObjects;
  readonly company: Company;
  readonly lives: Lives;
  readonly log: readonly string[];
  /** Authing, as an administrator changes it by hand. */
  readonly byHand: AuthingClient;
  ports(): RosterPorts;
  /** An event of the source about one of its people, which has just happened. */
  tell(id: string, subject: string, changes: readonly Change[]): Promise<void>;
  /** Begins a run and works until it rests. */
  roster(options?: RosterOptions & { readonly plan?: boolean }): Promise<RosterReport>;
  begin(options?: RosterOptions & { readonly plan?: boolean }): Promise<string>;
  /** Uploads a file as the roster of a source that has a list (`hr`) or has only rosters (`acme`), and works until it rests. */
  upload(source: "hr" | "acme", text: string): Promise<RosterReport>;
  /** Works until the queue of rosters is empty. */
  work(): Promise<void>;
  applyPlan(run: string): Promise<RosterReport>;
  report(run: string): Promise<RosterReport>;
  statuses(): Record<string, string>;
}

const maxInvocations = 3_000;

export async function openRosterWorld({
  makeLedger = memoryLedger,
  makeParked = memoryParked,
  people = "own",
  rules: peopleRules,
  rehire = "reactivate",
  provesNoDeparture,
  invocationMilliseconds = 60_000,
  ...rules
}: RosterWorldOptions = {}): Promise<RosterWorld> {
  const clock = virtualClock(day);
  const mortals = lives();
  const pool = directPool(clock, rules);
  onTestFinished(() => pool.close());
  const ledger = await makeLedger(clock.now);
  const parked = makeParked();
  const objects = newObjects();
  const log: string[] = [];
  const line = (level: string) => (message: string, fields?: object) => {
    log.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`);
  };
  const company: Company = {
    people: new Map(),
    pageSize: 50,
    isComplete: true,
    pageFailures: new Map(),
    pagesRead: 0,
    personsAsked: 0,
  };
  let queue: { readonly message: RosterMessage }[] = [];
  const list = { ...listOf(company), ...(provesNoDeparture && { provesNoDeparture }) };
  const shape = z.object({});
  const secretsOf = () =>
    secretReader(async (name) => {
      if (company.hasNoSecret && name.startsWith("sources/"))
        throw new InboundError("misconfigured", "secret-missing");
      return {
        current:
          name === "digests" ? { key: "an-invented-key-of-digests" } : name === "authing" ? accessKey : {},
      };
    }, clock.now);
  let current = process();

  function process(): RosterPorts {
    const secrets = secretsOf();
    const own = portsOf({
      ledger: mortals.wrap(ledger),
      parked: mortals.wrap(parked),
      events: { async send() {} },
      authing: mortals.wrap(pool.connect(secrets)),
      secrets,
      clock,
      leavePolicy: () => "resign",
      rehirePolicy: () => rehire,
      otpPolicy: "import",
      peoplePolicy: () => people,
      isMended: () => true,
      log: { info: line("info"), warn: line("warn"), error: line("error") },
    });
    return {
      ...own,
      ...(peopleRules && { rules: () => peopleRules }),
      source(name) {
        if (name === "acme") return own.source(name);
        return name === "hr" ? { ...own.source(name)!, secret: shape as never, list } : undefined;
      },
      openApi: (() => ({
        secret: {},
        now: clock.now,
        request: async () => {
          await clock.wait(20);
          return { status: 200, headers: {}, json: {} };
        },
      })) as never,
      objects: mortals.wrap(objects),
      rosters: mortals.wrap({
        async send(message: RosterMessage) {
          queue.push({ message });
        },
      }),
      ...uploadPorts,
      departureLimit: () => ({ atMost: 10, share: 0.05 }),
    };
  }

  let invocations = 0;
  async function work(): Promise<void> {
    for (;;) {
      const [first] = queue;
      if (!first) return;
      const { message } = first;
      invocations += 1;
      if (invocations > maxInvocations) throw new Error(`this never ends\n${log.slice(-20).join("\n")}`);
      const owner = `invocation-${invocations}`;
      const deadline = clock.now() + invocationMilliseconds;
      const answer = await mortals.outlive(runRoster(message, current, { owner, deadline }));
      if (answer === undefined) {
        mortals.begin();
        current = process();
      }
      queue = queue.filter((other) => other !== first);
      if (answer === "done") continue;
      queue.push(first);
      // Longer than any lease of an invocation.
      clock.pass((invocationMilliseconds + 180_000) / 1000);
    }
  }

  const begin: RosterWorld["begin"] = async ({ plan = false, verify, adopt } = {}) => {
    const { run } = await beginRoster(
      { operation: "start-roster", source: "hr", plan, verify: verify === true, ...(adopt && { adopt }) },
      { ...current, bucket: localBucket },
    );
    return run;
  };
  const reportOf = (source: string, run: string) =>
    followRoster({ operation: "follow-roster", source, run }, { ...current, bucket: localBucket });
  const report: RosterWorld["report"] = (run) => reportOf("hr", run);
  let uploads = 0;

  return {
    clock,
    ledger,
    parked,
    pool,
    objects,
    company,
    lives: mortals,
    log,
    byHand: pool.connect(secretsOf()),
    ports: () => current,
    async tell(id, subject, changes) {
      const at = new Date(clock.now()).toISOString();
      const message: QueuedMessage = {
        kind: "event",
        source: "hr",
        event: { id, subject, type: "told", occurredAt: at, payload: { changes } },
        reception: { receivedAt: at, proof: "hmac-sha256" },
      };
      const run = { owner: `event-${(invocations += 1)}`, deadline: clock.now() + 60_000 };
      const [applied] = await apply([message], current, run);
      if (applied?.state === "later") throw new Error(`not applied: ${applied.reason}`);
    },
    begin,
    work,
    report,
    async roster(options) {
      const run = await begin(options);
      await work();
      return report(run);
    },
    async upload(source, text) {
      const key = `incoming/roster/${source}/staff.csv`;
      objects.put(key, Buffer.from(text), "text/csv");
      const id = `file-${(uploads += 1)}`;
      const file = { object: { bucket: localBucket, key }, id };
      await startRoster({ source, bucket: localBucket, file }, current);
      await work();
      return reportOf(source, id);
    },
    async applyPlan(run) {
      await applyRoster(
        { operation: "apply-roster", source: "hr", run },
        { ...current, bucket: localBucket },
      );
      await work();
      return report(run);
    },
    statuses: () =>
      Object.fromEntries(pool.users().map(({ externalId, status }) => [externalId ?? "", status ?? ""])),
  };
}

/** A company whose people the roster of the day before has brought. */
export async function comparedWorld(count: number, options: RosterWorldOptions = {}): Promise<RosterWorld> {
  const world = await openRosterWorld(options);
  for (let id = 0; id < count; id += 1) world.company.people.set(String(id), employee(String(id)));
  await world.roster();
  world.clock.pass(86_400);
  return world;
}

function listOf(company: Company): Listing<unknown> {
  const meaning = (id: string, { person, hasLeft, changes }: Employee): readonly Change[] =>
    changes ??
    (hasLeft
      ? [{ kind: "leave", who: { externalId: id } }]
      : [
          {
            kind: "update",
            who: { externalId: id },
            person: { ...person, status: "Activated" },
            complete: true,
            trail: { email: "email · as it is" },
          },
        ]);
  const listed = (id: string, each: Employee) => ({
    subject: id,
    type: "listed",
    payload: { changes: meaning(id, each), ...(each.isBroken && { trulyBroken: true }) },
  });
  return {
    hosts: () => ({ api: "https://hr.example.com" }),
    async page(api, cursor) {
      await api.request({ path: "/people" });
      const number = Number(cursor ?? 0);
      await company.beforePage?.(number);
      const failure = company.pageFailures.get(number);
      if (failure) throw failure;
      company.pagesRead += 1;
      const all = [...company.people].filter(([, { isHidden }]) => !isHidden);
      const from = number * company.pageSize;
      const isLast = from + company.pageSize >= all.length;
      const next = isLast ? company.again : String(number + 1);
      return {
        people: all.slice(from, from + company.pageSize).map(([id, each]) => listed(id, each)),
        ...(next !== undefined && { next }),
        isComplete: company.isComplete,
        ...(company.total !== undefined && { total: company.total }),
      };
    },
    async person(api, subject) {
      await api.request({ path: `/people/${subject}` });
      company.personsAsked += 1;
      if (company.personFailure) throw company.personFailure;
      const found = company.people.get(subject);
      return found && listed(subject, found);
    },
  };
}
