import { memoryLedger } from "#infra/local/ledger.ts";
import { storiesSuite } from "./stories.ts";

storiesSuite("in memory", memoryLedger);
