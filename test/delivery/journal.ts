import { appendFileSync, existsSync, readFileSync } from "node:fs";

/** Adds a line to a file that outlives its process. */
export const append = (file: string, value: unknown) => appendFileSync(file, `${JSON.stringify(value)}\n`);

/** The whole lines of a file. */
export const linesOf = (file: string): string[] =>
  existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];
