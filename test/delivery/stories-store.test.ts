import { temporaryDatabase } from "#infra/store/database.ts";
import { storeLedger } from "#infra/store/ledger.ts";
import { storeParked } from "#infra/store/parked.ts";
import { storiesSuite } from "./stories.ts";

// Each story is killed at eight of its steps; with the ledger in memory, which keeps the same promises, at every one.
storiesSuite("in SQLite", (now) => storeLedger(temporaryDatabase(), now), {
  kills: 8,
  makeParked: () => storeParked(temporaryDatabase()),
});
