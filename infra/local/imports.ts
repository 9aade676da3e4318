import { createHash, randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { Config } from "#lib/config.ts";
import type { Clock } from "#lib/contract/clock.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { Log } from "#lib/contract/log.ts";
import type { ObjectStore } from "#lib/contract/objects.ts";
import type { LoadSecret } from "#lib/contract/secrets.ts";
import type { UploadKindName } from "#lib/layouts/layout.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import { applyPreview } from "#lib/uploads/apply-preview.ts";
import type { DeliveredRow } from "#lib/uploads/deliver-rows.ts";
import { finishImport } from "#lib/uploads/finish.ts";
import { importFolder, importIdOf } from "#lib/uploads/import-id.ts";
import { readPlan } from "#lib/uploads/import-plan.ts";
import { planImport, type PlanPorts } from "#lib/uploads/plan.ts";
import { appliedIdOf, readPreview } from "#lib/uploads/preview.ts";
import type { ImportSummary } from "#lib/uploads/result-files.ts";
import { rowsDecided } from "#lib/uploads/rows-decided.ts";
import type { SampleRow } from "#lib/uploads/sample.ts";
import { readStored } from "#lib/uploads/stored-objects.ts";
import { runChunk, type RunPorts } from "#lib/uploads/run.ts";
import { undoImport, type UndoImportRequest, type UndonePage } from "#lib/uploads/undo/undo.ts";
import { connectAuthing } from "#lib/wiring/authing.ts";
import { deliverySettings } from "#lib/wiring/delivery-settings.ts";
import { uploadSettings } from "#lib/wiring/upload-settings.ts";
import { localBucket, type StoreObjects } from "#infra/store/objects.ts";
import { openStore } from "#infra/store/store.ts";
import { diskFile, withDiskFile, type DiskFile } from "./disk-file.ts";
import { importWork } from "./import-work.ts";

export interface LaptopFile {
  readonly file: DiskFile;
  /** The name of the file without its folder. */
  readonly name: string;
  readonly kind: UploadKindName;
  readonly source: string | undefined;
}

/** How far an import is. */
export interface ImportWatch {
  /** A run begins: rows in all, and how many of them are decided since before. `rejected`, of those, is absent where it is not known yet. */
  begins(rows: number, decided: number, rejected?: number): void;
  decided(rows: number, rejected?: number): void;
  /** A step is tried again, for this reason. */
  stuck(reason: string): void;
  /** The run has ended, early or not. */
  ends(): void;
}

export interface LaptopImports {
  /** The preview of this file whose import has begun and has not ended. */
  begun(given: LaptopFile): Promise<string | undefined>;
  /** Previews a file. Resolves to `undefined` when it was told to stop before the end. */
  preview(given: LaptopFile): Promise<ImportSummary | undefined>;
  /**
   * Carries a preview out, or goes on with it. Resolves to `undefined` when it was told to stop before the end, to the same summary once it has ended.
   *
   * @throws InboundError `malformed`: `preview-unknown`, `settings-changed-since-preview`, `file-changed-since-preview`.
   */
  apply(preview: string): Promise<ImportSummary | undefined>;
  /** Takes an import back, some rows at a call. */
  undo(request: UndoImportRequest): Promise<UndonePage>;
  /** The file that a preview or an import is of. */
  pathOf(id: string): Promise<string | undefined>;
  /** The first rows of a preview. */
  sample(id: string): Promise<readonly SampleRow[]>;
  /** The names of the results of an import, `summary.json` last. */
  results(id: string): readonly string[];
  result(id: string, name: string): Promise<AsyncIterable<Uint8Array>>;
  close(): void;
}

export interface LaptopImportsOptions {
  readonly config: Config;
  readonly loadSecret: LoadSecret;
  /** The folder of what this machine remembers of a user pool. */
  readonly folder: string;
  readonly stop: AbortSignal;
  readonly watch: ImportWatch;
  readonly log: Log;
}

/** How far the import of a file is, so that the same line goes on with it. */
interface Round {
  readonly round: number;
  readonly preview: string;
  readonly state: "previewing" | "previewed" | "importing" | "finished";
}

/** What is left of a chunk is handed over after this time. */
const stepMilliseconds = 60_000;

/** Imports files of this machine with the engine that runs on AWS, in this process. */
export async function openImports(options: LaptopImportsOptions): Promise<LaptopImports> {
  const { config, folder, stop, watch } = options;
  const store = await openStore(folder, { callSeconds: config.authing.timeoutSeconds });
  await store.sweep(config);
  const clock: Clock = { now: Date.now, wait: (milliseconds) => wait(milliseconds), random: Math.random };
  const secrets = secretReader(options.loadSecret);
  const authing = connectAuthing(config.authing, secrets);
  const settings = { ...deliverySettings(config, clock), ...uploadSettings(config, secrets) };

  const memory = jsonObjects(store.objects);
  const roundKey = ({ file, kind, source }: LaptopFile) =>
    `files/${createHash("sha256")
      .update(JSON.stringify([file.hash, kind, source]))
      .digest("hex")}.json`;
  const pathKey = (id: string) => `paths/${id}.json`;

  /** Runs an import to its end. Resolves to its summary, or to `undefined` when it was told to stop. */
  async function run(
    id: string,
    objects: ObjectStore,
    begin: (ports: PlanPorts) => Promise<"done" | "later">,
  ): Promise<ImportSummary | undefined> {
    const work = importWork({ stop, log: options.log }, watch.stuck);
    const owner = randomUUID();
    let isShown = false;
    const ports: PlanPorts & RunPorts = {
      ...settings,
      authing,
      ledger: store.ledger,
      objects,
      clock,
      log: work.log,
      sources: Object.keys(config.sources),
      isStopping: () => stop.aborted,
      decided(rows: readonly DeliveredRow[]) {
        watch.decided(
          rows.length,
          rows.filter(({ entries }) => entries.some(({ outcome }) => outcome.kind === "rejected")).length,
        );
      },
      queue: {
        async send(messages) {
          for (const message of messages) {
            const deadline = () => Date.now() + stepMilliseconds;
            work.add(() =>
              message.kind === "chunk"
                ? runChunk(message, ports, { owner, deadline: deadline() })
                : finishImport(message, ports, { owner }),
            );
          }
        },
      },
    };
    work.add(async () => {
      const begun = await begin(ports);
      const plan = begun === "done" && !isShown ? await readPlan(objects, localBucket, id) : undefined;
      isShown ||= plan !== undefined;
      if (plan) {
        const { rows, rejected } = await rowsDecided(plan, objects);
        watch.begins(plan.rows, rows, rejected);
      }
      return begun;
    });
    try {
      await work.settle();
    } finally {
      watch.ends();
    }
    return memory.read<ImportSummary>(`${importFolder(id)}/summary.json`);
  }

  return {
    async begun(given) {
      const round = await memory.read<Round>(roundKey(given));
      return round?.state === "importing" ? round.preview : undefined;
    },

    async preview(given) {
      const { file, kind, source, name } = given;
      const before = await memory.read<Round>(roundKey(given));
      // A preview that was cut off goes on; any other was of another moment.
      const round = before?.state === "previewing" ? before.round : (before?.round ?? 0) + 1;
      const key = ["plan", kind, ...(source === undefined ? [] : [source]), name].join("/");
      const object = { bucket: localBucket, key, etag: `${file.hash}.${round}`, size: file.size };
      const preview = importIdOf(object);
      memory.write(pathKey(preview), given);
      memory.write(roundKey(given), { round, preview, state: "previewing" });
      const objects = withDiskFile(store.objects, key, file);
      const summary = await run(preview, objects, (ports) =>
        planImport(object, ports, { owner: randomUUID() }),
      );
      if (summary) memory.write(roundKey(given), { round, preview, state: "previewed" });
      return summary;
    },

    async apply(preview) {
      const given = await memory.read<LaptopFile>(pathKey(preview));
      const message = { kind: "apply", bucket: localBucket, import: preview } as const;
      const { object } = await readPreview(message, { ...settings, objects: store.objects });
      const id = appliedIdOf(object, localBucket);
      const done = await memory.read<ImportSummary>(`${importFolder(id)}/summary.json`);
      if (done || !given) return done;
      const file = await diskFile(given.file.path);
      if (file.hash !== given.file.hash) {
        throw new InboundError("malformed", "file-changed-since-preview", { hint: "preview the file again" });
      }
      const round = (await memory.read<Round>(roundKey(given)))?.round ?? 1;
      memory.write(pathKey(id), given);
      memory.write(roundKey(given), { round, preview, state: "importing" });
      const objects = withDiskFile(store.objects, object.key, file);
      const summary = await run(id, objects, (ports) =>
        applyPreview(message, ports, { owner: randomUUID() }),
      );
      if (summary) memory.write(roundKey(given), { round, preview, state: "finished" });
      return summary;
    },

    undo: (request) =>
      undoImport(
        request,
        {
          ...settings,
          authing,
          ledger: store.ledger,
          objects: store.objects,
          clock,
          log: options.log,
          bucket: localBucket,
        },
        { owner: randomUUID(), deadline: Date.now() + stepMilliseconds },
      ),
    pathOf: async (id) => (await memory.read<LaptopFile>(pathKey(id)))?.file.path,
    sample: async (id) => (await memory.read<SampleRow[]>(`${importFolder(id)}/sample.json`)) ?? [],
    results(id) {
      const folder = `${importFolder(id)}/`;
      const names = store.objects.keys(folder).map((key) => key.slice(folder.length));
      const isResult = (name: string) =>
        !name.includes("/") && name !== "progress.json" && name !== "plan.json";
      return names.filter(isResult).toSorted((one, other) => last(one) - last(other));
    },
    result: (id, name) => store.objects.read({ bucket: localBucket, key: `${importFolder(id)}/${name}` }),
    close: () => store.close(),
  };
}

/** Objects that hold JSON. */
const jsonObjects = (objects: StoreObjects) => ({
  async read<Value>(key: string): Promise<Value | undefined> {
    const bytes = await readStored(objects, localBucket, key);
    return bytes && (JSON.parse(bytes.toString()) as Value);
  },
  write(key: string, value: unknown): void {
    objects.put(key, Buffer.from(JSON.stringify(value)), "application/json");
  },
});

const last = (name: string): number => (name === "summary.json" ? 1 : 0);
