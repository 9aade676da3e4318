import { temporaryDatabase } from "#infra/store/database.ts";
import { storeLedger } from "#infra/store/ledger.ts";
import { ledgerSuite } from "./ledger.ts";

ledgerSuite("in SQLite", (now) => storeLedger(temporaryDatabase(), now));
