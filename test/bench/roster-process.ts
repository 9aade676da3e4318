import { temporaryDatabase } from "#infra/store/database.ts";
import { storeLedger } from "#infra/store/ledger.ts";
import { storeParked } from "#infra/store/parked.ts";
import { folderObjects } from "./folder-objects.ts";
import { tellOfPeople, unchangedRoster } from "./unchanged-roster.ts";

// A process of its own: a run over unchanged people. The ledger is SQLite. Writes its costs as JSON.
// node roster-process.mjs <people> <folder>

const people = Number(process.argv[2]);
const folder = process.argv[3] ?? "";
const database = temporaryDatabase();
const ledger = storeLedger(database);
await tellOfPeople(people, ledger);
// The parts of the run are in files, so that the memory is that of the run.
const ports = { ledger, objects: folderObjects(folder), parked: storeParked(database) };
const roster = unchangedRoster(people, ports);

globalThis.gc?.();
const before = { heap: process.memoryUsage().rss, cpu: process.cpuUsage(), at: Date.now() };
let peak = before.heap;
const look = () => (peak = Math.max(peak, process.memoryUsage().rss));
const watch = setInterval(look, 20);
await roster.run(look);
clearInterval(watch);
const { user, system } = process.cpuUsage(before.cpu);
const thousands = people / 1_000;
process.stdout.write(
  `${JSON.stringify({
    "CPU ms per 1,000": (user + system) / 1_000 / thousands,
    "ms per 1,000": (Date.now() - before.at) / thousands,
    "calls per 1,000": roster.calls() / thousands,
    "MB more at its peak": (peak - before.heap) / 1_048_576,
  })}\n`,
);
