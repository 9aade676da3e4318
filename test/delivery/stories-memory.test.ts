import { memoryLedger } from "#lib/ledger/memory.ts";
import { storiesSuite } from "./stories.ts";

storiesSuite("in memory", memoryLedger);
