import { fork, type ChildProcess } from "node:child_process";
import { createReadStream, existsSync, mkdirSync, readFileSync, renameSync, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { memoryLedger } from "../memory/ledger.ts";
import { startSandbox } from "#infra/sandbox/sandbox.ts";
import type { ImportMessage } from "#lib/contract/import-queue.ts";
import type { EventRecord, Ledger } from "#lib/contract/ledger.ts";
import type { ObjectReference } from "#lib/contract/objects.ts";
import { importIdOf } from "#lib/uploads/import-id.ts";
import type { ImportSummary } from "#lib/uploads/result-files.ts";
import { bundled } from "./bundled.ts";

// An import from end to end whose functions are processes of their own, with the heap of a small function, that run out of time and are
// killed. Authing's sandbox, the ledger and the queues are in this process, objects are files in a folder.

export interface ImportRunOptions {
  /** A folder of its own, which is empty. */
  readonly folder: string;
  /** The file to import: it is moved into the folder. Its name decides nothing. */
  readonly file: string;
  /** The time of an invocation, in milliseconds; so short that chunks are handed over to the next one. */
  readonly invocationMilliseconds: number;
  /** After how many decided rows a function is killed, each once. */
  readonly killAt: readonly number[];
  /** The most calls per second of each function. Default 1000: faster than the sandbox. */
  readonly callsPerSecond?: number;
  readonly say?: (text: string) => void;
}

export interface ImportRun {
  readonly seconds: number;
  /** Kind of function → the seconds in which at least one of its kind worked. */
  readonly secondsOf: Readonly<Record<string, number>>;
  /** CPU of the process that stands for Authing, the ledger, the queues and the bucket. */
  readonly worldCpuSeconds: number;
  readonly invocations: number;
  readonly kills: number;
  /** How long the same object takes when it is uploaded again, the start of a process included. */
  readonly againSeconds: number;
  /** Kind of function → its peak resident memory, in MB. */
  readonly peaks: Readonly<Record<string, number>>;
  readonly summary: ImportSummary;
  /** Lines of accepted.ndjson, and how many different rows they name. */
  readonly lines: number;
  readonly rows: number;
  /** Rows with an outcome in the ledger. */
  readonly rowsInLedger: number;
  /** Accounts at Authing, and different ids of theirs. */
  readonly accounts: number;
  readonly people: number;
}

interface Work {
  readonly message: ImportMessage | ObjectReference;
  isTaken: boolean;
}

export const functionsAtOnce = 2;
const heapMegabytes = 64;
const accessKey = { accessKeyId: "63f0a1b2c3d4e5f607182930", accessKeySecret: "invented-secret" };
const kindOf = ({ message }: Work) => ("kind" in message ? message.kind : "plan");

export async function runImport({
  folder,
  file,
  invocationMilliseconds,
  killAt: given,
  callsPerSecond = 1000,
  say = () => {},
}: ImportRunOptions): Promise<ImportRun> {
  const program = await bundled(join(import.meta.dirname, "import-process.ts"), join(folder, "program"));
  const { ledger, rowOutcomes, passTime } = countingLedger();
  const waiting: Work[] = [];
  const send = async (messages: readonly (ImportMessage | ObjectReference)[]) =>
    void waiting.push(...messages.map((message) => ({ message, isTaken: false })));
  const ports: Record<string, Record<string, (...given: never[]) => Promise<unknown>>> = {
    ledger: ledger as never,
    queue: { send: send as never },
  };
  const killAt = [...given];
  const peaks: Record<string, number> = {};
  const busy = busyTimes();
  let invocations = 0;
  let kills = 0;

  /** A function that handles one message after the other, until it is killed. */
  async function serve(host: string): Promise<void> {
    const isOver = () => waiting.length === 0;
    while (!isOver()) {
      const child = fork(program, [folder, host, String(invocationMilliseconds), String(callsPerSecond)], {
        serialization: "advanced",
        execArgv: [`--max-old-space-size=${heapMegabytes}`, "--max-semi-space-size=4"],
      });
      await new Promise((resolve) => child.once("message", resolve));
      let current: Work | undefined;
      let own: string | undefined;
      await new Promise<void>((resolve) => {
        const next = () => {
          // A killed function may close its channel before its exit is told.
          if (!child.connected) return;
          const work = waiting.find(({ isTaken }) => !isTaken);
          if (isOver()) return child.disconnect();
          if (!work) return void setTimeout(next, 5);
          // Each kind of message has a function of its own.
          own ??= kindOf(work);
          if (kindOf(work) !== own) return child.disconnect();
          work.isTaken = true;
          current = work;
          busy.begin(kindOf(work));
          invocations += 1;
          child.send({ id: invocations, work: work.message });
          const at = killAt[0];
          if (at !== undefined && rowOutcomes.size >= at && "kind" in work.message) {
            killAt.shift();
            setTimeout(() => child.kill("SIGKILL"), invocationMilliseconds * Math.random());
          }
        };
        child.on("message", async (message: Said) => {
          const { id, port, name, given: asked = [], result, error } = message;
          const peak = peakOf(child);
          if (port !== undefined && name !== undefined) {
            const value = await ports[port]?.[name]?.(...asked);
            if (child.connected) child.send({ id, value: value instanceof Set ? [...value] : value });
            return;
          }
          if (error !== undefined) say(`  failed: ${error}`);
          if (current) {
            peaks[kindOf(current)] = Math.max(peaks[kindOf(current)] ?? 0, peak);
            busy.end(kindOf(current));
          }
          if (current && result === "done") waiting.splice(waiting.indexOf(current), 1);
          else if (current) current.isTaken = false;
          current = undefined;
          next();
        });
        child.once("exit", (_code, signal) => {
          if (signal === "SIGKILL") {
            kills += 1;
            say(`  killed at ${rowOutcomes.size} rows`);
            // Longer than any lease.
            passTime(960_000);
          }
          if (current) {
            current.isTaken = false;
            busy.end(kindOf(current));
          }
          resolve();
        });
        next();
      });
    }
  }

  const key = "incoming/users/people";
  mkdirSync(join(folder, dirname(key)), { recursive: true });
  renameSync(file, join(folder, key));
  await writeFile(join(folder, "access-key.json"), JSON.stringify(accessKey));
  const object: ObjectReference = {
    bucket: "soak",
    key,
    versionId: "1",
    size: statSync(join(folder, key)).size,
  };
  const resultOf = (name: string) => join(folder, "results", importIdOf(object), name);
  const sandbox = await startSandbox({ accessKeys: [accessKey] });
  const told = setInterval(() => {
    if (existsSync(resultOf("progress.json")))
      say(`  ${readFileSync(resultOf("progress.json"), "utf8").replaceAll(/\s+/g, " ")}`);
  }, 15_000);
  try {
    const begun = Date.now();
    const cpuBefore = process.cpuUsage();
    await send([object]);
    await Promise.all(Array.from({ length: functionsAtOnce }, () => serve(sandbox.url)));
    const again = Date.now();
    const cpu = process.cpuUsage(cpuBefore);
    const secondsOf = busy.seconds();
    await send([object]);
    await serve(sandbox.url);
    const end = Date.now();

    const rows = new Set<string>();
    let lines = 0;
    for await (const line of createInterface(createReadStream(resultOf("accepted.ndjson")))) {
      lines += 1;
      rows.add((JSON.parse(line) as { row: string }).row);
    }
    const accounts = sandbox.users();
    return {
      seconds: (again - begun) / 1000,
      secondsOf,
      worldCpuSeconds: (cpu.user + cpu.system) / 1e6,
      againSeconds: (end - again) / 1000,
      invocations,
      kills,
      peaks,
      summary: JSON.parse(readFileSync(resultOf("summary.json"), "utf8")) as ImportSummary,
      lines,
      rows: rows.size,
      rowsInLedger: rowOutcomes.size,
      accounts: accounts.length,
      people: new Set(accounts.map(({ externalId }) => externalId)).size,
    };
  } finally {
    clearInterval(told);
    await sandbox.close();
  }
}

/** What a function says: what it asks of a port, or the result of its work. */
interface Said {
  readonly id: number;
  readonly port?: string;
  readonly name?: string;
  readonly given?: never[];
  readonly result?: string;
  readonly error?: string;
}

/** A ledger that keeps only the outcomes of rows: their whole records would take gigabytes here. */
function countingLedger() {
  let ahead = 0;
  const rowOutcomes = new Map<string, string>();
  const kept = memoryLedger(() => Date.now() + ahead);
  const ledger: Ledger = {
    ...kept,
    async settle(records: readonly EventRecord[], keepSeconds) {
      for (const { id, type, outcome } of records)
        if (type === "row" && !rowOutcomes.has(id)) rowOutcomes.set(id, outcome.kind);
      await kept.settle(
        records.filter(({ type }) => type !== "row"),
        keepSeconds,
      );
    },
  };
  return { ledger, rowOutcomes, passTime: (milliseconds: number) => void (ahead += milliseconds) };
}

/** For how long at least one of each kind worked. */
function busyTimes() {
  const kinds = new Map<string, { at: number; working: number; milliseconds: number }>();
  const settle = (kind: string, change: 1 | -1) => {
    const now = performance.now();
    const before = kinds.get(kind) ?? { at: now, working: 0, milliseconds: 0 };
    const milliseconds = before.milliseconds + (before.working > 0 ? now - before.at : 0);
    kinds.set(kind, { at: now, working: before.working + change, milliseconds });
  };
  return {
    begin: (kind: string) => settle(kind, 1),
    end: (kind: string) => settle(kind, -1),
    seconds: () =>
      Object.fromEntries(Array.from(kinds, ([kind, { milliseconds }]) => [kind, milliseconds / 1000])),
  };
}

/** The peak resident memory of a process, in MB; 0 where there is no /proc. */
function peakOf({ pid }: ChildProcess): number {
  const status = existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, "utf8") : "";
  return Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}
