import { temporaryDatabase } from "#infra/store/database.ts";
import { storeParked } from "#infra/store/parked.ts";
import { parkedSuite } from "./parked.ts";

parkedSuite("in SQLite", () => storeParked(temporaryDatabase()));
