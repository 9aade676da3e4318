import type * as sqliteModule from "node:sqlite";
import type { DatabaseSync as Sqlite, SQLInputValue, StatementSync } from "node:sqlite";
import { InboundError } from "#lib/contract/errors.ts";

// SQLite, as all ports of the store use it: short statements that are done at once, each write durable when its call returns.

/** A database of SQLite. Each function throws `unavailable` `store-unreachable` where the disk is full or does not work. */
export interface Database {
  /** The first row, or `undefined`. */
  one<Row>(sql: string, ...values: readonly SQLInputValue[]): Row | undefined;
  /** All rows: the statement bounds them. */
  all<Row>(sql: string, ...values: readonly SQLInputValue[]): Row[];
  /** Resolves to how many rows were written, and the id of the last one that was added. */
  run(sql: string, ...values: readonly SQLInputValue[]): { changes: number; lastId: number };
  /** Does all of the work or, where it throws, nothing. It may stand inside another one. */
  atomic<Result>(work: () => Result): Result;
  exec(sql: string): void;
  close(): void;
}

/** SQLite's primary codes (https://www.sqlite.org/rescode.html). Busy: another process has the file open. */
const busy = 5;
/** Codes of a defect of ours: an error in a statement, a broken constraint, a value of another type, misuse, a parameter out of range. */
const defects: ReadonlySet<number> = new Set([1, 19, 20, 21, 25]);

const { DatabaseSync } = loadSqlite();

/** Node 24 calls its module experimental until 24.15: of all warnings, this one is not printed. */
function loadSqlite(): typeof sqliteModule {
  const { emitWarning } = process;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (!String(warning).startsWith("SQLite is an experimental feature"))
      (emitWarning as (...given: unknown[]) => void)(warning, ...rest);
  };
  try {
    return process.getBuiltinModule("node:sqlite");
  } finally {
    process.emitWarning = emitWarning;
  }
}

/**
 * Opens a database file. An empty path is a database of this process alone: SQLite keeps it in memory as long as it is small, else
 * in a file that has no name, so that nothing of it is left however the process ends.
 *
 * Throws `misconfigured` `store-in-use` where another process has the file open. SQLite holds the lock through the operating system,
 * which releases it when the process ends, also when it was killed.
 */
export function openSqlite(path: string): Database {
  const sqlite = new DatabaseSync(path);
  try {
    // Exclusive before WAL: the lock is held from here on, and SQLite needs no memory that processes share.
    sqlite.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA page_size = 8192");
    sqlite.exec(
      path === ""
        ? // Nothing has to outlive the process.
          "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF"
        : // What was acknowledged is on the disk, also when the power fails. What is deleted is overwritten: it is about people.
          "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON",
    );
    sqlite.exec("PRAGMA foreign_keys = ON; BEGIN IMMEDIATE; COMMIT");
  } catch (error) {
    sqlite.close();
    throw failureOf(error);
  }
  return databaseOf(sqlite);
}

function databaseOf(sqlite: Sqlite): Database {
  const statements = new Map<string, StatementSync>();
  const prepared = (sql: string): StatementSync => {
    const known = statements.get(sql);
    if (known) return known;
    const statement = sqlite.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  const reached = <Result>(work: () => Result): Result => {
    try {
      return work();
    } catch (error) {
      throw failureOf(error);
    }
  };
  let depth = 0;
  return {
    one: <Row>(sql: string, ...values: readonly SQLInputValue[]) =>
      reached(() => prepared(sql).get(...values) as Row | undefined),
    all: <Row>(sql: string, ...values: readonly SQLInputValue[]) =>
      reached(() => prepared(sql).all(...values) as Row[]),
    run: (sql, ...values) =>
      reached(() => {
        const { changes, lastInsertRowid } = prepared(sql).run(...values);
        return { changes: Number(changes), lastId: Number(lastInsertRowid) };
      }),
    atomic(work) {
      if (depth > 0) return work();
      reached(() => sqlite.exec("BEGIN IMMEDIATE"));
      depth += 1;
      try {
        const result = work();
        reached(() => sqlite.exec("COMMIT"));
        return result;
      } catch (error) {
        // SQLite itself has rolled back after some failures, e.g. of the disk.
        if (sqlite.isTransaction) sqlite.exec("ROLLBACK");
        throw error;
      } finally {
        depth -= 1;
      }
    },
    exec: (sql) => reached(() => sqlite.exec(sql)),
    close: () => sqlite.close(),
  };
}

/** A failure of SQLite as one of ours; any other error as it is. SQLite's messages hold no values. */
function failureOf(error: unknown): unknown {
  if (!(error instanceof Error) || !("errcode" in error)) return error;
  // The lower eight bits are the primary code.
  const code = Number(error.errcode) & 0xff;
  if (defects.has(code)) return error;
  if (code === busy) return new InboundError("misconfigured", "store-in-use", { cause: error });
  return new InboundError("unavailable", "store-unreachable", {
    hint: error.message,
    cause: error,
  });
}
