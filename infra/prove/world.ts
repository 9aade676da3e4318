import type { AuthingClient } from "#lib/authing/client.ts";
import type { UserDto } from "#lib/authing/dto.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { EventRecord, Ledger } from "#lib/contract/ledger.ts";
import type { Log } from "#lib/contract/log.ts";
import type { Parked } from "#lib/contract/parked.ts";
import { idOf, type QueuedMessage } from "#lib/contract/queue.ts";
import type { SecretReader } from "#lib/contract/secrets.ts";
import type { ParkedRow } from "#lib/operations/parked-row.ts";
import type { Applied, ApplyPorts, ApplyRun } from "#lib/pipeline/applying.ts";
import { applyInOrder } from "#lib/pipeline/in-order.ts";
import { bringBackDue } from "#lib/pipeline/waiting.ts";
import type { ScriptedFault } from "#infra/sandbox/faults.ts";
import type { StoredOtp, StoredPassword } from "#infra/sandbox/people.ts";
import { carryOutAsked, type Asked } from "./asked.ts";
import type { VirtualClock } from "./clock.ts";
import { lives, type Lives } from "./lives.ts";
import { groupOf, type WorldQueue } from "./world-queue.ts";

// Everything around delivery, in virtual time: a queue that gives each message again until it is acknowledged, Authing's
// sandbox, a ledger and parked messages that last, and processes that do not.

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
    /** Where requests go over the network. */
    readonly body?: Readonly<Record<string, unknown>>;
  }[];
  script(faults: readonly ScriptedFault[]): void;
  connect(secrets: SecretReader): AuthingClient;
  close(): void;
}

/** What outlives processes. */
export interface Lasting {
  readonly ledger: Ledger;
  readonly parked: Parked;
  readonly queue: WorldQueue;
}

/** What a process is made with. */
interface ProcessPorts extends Pick<ApplyPorts, "ledger" | "parked" | "events" | "clock" | "log"> {
  /** A port whose calls end with the process. */
  wrap<Port extends object>(port: Port): Port;
}

export interface WorldOptions<Kept extends Lasting, Ports extends ApplyPorts> {
  readonly clock: VirtualClock;
  readonly pool: Pool;
  /** Opens what outlives processes: at first, and whenever a process has ended. */
  readonly open: () => Kept | Promise<Kept>;
  /** Makes the ports of a process. */
  readonly ports: (given: ProcessPorts, lasting: Kept) => Ports;
  /** Makes a port of AWS fail now and then. Default: none fails. */
  readonly spoil?: <Port extends object>(port: Port) => Port;
  /** Messages in one invocation. Default 10, as SQS gives them. */
  readonly batchSize?: number;
  /** Invocations side by side. Default 1. */
  readonly invocationsAtOnce?: number;
}

/** One that does not come from the queue of events. */
export interface Invocation<Result = unknown> {
  run(): Promise<Result>;
  /** `undefined`: the process ended first. */
  ended(result: Result | undefined): void;
}

export interface World<Kept extends Lasting = Lasting, Ports extends ApplyPorts = ApplyPorts> {
  readonly clock: VirtualClock;
  readonly lasting: Kept;
  readonly ledger: Ledger;
  readonly parked: Parked;
  readonly pool: Pool;
  readonly lives: Lives;
  readonly log: readonly string[];
  /** The ports of the process of the moment. */
  readonly ports: Ports;
  /** The keys of all messages that were queued, `source/id`, each once. */
  readonly queued: ReadonlyMap<string, QueuedMessage>;
  /** Everything in memory is gone, as after a deployment. */
  restart(): Promise<void>;
  /** An invocation that begins now. */
  newRun(): ApplyRun;
  /** What the work of a process comes to; `undefined` where the process ended first, and another one has begun. */
  alive<Result>(work: () => Promise<Result>): Promise<Result | undefined>;
  /**
   * Queues the messages and works until the queue is empty, also when processes end. What waits may be due meanwhile.
   *
   * @param beside other invocations, at the same time as the first ones.
   */
  deliver(messages: readonly QueuedMessage[], beside?: readonly Invocation[]): Promise<void>;
  /** Lets time pass until nothing waits any more, or until a moment (milliseconds since 1970). */
  deliverWaiting(until?: number): Promise<void>;
  /** One invocation with these messages, beside whatever else runs. */
  invoke(messages: readonly QueuedMessage[]): Promise<readonly Applied[] | undefined>;
  /** What an operator asks for, and asks for again when there is no answer. */
  operate(request: Asked): Promise<readonly ParkedRow[]>;
  /** What became of an event, if anything has. */
  recordOf(source: string, id: string): Promise<EventRecord | undefined>;
  /** Everybody by our id: `10010` → `Activated`. */
  statuses(): Record<string, string>;
}

/** How long a message that was not acknowledged is hidden, in seconds: longer than any lease. */
const invisibleSeconds = 180;
const comesAgainSeconds = 30;
const invocationMilliseconds = 57_000;
const maxInvocations = 3_000;

export async function openWorld<Kept extends Lasting, Ports extends ApplyPorts>({
  clock,
  pool,
  open,
  ports,
  spoil = (port) => port,
  batchSize = 10,
  invocationsAtOnce = 1,
}: WorldOptions<Kept, Ports>): Promise<World<Kept, Ports>> {
  const mortals = lives();
  const log: string[] = [];
  const line = (level: string) => (message: string, fields?: object) => {
    log.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`);
  };
  const lines: Log = { info: line("info"), warn: line("warn"), error: line("error") };
  const queued = new Map<string, QueuedMessage>();
  let invocations = 0;
  let lasting = await open();
  let current = process();

  function process(): Ports {
    const { queue } = lasting;
    const given: ProcessPorts = {
      ledger: mortals.wrap(spoil(lasting.ledger)),
      parked: mortals.wrap(spoil(lasting.parked)),
      events: mortals.wrap(
        spoil({ send: async (messages: readonly QueuedMessage[]) => add(messages, queue) }),
      ),
      clock,
      log: lines,
      wrap: mortals.wrap,
    };
    return ports(given, lasting);
  }

  function add(messages: readonly QueuedMessage[], queue: WorldQueue): void {
    for (const message of messages) queued.set(`${message.source}/${idOf(message)}`, message);
    queue.add(messages);
  }

  async function restart(): Promise<void> {
    mortals.begin();
    lasting = await open();
    current = process();
  }

  function newRun(): ApplyRun {
    invocations += 1;
    if (invocations > maxInvocations) throw new Error("this never ends");
    return { owner: `invocation-${invocations}`, deadline: clock.now() + invocationMilliseconds };
  }

  async function invoke(messages: readonly QueuedMessage[]): Promise<readonly Applied[] | undefined> {
    const batch = messages.map((message) => ({ group: groupOf(message), message }));
    const applied = await mortals.outlive(applyInOrder(batch, current, newRun()));
    // The answer of the invocation is what acknowledges the messages.
    return applied && mortals.outlive(mortals.through(async () => applied));
  }

  /** What the schedule does each minute; what fails is done the next time. */
  async function bringBack(): Promise<void> {
    if ((await lasting.parked.due(clock.now(), 1)).length === 0) return;
    const broughtBack = await mortals.outlive(bringBackDue(current, clock.now()).catch(() => 0));
    if (broughtBack === undefined) await restart();
  }

  async function aside({ run, ended }: Invocation): Promise<boolean> {
    const result = await mortals.outlive(run());
    ended(result);
    return result !== undefined;
  }

  async function work(given: readonly Invocation[] = []): Promise<void> {
    let beside = given;
    for (;;) {
      await bringBack();
      const { queue } = lasting;
      if (queue.length === 0 && beside.length === 0) return;
      const batches = Array.from({ length: invocationsAtOnce }, () => queue.take(batchSize)).filter(
        (batch) => batch.length > 0,
      );
      if (batches.length === 0 && beside.length === 0) {
        const next = queue.nextVisibleAt();
        if (next !== undefined) await clock.wait(next - clock.now());
        continue;
      }
      const [answers, lived] = await Promise.all([
        Promise.all(batches.map((batch) => invoke(batch.map(({ message }) => message)))),
        Promise.all(beside.map(aside)),
      ]);
      beside = [];
      const hasDied = answers.includes(undefined) || lived.includes(false);
      const isDone = (batch: number, position: number) =>
        (answers[batch]?.[position]?.state ?? "later") !== "later";
      const done = batches.flatMap((batch, index) => batch.filter((_, position) => isDone(index, position)));
      const again = batches.flatMap((batch, index) =>
        batch.filter((_, position) => !isDone(index, position)),
      );
      if (!hasDied) {
        queue.finish(done, again, clock.now() + 1000 * comesAgainSeconds);
        continue;
      }
      queue.finish(done, [], 0);
      await restart();
      lasting.queue.giveBack(again, clock.now() + 1000 * invisibleSeconds);
    }
  }

  return {
    clock,
    get lasting() {
      return lasting;
    },
    get ledger() {
      return lasting.ledger;
    },
    get parked() {
      return lasting.parked;
    },
    get ports() {
      return current;
    },
    pool,
    lives: mortals,
    log,
    queued,
    restart,
    newRun,
    invoke,
    async alive(begin) {
      const result = await mortals.outlive(begin());
      if (result === undefined) await restart();
      return result;
    },
    deliver(messages, beside) {
      add(messages, lasting.queue);
      return work(beside);
    },
    async deliverWaiting(until = Number.POSITIVE_INFINITY) {
      for (;;) {
        const { messages: waiting } = await lasting.parked.list({ kinds: ["waiting"] }, 10_000);
        const next = Math.min(...waiting.map(({ dueAt = "" }) => Date.parse(dueAt)));
        if (waiting.length === 0 || next > until) break;
        await clock.wait(next - clock.now());
        await work();
      }
      if (until < Number.POSITIVE_INFINITY) await clock.wait(until - clock.now());
    },
    async operate(request) {
      for (;;) {
        // A command that fails is typed again.
        const operated = mortals.outlive(
          carryOutAsked(request, current, newRun()).catch((error: unknown) => {
            if (error instanceof InboundError && error.retryable) return "failed" as const;
            throw error;
          }),
        );
        const results = await operated;
        const rows = results === "failed" ? undefined : results;
        const isOver =
          request.mode === "preview" || rows?.every(({ result = "" }) => !result.includes("not now"));
        if (rows && isOver) return rows;
        if (!results) await restart();
        clock.pass(invisibleSeconds);
      }
    },
    async recordOf(source, id) {
      const claim = await lasting.ledger.claim({ source, id }, { owner: "who-asks", leaseSeconds: 0 });
      return claim.state === "settled" ? claim.record : undefined;
    },
    statuses: () =>
      Object.fromEntries(pool.users().map(({ externalId, status }) => [externalId ?? "", status ?? ""])),
  };
}
