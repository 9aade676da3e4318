import { createAuthingClient, type AuthingClient } from "#lib/authing/client.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { Ledger } from "#lib/contract/ledger.ts";
import type { Parked } from "#lib/contract/parked.ts";
import type { LeavePolicy, OtpPolicy, PeoplePolicy, RehirePolicy } from "#lib/contract/policies.ts";
import type { EventMessage } from "#lib/contract/queue.ts";
import type { SecretVersions } from "#lib/contract/secrets.ts";
import type { SourceEvent } from "#lib/contract/source.ts";
import { createPace } from "#lib/delivery/pace.ts";
import type { ApplyPorts } from "#lib/pipeline/applying.ts";
import { noRules } from "#lib/pipeline/people-rules.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import { sourceApis } from "#lib/source-apis/source-api.ts";
import { AuthingSecret } from "#lib/wiring/authing.ts";
import { virtualClock, type VirtualClock } from "#infra/prove/clock.ts";
import { directPool } from "#infra/prove/pool.ts";
import { openWorld as openProven, type Pool, type World as ProvenWorld } from "#infra/prove/world.ts";
import { memoryQueue } from "#infra/prove/world-queue.ts";
import type { PoolRules } from "#infra/sandbox/pool-rules.ts";
import { startSandbox, type Sandbox } from "#infra/sandbox/sandbox.ts";
import { memoryParked } from "../memory/parked.ts";

// A world of sources that say their changes themselves, with a ledger of any kind, and with or without the network to Authing.

export type Message = EventMessage;

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
  /** Makes the ports of AWS fail now and then. */
  readonly spoil?: (clock: VirtualClock) => <Port extends object>(port: Port) => Port;
}

export interface World extends ProvenWorld {
  /** The sandbox, where the pool is reached over HTTP. */
  readonly sandbox: Sandbox | undefined;
  /** What the secret `authing` holds; a story may rotate it. */
  readonly secrets: { authing: SecretVersions };
  /**
   * Events whose payload says `broken` cannot be translated until then, `truly broken` ones never; for `refused` ones the source
   * refuses our credentials until then.
   */
  mend(): void;
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
        if (refused && !isMended())
          throw new InboundError("misconfigured", "source-refused", {
            path: "source hr",
            hint: "give a key",
          });
        if (trulyBroken && isMended()) throw new InboundError("malformed", "name-missing");
        if ((broken || trulyBroken) && !isMended()) throw new TypeError("a field that we did not expect");
        return changes;
      },
    }),
    translation: () => ({ region: "CN", departments: {}, customData: {} }),
  };
}

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
  spoil,
  ...rules
}: WorldOptions): Promise<World> {
  const clock = virtualClock(day);
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
  const lasting = {
    ledger: outside(await makeLedger(clock.now), clock),
    parked: makeParked(),
    queue: memoryQueue(clock),
  };
  let isMended = false;
  const world = await openProven({
    clock,
    pool,
    batchSize,
    invocationsAtOnce,
    ...(spoil && { spoil: spoil(clock) }),
    open: () => lasting,
    ports({ wrap, ...given }) {
      const secretsOfProcess = secretReader(
        async (name) => (name === "digests" ? digests : structuredClone(secrets.authing)),
        clock.now,
      );
      return portsOf({
        ...given,
        authing: wrap(pool.connect(secretsOfProcess)),
        secrets: secretsOfProcess,
        leavePolicy: () => leave,
        rehirePolicy: () => rehire,
        otpPolicy: otp,
        peoplePolicy: (source) => (typeof people === "string" ? people : (people[source] ?? "shared")),
        isMended: () => isMended,
      });
    },
  });
  return Object.assign(world, {
    sandbox,
    secrets,
    mend() {
      isMended = true;
    },
    async close() {
      pool.close();
      await sandbox?.close();
    },
  });
}

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
