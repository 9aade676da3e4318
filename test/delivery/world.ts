import { createAuthingClient, type AuthingClient } from "#lib/authing/client.ts";
import { noRules } from "#lib/pipeline/people-rules.ts";
import { AuthingSecret } from "#lib/wiring/authing.ts";
import type { UserDto } from "#lib/authing/dto.ts";
import type { LeavePolicy, OtpPolicy, PeoplePolicy, RehirePolicy } from "#lib/contract/policies.ts";
import { createPace } from "#lib/delivery/pace.ts";
import { sourceApis } from "#lib/source-apis/source-api.ts";
import type { EventRecord, Ledger } from "#lib/contract/ledger.ts";
import type { ParkedRow } from "#lib/operations/parked-row.ts";
import { apply } from "#lib/pipeline/apply.ts";
import type { Applied, ApplyPorts } from "#lib/pipeline/applying.ts";
import { bringBackDue } from "#lib/pipeline/waiting.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { QueuedMessage } from "#lib/contract/queue.ts";
import type { SecretVersions } from "#lib/contract/secrets.ts";
import type { Parked } from "#lib/contract/parked.ts";
import type { SourceEvent } from "#lib/contract/source.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import type { SecretReader } from "#lib/contract/secrets.ts";
import type { ScriptedFault } from "#infra/sandbox/faults.ts";
import type { PoolRules } from "#infra/sandbox/pool-rules.ts";
import type { StoredOtp, StoredPassword } from "#infra/sandbox/people.ts";
import { startSandbox, type Sandbox } from "#infra/sandbox/sandbox.ts";
import { memoryParked } from "../memory/parked.ts";
import { virtualClock, type VirtualClock } from "./clock.ts";
import { carryOutAsked, type Asked } from "../operations/asked.ts";
import { directPool } from "./direct-pool.ts";
import { lives, type Lives } from "./lives.ts";
import { parkedList } from "../contract/parked-list.ts";

// Everything around delivery, in virtual time: a queue that gives each message again until it is acknowledged, Authing's
// sandbox, a ledger and parked messages that last, and processes that do not.

export type Message = Extract<QueuedMessage, { kind: "event" }>;

/** A user pool of the sandbox. */
export interface Pool {
  users(): readonly UserDto[];
  otpOf(userId: string): string | undefined;
  /** What a person signs in with, as it was sent. */
  factorsOf(userId: string): { readonly otp?: StoredOtp; readonly password?: StoredPassword };
  readonly requests: readonly {
    readonly operation: string;
    readonly count: number;
    readonly fault?: string;
  }[];
  script(faults: readonly ScriptedFault[]): void;
  connect(secrets: SecretReader): AuthingClient;
  close(): void;
}

export interface WorldOptions extends Partial<PoolRules> {
  readonly makeLedger: (now: () => number) => Ledger | Promise<Ledger>;
  /** Default: parked messages in memory. */
  readonly makeParked?: () => Parked;
  /** Without the network between client and sandbox. Default false. */
  readonly direct?: boolean;
  readonly leave?: LeavePolicy;
  readonly rehire?: RehirePolicy;
  readonly otp?: OtpPolicy;
  /** Which people every source may speak about, or each by its name. Default `shared`. */
  readonly people?: PeoplePolicy | Readonly<Record<string, PeoplePolicy>>;
  /** How long Authing's look-ups do not show a new account, in milliseconds; of a pool without the network. Default 0. */
  readonly lookUpLagMilliseconds?: number;
  /** Messages in one invocation. Default 10, as SQS gives them. */
  readonly batchSize?: number;
  /** Invocations side by side. Default 1. */
  readonly invocationsAtOnce?: number;
}

export interface World {
  readonly clock: VirtualClock;
  readonly ledger: Ledger;
  readonly parked: Parked;
  readonly pool: Pool;
  /** The sandbox, where the pool is reached over HTTP. */
  readonly sandbox: Sandbox | undefined;
  readonly lives: Lives;
  readonly log: readonly string[];
  /** What the secret `authing` holds; a story may rotate it. */
  readonly secrets: { authing: SecretVersions };
  /**
   * Events whose payload says `broken` cannot be translated until then, `truly broken` ones never; for `refused` ones the source
   * refuses our credentials until then.
   */
  mend(): void;
  /** Everything in memory is gone, as after a deployment. */
  restart(): void;
  /** Queues the messages and works until the queue is empty, whoever dies on the way. What waits may come back meanwhile. */
  deliver(messages: readonly QueuedMessage[]): Promise<void>;
  /** Lets time pass until nothing waits any more, or until a moment (milliseconds since 1970). */
  deliverWaiting(until?: number): Promise<void>;
  /** One invocation with these messages, beside whatever else runs. */
  invoke(messages: readonly QueuedMessage[]): Promise<readonly Applied[] | undefined>;
  /** What a person asks for, and asks for again when nobody answers. */
  operate(request: Asked): Promise<readonly ParkedRow[]>;
  /** What became of an event, if anything has. */
  recordOf(source: string, id: string): Promise<EventRecord | undefined>;
  /** Everybody by our id: `10010` → `Activated`. */
  statuses(): Record<string, string>;
  close(): Promise<void>;
}

export const accessKey = { accessKeyId: "63f0a1b2c3d4e5f607182930", accessKeySecret: "invented-secret" };
const digests = { current: { key: "an-invented-key-of-digests" } };
export const day = Date.UTC(2026, 2, 2, 1);

/** An event of a source whose translation is what `changes` say. `minute` counts from the first of March 2026, 01:00. */
export function told(
  source: string,
  id: string,
  subject: string,
  minute: number,
  changes: readonly Change[],
  payload: { broken?: true; trulyBroken?: true; refused?: true } = {},
): Message {
  const occurredAt = new Date(day - 86_400_000 + minute * 60_000).toISOString();
  const type = changes.map(({ kind }) => kind).join("+");
  return {
    kind: "event",
    source,
    event: { id, subject, type, occurredAt, payload: { changes, ...payload } },
    reception: { receivedAt: new Date(day).toISOString(), proof: "hmac-sha256" },
  };
}

/** A person of the company, by our id of them. */
export const personOf = (externalId: string, over: object = {}) => ({
  externalId,
  name: `张三 ${externalId}`,
  email: `p${externalId}@example.com`,
  ...over,
});

type Given = Pick<
  ApplyPorts,
  | "ledger"
  | "parked"
  | "events"
  | "authing"
  | "secrets"
  | "clock"
  | "leavePolicy"
  | "rehirePolicy"
  | "otpPolicy"
  | "peoplePolicy"
  | "log"
>;

/** The ports of one process. Every source has the same translation: what `told` says. */
export function portsOf({ isMended, ...given }: Given & { isMended: () => boolean }): ApplyPorts {
  const { clock } = given;
  return {
    ...given,
    timeZone: "Asia/Shanghai",
    rules: () => noRules,
    pace: createPace({ clock, maxPerSecond: 1000, startPerSecond: 50 }),
    openApi: sourceApis(clock),
    source: () => ({
      secret: undefined as never,
      redeliversForSeconds: 86_400,
      split: ({ payload }) => JSON.parse(Buffer.from(payload).toString()) as SourceEvent[],
      translate({ payload }) {
        const { changes, broken, trulyBroken, refused } = payload as {
          changes: Change[];
          broken?: true;
          trulyBroken?: true;
          refused?: true;
        };
        if (refused && !isMended()) throw new InboundError("misconfigured", "source-refused");
        if (trulyBroken && isMended()) throw new InboundError("malformed", "name-missing");
        if ((broken || trulyBroken) && !isMended()) throw new TypeError("a field that we did not expect");
        return changes;
      },
    }),
    translation: () => ({ region: "CN", departments: {}, customData: {} }),
  };
}

/** How long a message that was not acknowledged stays out of sight, in seconds: longer than any lease. */
const invisibleSeconds = 180;
const comesAgainSeconds = 30;
const invocationMilliseconds = 57_000;
const maxInvocations = 1_000;

export async function openWorld({
  makeLedger,
  makeParked = memoryParked,
  direct = false,
  leave = "resign",
  rehire = "reactivate",
  otp = "import",
  people = "shared",
  lookUpLagMilliseconds = 0,
  batchSize = 10,
  invocationsAtOnce = 1,
  ...rules
}: WorldOptions): Promise<World> {
  const clock = virtualClock(day);
  const mortals = lives();
  const secrets: { authing: SecretVersions } = { authing: { current: accessKey } };
  const sandbox = direct
    ? undefined
    : await startSandbox({
        accessKeys: [accessKey],
        now: clock.now,
        // Authing's own client goes by the time of this machine.
        clockToleranceSeconds: 10 * 365 * 86_400,
        ...rules,
      });
  const pool = sandbox ? httpPool(sandbox, clock) : directPool(clock, { ...rules, lookUpLagMilliseconds });
  const ledger = outside(await makeLedger(clock.now), clock);
  const parked = makeParked();
  const log: string[] = [];
  const line = (level: string) => (message: string, fields?: object) => {
    log.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`);
  };
  let queue: Waiting[] = [];
  let isMended = false;
  let invocations = 0;
  let current = process();

  function process(): ApplyPorts {
    const secretsOfProcess = secretReader(
      async (name) => (name === "digests" ? digests : structuredClone(secrets.authing)),
      clock.now,
    );
    return portsOf({
      ledger: mortals.wrap(ledger),
      parked: mortals.wrap(parked),
      events: mortals.wrap({
        async send(messages: readonly QueuedMessage[]) {
          queue.push(...messages.map((message) => ({ message, visibleAt: 0 })));
        },
      }),
      authing: mortals.wrap(pool.connect(secretsOfProcess)),
      secrets: secretsOfProcess,
      clock,
      leavePolicy: () => leave,
      rehirePolicy: () => rehire,
      otpPolicy: otp,
      peoplePolicy: (source) => (typeof people === "string" ? people : (people[source] ?? "shared")),
      isMended: () => isMended,
      log: { info: line("info"), warn: line("warn"), error: line("error") },
    });
  }

  function restart(): void {
    mortals.begin();
    current = process();
  }

  function newRun(): { owner: string; deadline: number } {
    invocations += 1;
    if (invocations > maxInvocations) throw new Error("this never ends");
    return { owner: `invocation-${invocations}`, deadline: clock.now() + invocationMilliseconds };
  }

  async function invoke(messages: readonly QueuedMessage[]): Promise<readonly Applied[] | undefined> {
    const applied = apply(messages, current, newRun()).catch(() =>
      messages.map((): Applied => ({ state: "later" })),
    );
    const results = await mortals.outlive(applied);
    // The answer of the invocation is what acknowledges the messages.
    return results && mortals.outlive(mortals.through(async () => results));
  }

  /** What the schedule does each minute. */
  async function bringBack(): Promise<void> {
    if ((await parked.due(clock.now(), 1)).length === 0) return;
    const broughtBack = await mortals.outlive(bringBackDue(current, clock.now()));
    if (broughtBack === undefined) restart();
  }

  async function work(messages: readonly Waiting[]): Promise<void> {
    queue.push(...messages);
    for (;;) {
      await bringBack();
      if (queue.length === 0) return;
      const firsts = [...Map.groupBy(queue, ({ message }) => groupOf(message)).values()].flatMap(([first]) =>
        first ? [first] : [],
      );
      const visible = firsts.filter(({ visibleAt }) => visibleAt <= clock.now());
      if (visible.length === 0) {
        await clock.wait(Math.min(...firsts.map(({ visibleAt }) => visibleAt)) - clock.now());
        continue;
      }
      const batches = Array.from({ length: invocationsAtOnce }, (_, index) =>
        visible.slice(index * batchSize, (index + 1) * batchSize),
      ).filter((batch) => batch.length > 0);
      const answers = await Promise.all(batches.map((batch) => invoke(batch.map(({ message }) => message))));
      const hasDied = answers.includes(undefined);
      if (hasDied) restart();
      const again = clock.now() + 1000 * (hasDied ? invisibleSeconds : comesAgainSeconds);
      for (const [index, batch] of batches.entries()) {
        for (const [position, waiting] of batch.entries()) {
          if ((answers[index]?.[position]?.state ?? "later") === "later") waiting.visibleAt = again;
          else queue = queue.filter((other) => other !== waiting);
        }
      }
    }
  }

  return {
    clock,
    ledger,
    parked,
    pool,
    sandbox,
    lives: mortals,
    log,
    secrets,
    mend() {
      isMended = true;
    },
    restart,
    invoke,
    deliver: (messages) => work(messages.map((message) => ({ message, visibleAt: 0 }))),
    async deliverWaiting(until = Number.POSITIVE_INFINITY) {
      for (;;) {
        const waiting = await parkedList(parked, "waiting", 10_000);
        const next = Math.min(...waiting.map(({ dueAt = "" }) => Date.parse(dueAt)));
        if (waiting.length === 0 || next > until) break;
        await clock.wait(next - clock.now());
        await work([]);
      }
      if (until < Number.POSITIVE_INFINITY) await clock.wait(until - clock.now());
    },
    async operate(request) {
      for (;;) {
        const operated = mortals.outlive(carryOutAsked(request, current, newRun()));
        const results = (await operated) as readonly ParkedRow[] | undefined;
        const isOver =
          request.mode === "preview" || results?.every(({ result = "" }) => !result.includes("not now"));
        if (results && isOver) return results;
        if (!results) restart();
        clock.pass(invisibleSeconds);
      }
    },
    async recordOf(source, id) {
      const claim = await ledger.claim({ source, id }, { owner: "who-asks", leaseSeconds: 0 });
      return claim.state === "settled" ? claim.record : undefined;
    },
    statuses: () =>
      Object.fromEntries(pool.users().map(({ externalId, status }) => [externalId ?? "", status ?? ""])),
    async close() {
      pool.close();
      await sandbox?.close();
    },
  };
}

interface Waiting {
  readonly message: QueuedMessage;
  visibleAt: number;
}

const groupOf = (message: QueuedMessage) =>
  `${message.source}#${message.kind === "event" ? message.event.subject : message.id}`;

/** Time stands still while another process is asked. */
function outside<Port extends object>(port: Port, clock: VirtualClock): Port {
  const held = Object.entries(port).map(([name, value]) => [
    name,
    typeof value === "function"
      ? (...given: unknown[]) => {
          const result: unknown = value.apply(port, given);
          return result instanceof Promise ? clock.during(result) : result;
        }
      : value,
  ]);
  return Object.fromEntries(held) as Port;
}

function httpPool(sandbox: Sandbox, clock: VirtualClock): Pool {
  const clients: AuthingClient[] = [];
  return {
    users: sandbox.users as Pool["users"],
    otpOf: (userId) => sandbox.otpOf(userId)?.secret,
    factorsOf(userId) {
      const [otp, password] = [sandbox.otpOf(userId), sandbox.passwordOf(userId)];
      return { ...(otp && { otp }), ...(password && { password }) };
    },
    requests: sandbox.requests,
    script: sandbox.script,
    connect(secrets) {
      const client = createAuthingClient({
        host: sandbox.url,
        credentials: async () => (await secrets.read("authing", AuthingSecret))[0],
        refreshCredentials: async () => (await secrets.refresh("authing", AuthingSecret))[0],
        now: clock.now,
        // A request that is never answered costs the test so much real time.
        timeoutSeconds: 0.3,
      });
      clients.push(client);
      return outside(client, clock);
    },
    close() {
      for (const client of clients) client.close();
    },
  };
}
