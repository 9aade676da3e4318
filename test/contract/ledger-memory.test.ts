import { memoryLedger } from "#lib/ledger/memory.ts";
import { ledgerSuite } from "./ledger.ts";

ledgerSuite("in memory", memoryLedger);
