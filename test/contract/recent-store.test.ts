import { temporaryDatabase } from "#infra/store/database.ts";
import { storeLedger } from "#infra/store/ledger.ts";
import { storeParked } from "#infra/store/parked.ts";
import { rememberRecent } from "#infra/store/recent.ts";
import type { Log } from "#lib/contract/log.ts";
import { recentMessages, type RecentEvent } from "#lib/contract/recent.ts";
import { recordAt } from "./ledger-records.ts";
import { recentSuite } from "./recent.ts";

const silent: Log = { info() {}, warn() {}, error() {} };

recentSuite("in SQLite", async () => {
  const database = temporaryDatabase();
  let now = 0;
  const ledger = storeLedger(database);
  const parked = storeParked(database, () => now);
  const { log, recent } = rememberRecent(silent, database, () => now || Date.now());

  async function remember(event: RecentEvent, type: string): Promise<void> {
    const { at, source, id, outcome, reason, field, dueAt, milliseconds = 0 } = event;
    now = Date.parse(at);
    const codes = { ...(reason !== undefined && { reason }), ...(field !== undefined && { field }) };
    const reception = { receivedAt: new Date(now - milliseconds).toISOString(), proof: "none" };
    if (outcome === "retried") log.warn(recentMessages.retried, { source, event: id, ...codes });
    else if (outcome === "waiting") {
      await parked.keep({
        kind: outcome,
        message: {
          kind: "event",
          source,
          event: { id, subject: "00u1", type, occurredAt: at, payload: { name: "张三" } },
          reception,
        },
        ledgerId: id,
        reason: reason ?? "",
        attempts: 1,
        since: reception.receivedAt,
        ...(dueAt !== undefined && { dueAt }),
      });
    } else {
      const decided = { source, id, type, outcome: { kind: outcome, ...codes } };
      await ledger.settle([recordAt(now, { ...decided, receivedAt: reception.receivedAt })], 3600);
    }
    now = 0;
  }

  return {
    recent,
    async happens(happening) {
      if (happening.kind === "event") return remember(happening.event, "user.lifecycle.create");
      if (happening.kind === "file") return remember(happening.event, "import");
      const { at } = happening;
      if (happening.kind === "row") {
        const id = `${happening.import}/line 7`;
        return remember({ at, source: "uploads", id, outcome: "accepted" }, "row");
      }
      now = Date.parse(at);
      log.info(recentMessages.delivered, { source: happening.source, ping: happening.isPing });
      now = 0;
    },
  };
});
