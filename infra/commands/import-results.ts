import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { LaptopImports } from "#infra/local/imports.ts";

/** The folder beside a file that its results are written into. */
const resultsFolder = (path: string): string => `${path}.results`;

/** Every name that a result may have: those of an earlier run are deleted. */
const resultNames = [
  "summary.json",
  "accepted.ndjson",
  "rejected.csv",
  "rejected.tsv",
  "rejected.ndjson",
  "report.html",
  "sample.json",
  "undo.json",
  "undo.ndjson",
];

/** Makes the folder for the results of a file: that it cannot be written into is known before anything is imported. */
export async function makeResultsFolder(path: string): Promise<void> {
  await mkdir(resultsFolder(path), { recursive: true, mode: 0o700 });
}

/** Writes the results of an import beside its file, in place of those of an earlier run. Each appears whole. */
export async function writeResults(imports: LaptopImports, id: string, path: string): Promise<string> {
  const folder = resultsFolder(path);
  for (const name of resultNames) await rm(join(folder, name), { force: true });
  for (const name of imports.results(id)) {
    const unfinished = join(folder, `.${name}.part`);
    const bytes = Readable.from(await imports.result(id, name));
    await pipeline(bytes, createWriteStream(unfinished, { mode: 0o600 }));
    await rename(unfinished, join(folder, name));
  }
  return folder;
}
