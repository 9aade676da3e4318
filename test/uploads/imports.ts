import { expect } from "vitest";
import type { ApplyMessage, ImportMessage, ImportQueue } from "#lib/contract/import-queue.ts";
import type { ExistingPolicy } from "#lib/contract/policies.ts";
import type { ObjectReference } from "#lib/contract/objects.ts";
import { createPace } from "#lib/delivery/pace.ts";
import { memoryLedger, type MemoryLedger } from "../memory/ledger.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import { applyPreview } from "#lib/uploads/apply-preview.ts";
import { finishImport } from "#lib/uploads/finish.ts";
import { importIdOf } from "#lib/uploads/import-id.ts";
import type { ChunkSize } from "#lib/uploads/cut-into-chunks.ts";
import { planImport, type PlanPorts } from "#lib/uploads/plan.ts";
import { appliedIdOf } from "#lib/uploads/preview.ts";
import type { ImportSummary } from "#lib/uploads/result-files.ts";
import { runChunk, type RunPorts } from "#lib/uploads/run.ts";
import { newObjects, type TestObjects } from "../store.ts";
import {
  undoImport,
  type UndoImportRequest,
  type UndonePage,
  type UndoneRow,
} from "#lib/uploads/undo/undo.ts";
import { virtualClock, type VirtualClock } from "#infra/prove/clock.ts";
import { directPool } from "#infra/prove/pool.ts";
import { lives, type Lives } from "#infra/prove/lives.ts";
import { accessKey, day } from "../delivery/world.ts";
import type { Pool } from "#infra/prove/world.ts";
import { uploadPorts } from "./upload-ports.ts";

// The environment of imports, in virtual time: queues that deliver each message again until it is acknowledged, Authing's sandbox,
// a ledger and a bucket that persist, and functions that may die.

export interface ImportsOptions {
  readonly chunkSize: ChunkSize;
  /** The time of an invocation, in milliseconds. */
  readonly invocationMilliseconds?: number;
  readonly callsPerSecond?: number;
  /** Default `keep`. */
  readonly existing?: ExistingPolicy;
  /** Keys of encrypted files. */
  readonly keys?: PlanPorts["reading"]["keys"];
  /** Replaces some of the ports, e.g. with a ledger that fails or a queue that records. */
  readonly around?: (ports: OuterPorts) => Partial<OuterPorts>;
}

/** The state that persists between functions. */
interface OuterPorts {
  readonly ledger: MemoryLedger;
  readonly objects: TestObjects;
  readonly queue: ImportQueue;
}

export interface Imports {
  readonly clock: VirtualClock;
  readonly ledger: MemoryLedger;
  readonly objects: TestObjects;
  readonly pool: Pool;
  readonly lives: Lives;
  /** Messages of the log, with their fields. */
  readonly log: readonly (readonly [message: string, fields: Readonly<Record<string, unknown>>])[];
  /** Metrics of the log, one entry for each line that has metrics. */
  readonly metrics: readonly Readonly<Record<string, number>>[];
  /** Puts a file into the bucket and queues its notification, `times` times, without waiting. Returns the import's id. */
  upload(
    folder: "others" | "users" | "otp" | `users/${string}` | `otp/${string}`,
    name: string,
    text: string | Uint8Array,
    times?: number,
  ): string;
  /** Puts a file into the bucket for a preview, as `upload` does for an import. */
  preview(folder: "users" | "otp" | `users/${string}`, name: string, text: string | Uint8Array): string;
  /** Queues a preview to be carried out. Returns the id of the import that does it. */
  apply(preview: string): string;
  /** Takes an import back, page by page, from the beginning again when it dies. Returns the rows of all pages. */
  undo(id: string, how: Partial<UndoImportRequest>): Promise<readonly UndoneRow[]>;
  /** Queues the notification of an uploaded file again. */
  tellAgain(id: string): void;
  /** Queues a message that was queued before. */
  send(message: ImportMessage): void;
  /** Runs functions until no message is left, also when some of them die. `between` runs before each round. */
  settle(between?: (round: number) => void): Promise<void>;
  /** The results of an import. */
  results(id: string): {
    readonly summary: ImportSummary;
    readonly accepted: readonly { readonly row: string; readonly outcome: string }[];
    readonly rejected: string;
  };
}

type Waiting = { readonly message: ImportMessage | ApplyMessage | ObjectReference; visibleAt: number };

/** The value of infra/aws/queues.yml. */
const invisibleMilliseconds = 960_000;
const functionsAtOnce = 3;
const maxRounds = 2_000;

export function openImports({
  chunkSize,
  invocationMilliseconds = 890_000,
  callsPerSecond = 1000,
  existing = "keep",
  keys = uploadPorts.reading.keys,
  around = () => ({}),
}: ImportsOptions): Imports {
  const clock = virtualClock(day);
  const mortals = lives();
  const pool = directPool(clock, {});
  const uploaded = new Map<string, ObjectReference>();
  const log: [string, object][] = [];
  const metrics: Readonly<Record<string, number>>[] = [];
  const line = (message: string, fields: object = {}, counted?: Readonly<Record<string, number>>) => {
    log.push([message, fields]);
    if (counted) metrics.push(counted);
  };
  const waiting: Waiting[] = [];
  const lasting: OuterPorts = {
    ledger: memoryLedger(clock.now),
    objects: newObjects(),
    queue: {
      async send(messages) {
        for (const message of messages) waiting.push({ message, visibleAt: 0 });
      },
    },
  };
  const { ledger, objects, queue } = { ...lasting, ...around(lasting) };
  let invocations = 0;
  let current = process();

  function process(): RunPorts & PlanPorts {
    const secrets = secretReader(async () => ({ current: accessKey }), clock.now);
    return {
      ledger: mortals.wrap(ledger),
      objects: mortals.wrap(objects),
      queue: mortals.wrap(queue),
      authing: mortals.wrap(pool.connect(secrets)),
      clock,
      pace: createPace({ clock, maxPerSecond: callsPerSecond, startPerSecond: Math.min(50, callsPerSecond) }),
      leavePolicy: () => "resign",
      rehirePolicy: () => "reactivate",
      otpPolicy: "import",
      ...uploadPorts,
      reading: { ...uploadPorts.reading, keys },
      existing,
      sources: ["bamboohr", "okta"],
      log: { info: line, warn: line, error: line },
    };
  }

  function work(message: Waiting["message"]): Promise<"done" | "later"> {
    invocations += 1;
    const run = { owner: `invocation-${invocations}`, deadline: clock.now() + invocationMilliseconds };
    if (!("kind" in message)) return planImport(message, current, run, { chunkSize });
    if (message.kind === "apply") return applyPreview(message, current, run, { chunkSize });
    return message.kind === "chunk" ? runChunk(message, current, run) : finishImport(message, current, run);
  }

  /** A message is acknowledged by the answer of its function. */
  async function invoke(message: Waiting["message"]): Promise<"done" | "later" | undefined> {
    const worked = mortals.outlive(work(message).catch(() => "later" as const));
    const result = await worked;
    return result && mortals.outlive(mortals.through(async () => result));
  }

  return {
    clock,
    ledger,
    objects,
    pool,
    lives: mortals,
    log: log as Imports["log"],
    metrics,
    upload(folder, name, text, times = 1) {
      const object = objects.put(`incoming/${folder}/${name}`, Buffer.from(text), "text/csv");
      uploaded.set(importIdOf(object), object);
      for (let time = 0; time < times; time += 1) waiting.push({ message: object, visibleAt: 0 });
      return importIdOf(object);
    },
    preview(folder, name, text) {
      const object = objects.put(`plan/${folder}/${name}`, Buffer.from(text), "text/csv");
      waiting.push({ message: object, visibleAt: 0 });
      return importIdOf(object);
    },
    apply(preview) {
      const { bucket } = objects.put("unused", Buffer.alloc(0), "text/plain");
      waiting.push({ message: { kind: "apply", bucket, import: preview }, visibleAt: 0 });
      const bytes = objects.get(`results/${preview}/summary.json`)?.bytes.toString() ?? "";
      return appliedIdOf((JSON.parse(bytes) as ImportSummary).object, bucket);
    },
    async undo(id, how) {
      const request = {
        operation: "undo-import",
        import: id,
        mode: "apply",
        deletes: false,
        after: 0,
      } as const;
      const { bucket } = objects.put("unused", Buffer.alloc(0), "text/plain");
      let rows: UndoneRow[] = [];
      for (let after: number | undefined = 0; after !== undefined;) {
        const run = { owner: `operator-${mortals.deaths}`, deadline: clock.now() + invocationMilliseconds };
        const ask: UndoImportRequest = { ...request, ...how, after };
        const page: UndonePage | undefined = await mortals.outlive(
          undoImport(ask, { ...current, bucket }, run),
        );
        if (!page) {
          // The operator begins again, once the leases of the process that died have ended.
          mortals.begin();
          current = process();
          await clock.wait(invisibleMilliseconds);
          rows = [];
        } else rows.push(...page.rows);
        after = page ? page.next : 0;
      }
      return rows;
    },
    tellAgain(id) {
      const object = uploaded.get(id);
      if (object) waiting.push({ message: object, visibleAt: 0 });
    },
    send(message) {
      waiting.push({ message, visibleAt: 0 });
    },
    async settle(between = () => {}) {
      for (let round = 0; waiting.length > 0; round += 1) {
        if (round > maxRounds) throw new Error("this never ends");
        between(round);
        const visible = waiting.filter(({ visibleAt }) => visibleAt <= clock.now()).slice(0, functionsAtOnce);
        if (visible.length === 0) {
          await clock.wait(Math.min(...waiting.map(({ visibleAt }) => visibleAt)) - clock.now());
          continue;
        }
        const answers = await Promise.all(visible.map(({ message }) => invoke(message)));
        if (answers.includes(undefined)) {
          mortals.begin();
          current = process();
        }
        for (const [index, each] of visible.entries()) {
          if (answers[index] === "done") waiting.splice(waiting.indexOf(each), 1);
          else each.visibleAt = clock.now() + invisibleMilliseconds;
        }
      }
    },
    results(id) {
      const text = (file: string) => objects.get(`results/${id}/${file}`)?.bytes.toString() ?? "";
      return {
        summary: JSON.parse(text("summary.json")) as ImportSummary,
        accepted: text("accepted.ndjson")
          .split("\n")
          .flatMap((entry) => (entry === "" ? [] : JSON.parse(entry))),
        rejected: text("rejected.csv") || text("rejected.ndjson"),
      };
    },
  };
}

/** Checks that only the results of an import remain. */
export function expectTidy(run: Imports, id: string): void {
  expect(run.objects.keys(`results/${id}/`)).toEqual(
    ["accepted.ndjson", "progress.json", rejectedName(id), "report.html", "summary.json"].map(
      (file) => `results/${id}/${file}`,
    ),
  );
  expect(run.objects.keys("rows/")).toEqual([]);
}

const rejectedName = (id: string) => (/\.(?:nd)?json/.test(id) ? "rejected.ndjson" : "rejected.csv");

export const handOvers = (run: Imports): number =>
  run.log.filter(([message]) => message === "chunk handed over").length;
