import * as fc from "fast-check";
import type { ApplyMessage, ImportMessage } from "#lib/contract/import-queue.ts";
import type { ObjectReference } from "#lib/contract/objects.ts";
import { finishImport } from "#lib/uploads/finish.ts";
import { importFolder, importIdOf } from "#lib/uploads/import-id.ts";
import { planImport } from "#lib/uploads/plan.ts";
import type { ImportSummary } from "#lib/uploads/result-files.ts";
import { runChunk } from "#lib/uploads/run.ts";
import { readStored } from "#lib/uploads/stored-objects.ts";
import type { Company } from "./company.ts";

// Files between the events: people who are in files alone, and their TOTP secrets, planned, run and finished while ports fail and
// processes end.

/** A file of people, then one of their secrets, after so many portions of events. Each is told to us twice. */
export interface FileStory {
  readonly after: number;
  readonly rows: number;
  readonly rowsInChunk: number;
}

export const fileStory: fc.Arbitrary<FileStory> = fc.record({
  after: fc.nat({ max: 3 }),
  rows: fc.integer({ min: 1, max: 12 }),
  rowsInChunk: fc.integer({ min: 1, max: 6 }),
});

/** Longer than a chunk's lease. */
const againSeconds = 960;
const maxRounds = 500;

const idOfRow = (row: number) => `file-${row}`;
const secretOfRow = (row: number) => `JBSWY3DPEHPK3PXPJBSWY3DPEHPK3P${String.fromCharCode(65 + row)}P`;

/** Imports the files, and resolves to the rules that do not hold afterwards. */
export async function importFiles(company: Company, { rows, rowsInChunk }: FileStory): Promise<string[]> {
  const all = Array.from({ length: rows }, (_, row) => row);
  const people = [
    "externalId,name,email",
    ...all.map((row) => `${idOfRow(row)},张三 ${row},file-${row}@files.example.com`),
  ];
  const secrets = ["externalId,secret", ...all.map((row) => `${idOfRow(row)},${secretOfRow(row)}`)];
  const size = { rows: rowsInChunk, bytes: 1024 * 1024 };
  const broken: string[] = [];
  for (const [kind, lines] of [
    ["users", people],
    ["otp", secrets],
  ] as const) {
    const summary = await importOne(company, `incoming/${kind}/people.csv`, lines.join("\n"), size);
    const ended = (summary?.accepted ?? 0) + (summary?.alreadyDone ?? 0) + (summary?.rejected ?? 0);
    if (summary?.state !== "finished") broken.push(`the file of ${kind} is ${summary?.state ?? "lost"}`);
    if (ended !== rows) broken.push(`${ended} of ${rows} rows of ${kind} have one outcome`);
    if (summary?.rejected !== 0) broken.push(`${summary?.rejected} rows of ${kind} are rejected`);
  }
  const users = company.world.pool.users();
  for (const row of all) {
    const own = users.filter(({ externalId }) => externalId === idOfRow(row));
    const [user] = own;
    if (own.length !== 1 || user?.status !== "Activated")
      broken.push(`${own.length} of ${idOfRow(row)} are there and open`);
    else if (company.world.pool.otpOf(user.userId) !== secretOfRow(row))
      broken.push(`${idOfRow(row)} has no secret`);
  }
  return broken;
}

async function importOne(
  { world }: Company,
  key: string,
  text: string,
  chunkSize: { readonly rows: number; readonly bytes: number },
): Promise<ImportSummary | undefined> {
  const object = world.lasting.store.objects.put(key, Buffer.from(text), "text/csv");
  const id = importIdOf(object);
  type Work = ImportMessage | ApplyMessage | ObjectReference;
  const waiting: { message: Work; visibleAt: number }[] = [];
  const queue = {
    async send(messages: readonly Work[]) {
      for (const message of messages) waiting.push({ message, visibleAt: 0 });
    },
  };
  // S3 may tell of an object twice.
  await queue.send([object, object]);

  const work = (message: Work): Promise<"done" | "later"> => {
    const ports = { ...world.ports, queue: world.lives.wrap(queue), sources: [] };
    const run = world.newRun();
    if (!("kind" in message)) return planImport(message, ports, run, { chunkSize });
    return message.kind === "chunk"
      ? runChunk(message, ports, run)
      : finishImport(message as never, ports, run);
  };
  for (let round = 0; waiting.length > 0; round += 1) {
    if (round > maxRounds) return undefined;
    const next = waiting.toSorted(
      (one, other) => one.visibleAt - other.visibleAt,
    )[0] as (typeof waiting)[number];
    if (next.visibleAt > world.clock.now()) await world.clock.wait(next.visibleAt - world.clock.now());
    const done = await world.alive(() => work(next.message).catch(() => "later" as const));
    if (done === "done") waiting.splice(waiting.indexOf(next), 1);
    else next.visibleAt = world.clock.now() + againSeconds * 1000;
  }
  const summary = await readStored(
    world.lasting.store.objects,
    object.bucket,
    `${importFolder(id)}/summary.json`,
  );
  return summary && (JSON.parse(summary.toString()) as ImportSummary);
}
