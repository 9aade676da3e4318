import { appendFileSync, existsSync, readFileSync } from "node:fs";
import type { Ledger } from "#lib/contract/ledger.ts";
import { memoryLedger } from "../memory/ledger.ts";

type Entry = [at: number, name: keyof Ledger, given: unknown[]];

/** A ledger that outlives its process: each call that changes it is written down first, and played again at the start. */
export async function journaledLedger(file: string, now: () => number): Promise<Ledger> {
  let replayed: number | undefined;
  const ledger = memoryLedger(() => replayed ?? now());
  // A process that was killed may have left half a line.
  for (const line of linesOf(file)) {
    const [at, name, given] = JSON.parse(line) as Entry;
    replayed = at;
    await (ledger[name] as (...given: unknown[]) => Promise<unknown>)(...given);
  }
  replayed = undefined;
  const changing = [
    "claim",
    "release",
    "reopen",
    "settle",
    "tell",
    "countDeparture",
    "recordPeople",
    "renamePerson",
    "finishChunk",
  ] as const;
  const written = changing.map((name) => [
    name,
    async (...given: unknown[]) => {
      append(file, [now(), name, given] satisfies Entry);
      return (ledger[name] as (...given: unknown[]) => Promise<unknown>)(...given);
    },
  ]);
  return { ...ledger, ...(Object.fromEntries(written) as Partial<Ledger>) };
}

/** Adds a line to a file that outlives its process. */
export const append = (file: string, value: unknown) => appendFileSync(file, `${JSON.stringify(value)}\n`);

/** The whole lines of a file. */
export const linesOf = (file: string): string[] =>
  existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];
