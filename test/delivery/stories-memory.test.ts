import { memoryLedger } from "../memory/ledger.ts";
import { storiesSuite } from "./stories.ts";

storiesSuite("in memory", memoryLedger);
