import { fork, type ChildProcess } from "node:child_process";
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { open, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { EventRecord, Ledger } from "#lib/contract/ledger.ts";
import { memoryLedger } from "../memory/ledger.ts";
import type { ImportMessage } from "#lib/contract/import-queue.ts";
import type { ObjectReference } from "#lib/contract/objects.ts";
import { importIdOf } from "#lib/uploads/import-id.ts";
import { startSandbox } from "#infra/sandbox/sandbox.ts";

// A large file from end to end, with functions that run out of time and are killed: node test/bench/import.ts [rows]
// Each function is a process of its own; Authing's sandbox, the ledger and the queues are in this process. Not part of
// `npm run bench`: a million rows take some minutes and some gigabytes.

const count = Number(process.argv[2] ?? 1_000_000);
const functionsAtOnce = 2;
/** The milliseconds of an invocation: so short that chunks are handed over to the next one. */
const invocationMilliseconds = 1_500;
const kills = 3;
const accessKey = { accessKeyId: "63f0a1b2c3d4e5f607182930", accessKeySecret: "invented-secret" };

const folder = mkdtempSync(join(tmpdir(), "import-bench-"));
const say = (text: string) => process.stdout.write(`${text}\n`);
const seconds = (since: number) => ((Date.now() - since) / 1000).toFixed(1);

interface Work {
  readonly message: ImportMessage | ObjectReference;
  isTaken: boolean;
}

const kindOf = ({ message }: Work) => ("kind" in message ? message.kind : "plan");

const rowOutcomes = new Map<string, string>();
let ahead = 0;
const kept = memoryLedger(() => Date.now() + ahead);
/** The outcome of each row. The whole records would take gigabytes here. */
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

const waiting: Work[] = [];
const queue = {
  send: async (messages: readonly ImportMessage[]) =>
    void waiting.push(...messages.map((message) => ({ message, isTaken: false }))),
};
const ports: Record<string, Record<string, (...given: never[]) => Promise<unknown>>> = {
  ledger: ledger as never,
  queue: queue as never,
};

let invocations = 0;
const peaks = new Map<string, number>();

/** The peak memory of a process, in MB. */
function peakOf({ pid }: ChildProcess): number {
  const status = existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, "utf8") : "";
  return Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

/** A function that handles one message after the other, until it is killed. */
async function serve(host: string, isOver: () => boolean, killAt: number[]): Promise<void> {
  while (!isOver()) {
    const child = fork(
      fileURLToPath(new URL("./import-process.ts", import.meta.url)),
      [folder, host, String(invocationMilliseconds)],
      // The heap that a function of 512 MB has.
      { serialization: "advanced", execArgv: ["--max-old-space-size=400"] },
    );
    await new Promise((resolve) => child.once("message", resolve));
    let current: Work | undefined;
    let own: string | undefined;
    await new Promise<void>((resolve) => {
      const next = () => {
        const work = waiting.find(({ isTaken }) => !isTaken);
        if (isOver()) return child.disconnect();
        if (!work) return void setTimeout(next, 5);
        // Each kind of message has a function of its own.
        own ??= kindOf(work);
        if (kindOf(work) !== own) return child.disconnect();
        work.isTaken = true;
        current = work;
        invocations += 1;
        child.send({ id: invocations, work: work.message });
        const at = killAt[0];
        if (at !== undefined && rowOutcomes.size >= at && "kind" in work.message) {
          killAt.shift();
          setTimeout(() => child.kill("SIGKILL"), 300 + Math.random() * 1000);
        }
      };
      child.on(
        "message",
        async (message: {
          id: number;
          port?: string;
          name?: string;
          given?: never[];
          result?: string;
          error?: string;
        }) => {
          const { id, port, name, given = [], result, error } = message;
          const peak = peakOf(child);
          if (port !== undefined && name !== undefined) {
            const value = await ports[port]?.[name]?.(...given);
            if (child.connected) child.send({ id, value: value instanceof Set ? [...value] : value });
            return;
          }
          if (error !== undefined) say(`  failed: ${error}`);
          if (current) peaks.set(kindOf(current), Math.max(peaks.get(kindOf(current)) ?? 0, peak));
          if (current && result === "done") waiting.splice(waiting.indexOf(current), 1);
          else if (current) current.isTaken = false;
          current = undefined;
          next();
        },
      );
      child.once("exit", (_code, signal) => {
        if (signal === "SIGKILL") {
          say(`  killed at ${rowOutcomes.size} rows`);
          // Longer than any lease.
          ahead += 960_000;
        }
        if (current) current.isTaken = false;
        resolve();
      });
      next();
    });
  }
}

mkdirSync(join(folder, "incoming", "users"), { recursive: true });
await writeFile(join(folder, "access-key.json"), JSON.stringify(accessKey));
const key = "incoming/users/people.csv";
const file = await open(join(folder, key), "w");
await file.write("工号,姓名,邮箱,手机,公司,城市\n");
for (let from = 0; from < count; from += 10_000) {
  const rows = Array.from({ length: Math.min(10_000, count - from) }, (_, place) => {
    const index = from + place;
    return `${index},"张${index % 7 === 3 ? "\n" : ""}三${index}",p${index}@example.com,${13_000_000_000 + index},示例公司,"杭州, 西湖"\n`;
  });
  await file.write(rows.join(""));
}
await file.close();
const { size } = statSync(join(folder, key));
say(`${count} rows, ${(size / 1e6).toFixed(0)} MB`);

const sandbox = await startSandbox({ accessKeys: [accessKey] });
const object: ObjectReference = { bucket: "bench", key, versionId: "1", size };
const id = importIdOf(object);
const isThere = (name: string) => existsSync(join(folder, "results", id, name));

try {
  const begun = Date.now();
  await queue.send([]);
  waiting.push({ message: object, isTaken: false });
  const killAt = Array.from({ length: kills }, (_, kill) => Math.floor((count * (kill + 0.7)) / (kills + 1)));
  const told = setInterval(() => {
    if (isThere("progress.json"))
      say(
        `  ${seconds(begun)} s ${readFileSync(join(folder, "results", id, "progress.json"), "utf8").replaceAll(/\s+/g, " ")}`,
      );
  }, 15_000);
  await Promise.all(
    Array.from({ length: functionsAtOnce }, () => serve(sandbox.url, () => waiting.length === 0, killAt)),
  );
  clearInterval(told);
  say(`done in ${seconds(begun)} s, ${invocations} invocations`);

  const again = Date.now();
  waiting.push({ message: object, isTaken: false });
  await serve(sandbox.url, () => waiting.length === 0, []);
  say(`the same object again: ${seconds(again)} s, a process's start included`);

  const seen = new Set<number>();
  let lines = 0;
  for await (const line of createInterface(
    createReadStream(join(folder, "results", id, "accepted.ndjson")),
  )) {
    lines += 1;
    seen.add((JSON.parse(line) as { row: number }).row);
  }
  const people = new Set(sandbox.users().map(({ externalId }) => externalId));
  say(`results ${lines}, different rows ${seen.size}, in the ledger ${rowOutcomes.size}`);
  say(`people at Authing ${sandbox.users().length}, different ${people.size}`);
  say(`most memory: ${[...peaks].map(([kind, peak]) => `${kind} ${peak.toFixed(0)} MB`).join(", ")}`);
  say(await readFile(join(folder, "results", id, "summary.json"), "utf8"));
  if (lines !== count || seen.size !== count || people.size !== count) process.exitCode = 1;
} finally {
  await sandbox.close();
  rmSync(folder, { recursive: true });
}
