import { memoryLedger } from "../memory/ledger.ts";
import { storiesSuite } from "../delivery/stories.ts";

// The stories as they were told, and each killed a few times: seconds, where every kill takes a minute.

storiesSuite("in memory", memoryLedger, { kills: 1 });
