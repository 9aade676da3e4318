import { randomBytes } from "node:crypto";
import { InboundError } from "#lib/contract/errors.ts";
import type { Parked } from "#lib/contract/parked.ts";
import { openDatabase, temporaryDatabase } from "./database.ts";
import { storeEnrolments, type StoreEnrolments } from "./enrolments.ts";
import { endLeases, storeLedger, type StoreLedger } from "./ledger.ts";
import { giveBackTaken, reviveDead } from "./messages.ts";
import { removeLeftovers, storeObjects, type StoreObjects } from "./objects.ts";
import { storeParked } from "./parked.ts";
import type { Database } from "./sqlite.ts";
import { sweep, type Retention } from "./sweep.ts";

/** Everything that one machine has to remember, in one file. */
export interface Store {
  /** For the queues and the log of refusals, which need more than a database. */
  readonly database: Database;
  readonly ledger: StoreLedger;
  readonly objects: StoreObjects;
  readonly parked: Parked;
  readonly enrolments: StoreEnrolments;
  /**
   * Notes which Authing the accounts of the ledger are at, the first time. Throws `misconfigured` `store-of-another-authing` where it
   * is another one: the ledger would take accounts for created that are not there.
   */
  belongTo(authingHost: string): void;
  /** The key of the digests of fields, made the first time: it is of use only beside the ledger. */
  digestKey(): string;
  /** Returns dead messages to their queues; resolves to how many. */
  reviveDead(): number;
  /** Deletes what has expired. */
  sweep(retention: Retention): Promise<void>;
  /** Ends the use of the file: from then on another process may open it. */
  close(): void;
}

/** A store that ends with this process, however it ends. */
export const temporaryStore = (): Store => storeOf(temporaryDatabase(), Date.now);

/**
 * Opens the store in a folder, and makes it where there is none. What a process that was killed had in work goes on.
 *
 * @param callSeconds how long a call of Authing may take: for so long a call that the process before had sent may still arrive, and no
 *   worker may take over what it was about.
 *
 * @param now milliseconds since 1970. Default: the clock of this machine.
 *
 * Throws as `openDatabase` does.
 */
export async function openStore(
  folder: string,
  { callSeconds, now = Date.now }: { readonly callSeconds: number; readonly now?: () => number },
): Promise<Store> {
  const database = openDatabase(folder);
  const callsAreOver = now() + callSeconds * 1000;
  endLeases(database, callsAreOver);
  giveBackTaken(database, callsAreOver);
  await removeLeftovers(database);
  return storeOf(database, now);
}

/** A setting of the store, which is noted the first time. */
function settingOf(database: Database, name: "authing" | "digest-key", first: string): string {
  database.run("INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING", name, first);
  return database.one<{ value: string }>("SELECT value FROM settings WHERE name = ?", name)?.value ?? first;
}

function storeOf(database: Database, now: () => number): Store {
  return {
    database,
    ledger: storeLedger(database, now),
    objects: storeObjects(database, now),
    parked: storeParked(database, now),
    enrolments: storeEnrolments(database, now),
    belongTo(authingHost) {
      const noted = settingOf(database, "authing", authingHost);
      if (noted === authingHost) return;
      throw new InboundError("misconfigured", "store-of-another-authing", {
        hint: `the store knows the accounts at ${noted}, not those at ${authingHost}: name another folder`,
      });
    },
    digestKey: () => settingOf(database, "digest-key", randomBytes(32).toString("base64url")),
    reviveDead: () => reviveDead(database, now()),
    sweep: (retention) => sweep(database, { ...retention, now: now() }),
    close: () => database.close(),
  };
}
