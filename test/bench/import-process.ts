import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { createAuthingClient } from "#lib/authing/client.ts";
import { createPace } from "#lib/delivery/pace.ts";
import type { Ledger } from "#lib/contract/ledger.ts";
import type { ImportMessage, ImportQueue } from "#lib/contract/import-queue.ts";
import type { ObjectReference } from "#lib/contract/objects.ts";
import { finishImport } from "#lib/uploads/finish.ts";
import { planImport, type PlanPorts } from "#lib/uploads/plan.ts";
import { runChunk, type RunPorts } from "#lib/uploads/run.ts";
import { uploadPorts } from "../uploads/upload-ports.ts";
import { folderObjects } from "./folder-objects.ts";

// One function of an import in a process of its own, which the benchmark measures and kills. Objects are files; the ledger and the
// queue are those of the process that started it.
// node import-process.ts <folder> <host of the sandbox> <milliseconds of an invocation> <most calls per second>

const [folder = "", host = "", milliseconds = "0", callsPerSecond = "1000"] = process.argv.slice(2);
let asked = 0;
const answers = new Map<number, (value: unknown) => void>();

function ask(port: string, name: string, given: readonly unknown[]): Promise<unknown> {
  asked += 1;
  process.send?.({ id: asked, port, name, given });
  return new Promise((resolve) => answers.set(asked, resolve));
}
const remote = <Port extends object>(port: string) =>
  new Proxy({} as Port, {
    get:
      (_, name) =>
      (...given: unknown[]) =>
        ask(port, String(name), given),
  });

const objects = folderObjects(folder);

const silent = () => {};
const clock = { now: Date.now, wait: (time: number) => wait(time), random: Math.random };
const accessKey = JSON.parse(await readFile(join(folder, "access-key.json"), "utf8"));
const ledgerOf = remote<Ledger>("ledger");
const ledger: Ledger = {
  claim: ledgerOf.claim,
  release: ledgerOf.release,
  lockPerson: ledgerOf.lockPerson,
  reopen: ledgerOf.reopen,
  settle: ledgerOf.settle,
  subject: ledgerOf.subject,
  tell: ledgerOf.tell,
  countSubjects: ledgerOf.countSubjects,
  countDeparture: ledgerOf.countDeparture,
  firstDepartures: ledgerOf.firstDepartures,
  person: ledgerOf.person,
  people: ledgerOf.people,
  recordPeople: ledgerOf.recordPeople,
  renamePerson: ledgerOf.renamePerson,
  subjectsOf: ledgerOf.subjectsOf,
  subjects: ledgerOf.subjects,
  pausedSince: ledgerOf.pausedSince,
  pause: ledgerOf.pause,
  cursor: ledgerOf.cursor,
  moveCursor: ledgerOf.moveCursor,
  finishChunk: async (...given) => new Set((await ask("ledger", "finishChunk", given)) as number[]),
  finishedChunks: async (...given) => new Set((await ask("ledger", "finishedChunks", given)) as number[]),
  event: ledgerOf.event,
  events: ledgerOf.events,
};
const ports: RunPorts & PlanPorts = {
  ledger,
  objects,
  queue: remote<ImportQueue>("queue"),
  authing: createAuthingClient({ host, credentials: async () => accessKey }),
  clock,
  pace: createPace({ clock, maxPerSecond: Number(callsPerSecond), startPerSecond: 50 }),
  leavePolicy: () => "resign",
  rehirePolicy: () => "reactivate",
  otpPolicy: "import",
  ...uploadPorts,
  sources: [],
  log: { info: silent, warn: silent, error: silent },
};

process.on("message", (message: { id: number; value?: unknown; work?: ImportMessage | ObjectReference }) => {
  const { id, value, work } = message;
  if (work === undefined) {
    answers.get(id)?.(value);
    answers.delete(id);
    return;
  }
  const run = { owner: `${process.pid}-${id}`, deadline: Date.now() + Number(milliseconds) };
  const worked = !("kind" in work)
    ? planImport(work, ports, run)
    : work.kind === "chunk"
      ? runChunk(work, ports, run)
      : finishImport(work, ports, run);
  void worked.then(
    (result) => process.send?.({ id, result }),
    (error: Error) => process.send?.({ id, result: "later", error: error.message }),
  );
});
process.send?.({ ready: true });
await once(process, "disconnect");
process.exit();
