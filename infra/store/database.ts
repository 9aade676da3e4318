import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { InboundError } from "#lib/contract/errors.ts";
import { openSqlite, type Database } from "./sqlite.ts";

// The tables of the store. Ids of senders have every character, half of a surrogate pair included, which SQLite's text cannot hold:
// columns marked "key" hold `keyOf` an id. Times are milliseconds since 1970.

/** Each entry leads from one version to the next. An entry never changes once it was released: stores of that version exist. */
const migrations = [
  `
  CREATE TABLE settings (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);
  CREATE TABLE events (
    source TEXT NOT NULL,
    id TEXT NOT NULL,              -- key
    owner TEXT,
    lease_ends_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    record TEXT,                   -- JSON, once the outcome is recorded; with it the three below
    person TEXT,                   -- key of its externalId
    settled INTEGER,               -- counts the outcomes: the newest is the highest
    expires_at INTEGER,
    PRIMARY KEY (source, id)
  );
  CREATE INDEX events_by_person ON events (person, settled) WHERE person IS NOT NULL;
  CREATE INDEX events_by_settled ON events (settled) WHERE settled IS NOT NULL;
  CREATE INDEX events_by_expiry ON events (expires_at) WHERE expires_at IS NOT NULL;
  CREATE TABLE subjects (source TEXT NOT NULL, subject TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (source, subject));
  CREATE TABLE people (id TEXT NOT NULL PRIMARY KEY, record TEXT NOT NULL);
  CREATE TABLE departures (
    source TEXT NOT NULL,
    id TEXT NOT NULL,              -- key
    at INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (source, id)
  );
  CREATE INDEX departures_by_time ON departures (source, at);
  CREATE TABLE chunks (import TEXT NOT NULL PRIMARY KEY, done TEXT NOT NULL, expires_at INTEGER NOT NULL);
  CREATE TABLE sources (source TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (source, name));

  CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    queue TEXT NOT NULL,
    lane TEXT NOT NULL,            -- key of its group
    body TEXT NOT NULL,            -- JSON
    sent_at INTEGER NOT NULL,
    visible_at INTEGER NOT NULL,
    receives INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'taken', 'dead'))
  );
  CREATE INDEX messages_by_time ON messages (queue, state, visible_at, id);
  CREATE INDEX messages_by_lane ON messages (queue, lane, id);

  CREATE TABLE objects (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL,
    version TEXT NOT NULL,
    content_type TEXT NOT NULL,
    etag TEXT NOT NULL,
    size INTEGER NOT NULL,
    written_at INTEGER NOT NULL,
    replaced_at INTEGER,
    state TEXT NOT NULL CHECK (state IN ('unfinished', 'whole', 'removed'))
  );
  CREATE INDEX objects_by_key ON objects (key, state, id);
  CREATE TABLE object_parts (
    object INTEGER NOT NULL,
    number INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (object, number)
  ) WITHOUT ROWID;

  CREATE TABLE parked (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    source TEXT NOT NULL,
    hash TEXT NOT NULL,            -- of the id under which the ledger knows it
    kept_at INTEGER NOT NULL,
    due_at INTEGER,
    message TEXT NOT NULL,         -- JSON
    UNIQUE (kind, source, hash)
  );
  CREATE INDEX parked_by_due ON parked (due_at, place) WHERE due_at IS NOT NULL;

  CREATE TABLE refusals (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, refusal TEXT NOT NULL);
  CREATE TABLE enrolments (source TEXT NOT NULL PRIMARY KEY, kept_at INTEGER NOT NULL, enrolment TEXT NOT NULL);
  `,
  `
  CREATE TABLE deliveries (
    source TEXT NOT NULL,
    second INTEGER NOT NULL,       -- when they were accepted, in seconds since 1970
    count INTEGER NOT NULL,
    PRIMARY KEY (source, second)
  );
  CREATE INDEX deliveries_by_time ON deliveries (second);
  -- Without the rows of files, of which there may be millions.
  CREATE INDEX events_by_time ON events (json_extract(record, '$.settledAt'), settled)
    WHERE record IS NOT NULL AND (source <> 'uploads' OR instr(id, '/') = 0);
  CREATE INDEX parked_by_kind ON parked (kind, kept_at);
  `,
  // Of the lock of a person: JSON.
  "ALTER TABLE events ADD COLUMN begun TEXT",
];

/** Text for a column that is a key: the id itself, with everything that SQLite's text cannot hold escaped, and different for different ids. */
export const keyOf = (id: string): string => JSON.stringify(id).slice(1, -1);

/** The id of a key. */
export const idOfKey = (key: string): string => JSON.parse(`"${key}"`) as string;

/** A database of this process alone, empty, and gone when the process ends. */
export const temporaryDatabase = (): Database => migrated(openSqlite(""), "");

/**
 * Opens the database of a store, and makes it where there is none. Only its owner can read the folder: queued and parked messages are
 * about people.
 *
 * Throws `misconfigured`: `store-in-use` where another process works with it, `store-newer` where a newer version of the code has
 * written it; `unavailable` `store-unreachable` where the disk does not work.
 */
export function openDatabase(folder: string): Database {
  const path = join(folder, "store.db");
  if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o700);
  try {
    const database = openSqlite(path);
    chmodSync(path, 0o600);
    return migrated(database, folder);
  } catch (error) {
    if (!(error instanceof InboundError && error.reason === "store-in-use")) throw error;
    throw new InboundError("misconfigured", "store-in-use", {
      path: folder,
      hint: "another process works with it: end that one first, or name another folder",
      cause: error,
    });
  }
}

function migrated(database: Database, folder: string): Database {
  const { user_version: version } = database.one<{ user_version: number }>("PRAGMA user_version") ?? {
    user_version: 0,
  };
  if (version > migrations.length) {
    database.close();
    throw new InboundError("misconfigured", "store-newer", {
      path: folder,
      hint: "a newer version of the code has written it: use that version, or restore a backup",
    });
  }
  for (const [index, migration] of migrations.entries()) {
    if (index < version) continue;
    database.atomic(() => database.exec(`${migration}; PRAGMA user_version = ${index + 1}`));
  }
  return database;
}
