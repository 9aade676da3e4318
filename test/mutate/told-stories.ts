import { memoryLedger } from "../memory/ledger.ts";
import { storiesSuite } from "../delivery/stories.ts";

// The stories as they were told, of fewer people and without the network, and each killed once: a second, where every kill takes a minute.

storiesSuite("in memory", memoryLedger, { kills: 1, isSlow: true, direct: true });
