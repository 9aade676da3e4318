import { basename, resolve } from "node:path";
import type { Config } from "#lib/config.ts";
import type { BegunImport } from "#lib/uploads/operations.ts";
import type { UndonePage } from "#lib/uploads/undo/undo.ts";
import type { ImportSummary } from "#lib/uploads/result-files.ts";
import { didYouMean, nearMiss } from "#lib/text/near-miss.ts";
import { diskFile } from "#infra/local/disk-file.ts";
import { openImports, type LaptopFile, type LaptopImports } from "#infra/local/imports.ts";
import { confirm, form, runCommand, say } from "./command.ts";
import { UsageError } from "./command-line.ts";
import { loadConfig } from "./config.ts";
import { takeBack } from "./import-undo.ts";
import { openPool, poolOptions, type Pool, type PoolOptions } from "./import-pool.ts";
import { importProgress } from "./import-progress.ts";
import { makeResultsFolder, writeResults } from "./import-results.ts";
import { sampleText, scopeOf, summaryText } from "./import-text.ts";
import { followed, isElsewhere } from "./import-elsewhere.ts";
import { openOperations, placeOptions, tellingOf, type Place } from "./operations-client.ts";

// npm run import -- <file>: imports a file from this machine, with the engine that runs on AWS, in this process. The file is previewed
// first; then the command says what would change, and asks. With --plan it ends there. The same line goes on where a run has ended early.

const changing = { yes: "", lang: "<en|zh>", ...poolOptions } as const;

const importFile = form(
  ["<file>"],
  { kind: "<users|otp>", source: "<source>", plan: "", ...changing },
  async ({ words, options }) => {
    const [typed = ""] = words;
    const config = await loadConfig();
    const { kind = "users", source } = options;
    checkSource(kind, source, config);
    const pool = await openPool(config, options);
    // npm runs commands in the folder of the project, wherever they were typed.
    const path = resolve(process.env["INIT_CWD"] ?? ".", typed);
    const file = await diskFile(path);
    await makeResultsFolder(path);
    const given: LaptopFile = { file, name: basename(path), kind: kind as "users" | "otp", source };
    return withImports(config, pool, async (imports, isStopped) => {
      const begun = await imports.begun(given);
      if (begun !== undefined && !options.plan) {
        say(`the import of this file has begun: it goes on`, process.stderr);
        return carryOut(begun, imports, isStopped, options);
      }
      const summary = await imports.preview(given);
      if (!summary) return tellStopped();
      const folder = await writeResults(imports, summary.import, path);
      say(summaryText(summary, telling(options, pool)));
      const sample = await imports.sample(summary.import);
      if (sample.length > 0) say(`\n${sampleText(sample)}`);
      say(`\nThe results are in ${folder}`);
      if (summary.state === "refused") return 1;
      const scope = scopeOf(summary);
      if (scope === "") {
        say("\nNothing is left to import.");
        return statusOf(summary);
      }
      if (options.plan) {
        say(`\nNothing was changed. To carry it out: ${lineOf(`apply ${summary.import}`, pool)}`);
        return statusOf(summary);
      }
      if (
        !options.yes &&
        !(await confirm(`\n${scope[0]?.toUpperCase()}${scope.slice(1)} at ${pool.host}?`))
      ) {
        say("nothing was changed");
        return 1;
      }
      return carryOut(summary.import, imports, isStopped, options);
    });
  },
  {
    stage:
      "this machine imports the file itself, with the access key of --key-of <stage>; for a stage to import it, upload it into the stage's bucket",
  },
);

const apply = form(["apply", "<preview>"], { ...changing, ...placeOptions }, async ({ words, options }) => {
  const [preview = ""] = words;
  if (isElsewhere(options)) return applyElsewhere(preview, options);
  const config = await loadConfig();
  const pool = await openPool(config, options);
  return withImports(config, pool, async (imports, isStopped) => {
    const path = await imports.pathOf(preview);
    if (path !== undefined) await makeResultsFolder(path);
    return carryOut(preview, imports, isStopped, options);
  });
});

const undo = form(
  ["undo", "<import>", "<preview|apply>"],
  { delete: "", ...changing, ...placeOptions },
  async ({ words, options }) => {
    const [id = "", mode = ""] = words;
    const told = { isApply: mode === "apply", deletes: options.delete === true, yes: options.yes === true };
    if (isElsewhere(options)) {
      const operate = await openOperations(options);
      const place = options.stage ?? options.url ?? "";
      return takeBack(id, { ...told, place, telling: tellingOf(options) }, (request) =>
        operate<UndonePage>(request),
      );
    }
    const config = await loadConfig();
    const pool = await openPool(config, options);
    return withImports(config, pool, async (imports, isStopped) => {
      const ask = { ...told, place: pool.host, telling: telling(options, pool) };
      const status = await takeBack(id, ask, (request) => imports.undo(request), isStopped);
      const path = await imports.pathOf(id);
      if (told.isApply && path !== undefined && imports.results(id).includes("undo.json")) {
        await makeResultsFolder(path);
        say(`\nThe results are in ${await writeResults(imports, id, path)}`);
      }
      return status;
    });
  },
);

/** Has a running stack, or a deployed stage, carry a preview out, and waits for the end. */
async function applyElsewhere(preview: string, options: Place & { readonly lang?: string }): Promise<number> {
  const operate = await openOperations(options);
  const { import: id } = await operate<BegunImport>({ operation: "apply-import", preview });
  say(`import ${id} has begun; it goes on without this command`, process.stderr);
  const summary = await followed(id, operate);
  say(summaryText(summary, tellingOf(options)));
  say(`\nThe results are in results/${id}/ of the bucket.`);
  return statusOf(summary);
}

interface TellingOptions extends PoolOptions {
  readonly lang?: string;
}

/** Carries a preview out, writes the results beside the file and tells what came of it. */
async function carryOut(
  preview: string,
  imports: LaptopImports,
  isStopped: () => boolean,
  options: TellingOptions,
): Promise<number> {
  const summary = await imports.apply(preview);
  if (!summary || isStopped()) return tellStopped();
  const path = await imports.pathOf(summary.import);
  say(summaryText(summary, telling(options)));
  if (path !== undefined) say(`\nThe results are in ${await writeResults(imports, summary.import, path)}`);
  return statusOf(summary);
}

/** Opens the imports of a pool on this machine, for as long as some work with them lasts. Ctrl-C ends the work between two calls. */
async function withImports(
  config: Config,
  pool: Pool,
  work: (imports: LaptopImports, isStopped: () => boolean) => Promise<number>,
): Promise<number> {
  const stop = new AbortController();
  const end = (): void => {
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
    say("\nending after the calls that run; once more ends at once", process.stderr);
  };
  process.on("SIGINT", end).on("SIGTERM", end);
  say(`Authing  ${pool.host}, access key ${pool.accessKeyId}`, process.stderr);
  const imports = await openImports({
    config: { ...config, authing: { ...config.authing, host: pool.host } },
    loadSecret: pool.loadSecret,
    folder: pool.folder,
    stop: stop.signal,
    watch: importProgress(process.stderr),
    log: { info() {}, warn() {}, error() {} },
  });
  try {
    return await work(imports, () => stop.signal.aborted);
  } finally {
    imports.close();
    process.off("SIGINT", end).off("SIGTERM", end);
  }
}

function checkSource(kind: string, source: string | undefined, { sources }: Config): void {
  if (source === undefined) return;
  if (kind === "otp") {
    throw new UsageError("--source is for people: TOTP secrets are for accounts that exist", [
      "npm run import -- <file> --kind otp",
    ]);
  }
  const names = Object.keys(sources);
  if (!names.includes(source)) {
    throw new UsageError(`no source ${source} is switched on${didYouMean(nearMiss(source, names))}`, [
      `npm run import -- <file> --source <${names.join("|")}>`,
    ]);
  }
}

function tellStopped(): number {
  say("ended before the end of the file; the same line goes on", process.stderr);
  return 1;
}

const statusOf = ({ state, rejected }: ImportSummary): number =>
  state === "refused" || rejected > 0 ? 1 : 0;

const telling = ({ lang }: TellingOptions, pool?: Pool) => ({
  ...tellingOf({ lang }),
  place: pool?.place ?? "",
});

const lineOf = (words: string, { place }: Pool): string => `npm run import -- ${words} ${place}`.trim();

await runCommand("import", apply, undo, importFile);
