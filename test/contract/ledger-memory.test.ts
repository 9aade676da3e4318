import { memoryLedger } from "#infra/local/ledger.ts";
import { ledgerSuite } from "./ledger.ts";

ledgerSuite("in memory", memoryLedger);
