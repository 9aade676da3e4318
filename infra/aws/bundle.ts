import { globSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { build, type Metafile } from "esbuild";
import type { Config } from "#lib/config.ts";
import {
  checkedOnce,
  lazyBuiltins,
  lazyPhoneNumbers,
  leanSdk,
  onlySources,
  withoutProofs,
  withoutTranslation,
} from "./bundle-plugins.ts";

// Turns each file in functions/ into a bundle of its own. The comment at each setting gives its reason; the times were measured
// with Node 24, from the spawn of the process to its first event.

const root = resolve(import.meta.dirname, "../..");

/** A function as AWS runs it: one file in functions/, one folder in dist/. */
export interface FunctionFile {
  /** `<folder>-<file>`, e.g. `webhooks-bamboohr`: its folder in dist/ and the last part of its name in AWS. */
  readonly name: string;
  /** From the root of the repository, e.g. `functions/webhooks/bamboohr.ts`. */
  readonly file: string;
  /** The source text of that file, where the file does not exist. */
  readonly contents?: string;
}

export interface Bundle extends FunctionFile {
  /** Bytes that are read before the first event: the entry and its static imports. */
  readonly entryBytes: number;
  /** Bytes of the whole bundle, including the chunks that are loaded only when they are needed. */
  readonly totalBytes: number;
  /** Every source file of which a part is in the bundle, from the root of the repository. */
  readonly inputs: readonly string[];
  /** The modules outside the bundle that it imports by name. */
  readonly external: readonly string[];
}

/** The functions in functions/, sorted by name. */
export function functionFiles(): FunctionFile[] {
  return globSync("functions/**/*.ts", { cwd: root })
    .map((path) => path.replaceAll("\\", "/"))
    .map((file) => ({ name: file.slice("functions/".length, -".ts".length).replaceAll("/", "-"), file }))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

/**
 * The function that receives an operator's own source. It needs no file, because a file would hold only what the configuration
 * already says: the source's name, and where the configuration is.
 */
export function ownWebhook(source: string, configuration = "#config"): FunctionFile {
  return {
    name: `webhooks-${source}`,
    file: `functions/webhooks/${source}.ts`,
    contents: `
      import config from ${JSON.stringify(configuration)};
      import { receivePorts } from "#lib/wiring/function-ports.ts";
      import { webhook } from "#lib/handlers/webhook.ts";
      import { ownSource } from "#lib/wiring/enabled-sources.ts";
      export const handler = webhook(ownSource(config, ${JSON.stringify(source)}), receivePorts);
    `,
  };
}

/**
 * The functions that a configuration deploys: one function for each of its sources, of webhooks or a trigger, whether the source has a file or is
 * defined in the configuration, and every function that is not a webhook function.
 */
export function configuredFunctions({ sources }: Pick<Config, "sources">): FunctionFile[] {
  const own = Object.keys(sources).filter((name) => sources[name]?.source);
  const isDeployed = ({ name }: FunctionFile) => {
    const source = ofSource.exec(name)?.[1];
    return source === undefined || Object.hasOwn(sources, source);
  };
  return [...functionFiles().filter(isDeployed), ...own.map((name) => ownWebhook(name))];
}

/** The name of a function that receives one source. */
const ofSource = /^(?:webhooks|triggers)-(.+)$/;

/**
 * Bundles one function into `<folder>/<name>/index.mjs`. Deletes what that folder held before.
 *
 * @param config The configuration that the function will run with, as it was checked: a built-in source that it does not name is not bundled.
 * @param configFile Where the function loads its configuration; default: it has `config` itself, or loads inbound.config.ts where that is no data.
 */
export async function bundleFunction(
  source: FunctionFile,
  folder: string,
  config: Config,
  configFile?: string,
): Promise<Bundle> {
  // Lambda finds a handler's file by its base name, in which a dot is not allowed.
  if (!/^[a-z][a-z0-9-]*$/.test(source.name)) {
    throw new TypeError(`${source.file}: name functions with lower-case letters, digits and dashes`);
  }
  const outdir = join(resolve(root, folder), source.name);
  rmSync(outdir, { recursive: true, force: true });
  const receives = ofSource.test(source.name);
  const { sources } = config;
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    write: false,
    ...(source.contents === undefined
      ? { entryPoints: { index: source.file } }
      : {
          entryNames: "index",
          stdin: { contents: source.contents, sourcefile: source.file, resolveDir: root, loader: "ts" },
        }),
    outdir,
    bundle: true,
    minify: true,
    platform: "node",
    target: "node24",
    format: "esm",
    outExtension: { ".js": ".mjs" },
    // A module that is imported with `import()` (the AWS SDK) becomes a chunk of its own, read when it is first needed.
    splitting: true,
    chunkNames: "chunk-[hash]",
    // The field `module` of a package names its ES modules, which esbuild can tree-shake.
    mainFields: ["module", "main"],
    // Source maps are for reading a stack trace. They stay beside the bundle: shipping them would add 13 ms to every cold start.
    sourcemap: "external",
    legalComments: "none",
    plugins: [
      lazyBuiltins,
      leanSdk,
      lazyPhoneNumbers,
      onlySources(
        Object.keys(sources).filter((name) => !sources[name]?.source && !sources[name]?.rosterOnly),
      ),
      checkedOnce(config, configFile === undefined ? undefined : resolve(root, configFile)),
      receives ? withoutTranslation : withoutProofs,
    ],
    metafile: true,
    logLevel: "warning",
  });
  const entry = Object.keys(metafile.outputs).find((path) => path.endsWith("/index.mjs")) ?? "";
  const early = reached(metafile, entry, ["import-statement"]);
  const all = reached(metafile, entry, ["import-statement", "dynamic-import"]);
  // esbuild writes a chunk for every `import()` that it reads, even where it removes the code around it as unused.
  const kept = new Set([...all].map((path) => resolve(root, path)));
  for (const { path, contents } of outputFiles) {
    if (!kept.has(path.replace(/\.map$/, ""))) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, path.endsWith(".mjs") ? withoutIdleImports(contents, metafile) : contents);
  }
  const bytes = (paths: ReadonlySet<string>) =>
    [...paths].reduce((sum, path) => sum + (metafile.outputs[path]?.bytes ?? 0), 0);
  const outputs = [...all].flatMap((path) => metafile.outputs[path] ?? []);
  const inputs = outputs.flatMap((output) => Object.keys(output.inputs));
  return {
    ...source,
    entryBytes: bytes(early),
    totalBytes: bytes(all),
    inputs: [...new Set(inputs)].toSorted(),
    external: outputs.flatMap(({ imports }) =>
      imports.filter((imported) => imported.external).map(({ path }) => path),
    ),
  };
}

/** The output files that `entry` can load by imports of these kinds. */
function reached(metafile: Metafile, entry: string, kinds: readonly string[]): Set<string> {
  const found = new Set([entry]);
  // A set is iterated in the order of insertion; items that are added during the iteration are visited, too.
  for (const path of found) {
    for (const imported of metafile.outputs[path]?.imports ?? []) {
      if (!imported.external && kinds.includes(imported.kind)) found.add(imported.path);
    }
  }
  return found;
}

/**
 * Removes, without moving anything else, the imports of chunks from which nothing is taken and that hold only esbuild's own functions: such a
 * file is one more to find and read before the first event (1 ms). esbuild writes them to keep the order of side effects, of which these have none.
 */
function withoutIdleImports(contents: Uint8Array, { outputs }: Metafile): string {
  const ofEsbuild = new Set(
    Object.entries(outputs)
      .filter(([, { inputs }]) => Object.keys(inputs).length === 0)
      .map(([path]) => basename(path)),
  );
  return Buffer.from(contents)
    .toString()
    .replaceAll(/(?<=^|;)import"\.\/([\w.-]+)";/g, (written, chunk: string) =>
      ofEsbuild.has(chunk) ? " ".repeat(written.length) : written,
    );
}

/** A table of the bundles to print, sizes in kB (1,000 bytes). */
export function sizeTable(bundles: readonly Bundle[]): string {
  const kilobytes = (bytes: number) => (bytes / 1000).toFixed(1).padStart(9);
  const width = Math.max(8, ...bundles.map(({ name }) => name.length));
  return [
    `${"function".padEnd(width)}  ${"entry kB".padStart(9)}  ${"all kB".padStart(9)}`,
    ...bundles.map(
      ({ name, entryBytes, totalBytes }) =>
        `${name.padEnd(width)}  ${kilobytes(entryBytes)}  ${kilobytes(totalBytes)}`,
    ),
  ].join("\n");
}
