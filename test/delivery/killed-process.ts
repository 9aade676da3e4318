import { setTimeout as wait } from "node:timers/promises";
import { createAuthingClient } from "#lib/authing/client.ts";
import { apply } from "#lib/pipeline/apply.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import { openDatabase } from "#infra/store/database.ts";
import { storeLedger } from "#infra/store/ledger.ts";
import { storeParked } from "#infra/store/parked.ts";
import { append, linesOf } from "./journal.ts";
import { accessKey, portsOf, type Message } from "./world.ts";

// A process of its own, to be killed: works on the messages of a folder until all are acknowledged.
// node killed-process.ts <folder> <host of the sandbox> <how far its clock is ahead, in milliseconds>

const [folder = "", host = "", ahead = "0"] = process.argv.slice(2);
const now = () => Date.now() + Number(ahead);
const messages = JSON.parse(linesOf(`${folder}/messages`)[0] ?? "[]") as Message[];
const acknowledged = new Set(linesOf(`${folder}/acknowledged`).map(Number));
const silent = () => {};
const database = openDatabase(`${folder}/store`);

const ports = portsOf({
  ledger: storeLedger(database, now),
  parked: storeParked(database),
  events: { send: async () => {} },
  peoplePolicy: () => "own",
  authing: createAuthingClient({ host, credentials: async () => accessKey, now, timeoutSeconds: 1 }),
  secrets: secretReader(async () => ({ current: accessKey }), now),
  clock: { now, wait: (milliseconds) => wait(milliseconds), random: Math.random },
  leavePolicy: () => "resign",
  rehirePolicy: () => "reactivate",
  otpPolicy: "import",
  isMended: () => true,
  log: { info: silent, warn: silent, error: silent },
});

for (let invocation = 0; acknowledged.size < messages.length; invocation += 1) {
  const firsts = new Map<string, number>();
  for (const [index, { event }] of messages.entries())
    if (!acknowledged.has(index) && !firsts.has(event.subject)) firsts.set(event.subject, index);
  const batch = [...firsts.values()].slice(0, 10);
  const applied = await apply(
    batch.flatMap((index) => messages[index] ?? []),
    ports,
    { owner: `${process.pid}-${invocation}`, deadline: now() + 57_000 },
  );
  for (const [position, index] of batch.entries()) {
    if (applied[position]?.state !== "done") continue;
    append(`${folder}/acknowledged`, index);
    acknowledged.add(index);
  }
}
process.exit(0);
