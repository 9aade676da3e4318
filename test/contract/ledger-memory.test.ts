import { memoryLedger } from "../memory/ledger.ts";
import { ledgerSuite } from "./ledger.ts";

ledgerSuite("in memory", memoryLedger);
