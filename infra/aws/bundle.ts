import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, resolve } from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";
import type { Config } from "#lib/config.ts";

// Turns each file in functions/ into a bundle of its own. Why each setting is as it is stands beside it; the numbers are
// of Node 24, spawn to first event.

const root = resolve(import.meta.dirname, "../..");

/** A function as AWS runs it: one file in functions/, one folder in dist/. */
export interface FunctionFile {
  /** `<folder>-<file>`, e.g. `webhooks-bamboohr`: its folder in dist/ and the last part of its name in AWS. */
  readonly name: string;
  /** From the root of the repository, e.g. `functions/webhooks/bamboohr.ts`. */
  readonly file: string;
  /** What would stand in that file, where there is none. */
  readonly contents?: string;
}

export interface Bundle extends FunctionFile {
  /** Bytes that are read before the first event: the entry and what it imports statically. */
  readonly entryBytes: number;
  /** Bytes of everything, with the chunks that are only loaded when they are needed. */
  readonly totalBytes: number;
  /** Every file that something in the bundle comes from, from the root of the repository. */
  readonly inputs: readonly string[];
  /** What it still imports from outside itself by name. */
  readonly external: readonly string[];
}

/** The functions there are, sorted by name. */
export function functionFiles(): FunctionFile[] {
  return globSync("functions/**/*.ts", { cwd: root })
    .map((path) => path.replaceAll("\\", "/"))
    .map((file) => ({ name: file.slice("functions/".length, -".ts".length).replaceAll("/", "-"), file }))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

/**
 * The function that receives a source of one's own. Its file would say nothing that the configuration does not say already,
 * so that it is not written: its name, and where the configuration is.
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
 * The functions that a configuration deploys: one webhook function for each of its sources, whether the source has a file or is
 * defined in the configuration, and every function that is not a webhook function.
 */
export function configuredFunctions({ sources }: Pick<Config, "sources">): FunctionFile[] {
  const own = Object.keys(sources).filter((name) => sources[name]?.source);
  const isDeployed = ({ name }: FunctionFile) =>
    !name.startsWith(webhookPrefix) || Object.hasOwn(sources, name.slice(webhookPrefix.length));
  return [...functionFiles().filter(isDeployed), ...own.map((name) => ownWebhook(name))];
}

const webhookPrefix = "webhooks-";

/**
 * Bundles one function into `<folder>/<name>/index.mjs`. What was there before is gone.
 *
 * @param config The configuration that the function will run with: no built-in source that it leaves out is bundled.
 * @param configFile Where that configuration is, if not in inbound.config.ts.
 */
export async function bundleFunction(
  source: FunctionFile,
  folder: string,
  { sources }: Pick<Config, "sources">,
  configFile?: string,
): Promise<Bundle> {
  // The runtime finds a handler's file by its base name, in which a dot is not allowed.
  if (!/^[a-z][a-z0-9-]*$/.test(source.name)) {
    throw new TypeError(`${source.file}: name functions with lower-case letters, digits and dashes`);
  }
  const outdir = join(resolve(root, folder), source.name);
  rmSync(outdir, { recursive: true, force: true });
  const receives = source.file.startsWith("functions/webhooks/");
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
    ...(configFile !== undefined && { alias: { "#config": resolve(root, configFile) } }),
    minify: true,
    platform: "node",
    target: "node24",
    format: "esm",
    outExtension: { ".js": ".mjs" },
    // What is imported with `import()` (the AWS SDK) becomes a chunk of its own, read when it is first needed.
    splitting: true,
    chunkNames: "chunk-[hash]",
    // Packages offer their smaller, tree-shakable half under `module`.
    mainFields: ["module", "main"],
    // For reading a stack trace. They stay beside the bundle: shipping them costs 13 ms of every cold start.
    sourcemap: "external",
    legalComments: "none",
    plugins: [
      lazyBuiltins,
      leanSdk,
      onlySources(Object.keys(sources).filter((name) => !sources[name]?.source)),
      ...(receives ? [withoutTranslation] : []),
    ],
    metafile: true,
    logLevel: "warning",
  });
  const entry = Object.keys(metafile.outputs).find((path) => path.endsWith("/index.mjs")) ?? "";
  const early = reached(metafile, entry, ["import-statement"]);
  const all = reached(metafile, entry, ["import-statement", "dynamic-import"]);
  // esbuild makes a chunk for every `import()` that it reads, also where the code around it was found to be unused.
  const kept = new Set([...all].map((path) => resolve(root, path)));
  for (const { path, contents } of outputFiles) {
    if (!kept.has(path.replace(/\.map$/, ""))) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, contents);
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

/** The outputs that can be loaded from `entry` by imports of these kinds. */
function reached(metafile: Metafile, entry: string, kinds: readonly string[]): Set<string> {
  const found = new Set([entry]);
  // A set is walked in the order of insertion, what is added meanwhile included.
  for (const path of found) {
    for (const imported of metafile.outputs[path]?.imports ?? []) {
      if (!imported.external && kinds.includes(imported.kind)) found.add(imported.path);
    }
  }
  return found;
}

/**
 * Takes Node's own modules by `process.getBuiltinModule` (Node 22.3 and later) in place of `import`. An `import` of
 * `node:http` builds a facade with every export, for which Node evaluates each lazy getter of it and so loads its whole
 * fetch and WebSocket: 29 ms. Taken this way an export is read when it is used: 4 ms.
 *
 * Each becomes a CommonJS module, which is how esbuild keeps `import { createHmac } from "node:crypto"`, default and
 * namespace imports working as they are written.
 */
export const lazyBuiltins: Plugin = {
  name: "lazy-builtins",
  setup(pluginBuild) {
    pluginBuild.onResolve({ filter: /^[a-z_:/0-9]+$/ }, ({ path }) =>
      isBuiltin(path)
        ? { path: path.replace(/^(node:)?/, "node:"), namespace: "builtin", sideEffects: false }
        : undefined,
    );
    pluginBuild.onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
      loader: "js",
    }));
  },
};

/**
 * The AWS SDK without what never runs in a function: two fifths of S3's client alone.
 *
 * - Lambda hands a function its credentials in the environment. The SDK would bring along every other place in which they
 *   can be: profiles, single sign-on, container and instance metadata.
 * - The shapes of commands that are not called. They are written with computed keys (`{ [_h]: … }` after
 *   `const _h = "http"`), which might have side effects for all that a bundler knows; written with the names themselves,
 *   esbuild drops them.
 * - Event streams, which S3's client sets up and which none of the commands we call has.
 * - Of its package.json, which it reads for its own version, all the rest.
 */
export const leanSdk: Plugin = {
  name: "lean-sdk",
  setup(pluginBuild) {
    const instead = (filter: RegExp, contents: (path: string) => string, loader: "js" | "json") =>
      pluginBuild.onLoad({ filter }, ({ path }) => ({
        contents: contents(path),
        resolveDir: dirname(path),
        loader,
      }));
    instead(
      /[\\/]@aws-sdk[\\/]credential-provider-node[\\/].*index\.js$/,
      () => `export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";`,
      "js",
    );
    instead(
      /[\\/]@aws-sdk[\\/]client-[^\\/]+[\\/]dist-es[\\/]schemas[\\/]schemas_\d+\.js$/,
      (path) => withPlainKeys(readFileSync(path, "utf8")),
      "js",
    );
    instead(
      /[\\/]@smithy[\\/]core[\\/]dist-es[\\/]submodules[\\/]event-streams[\\/]index\.js$/,
      () => `
        export const eventStreamSerdeProvider = undefined;
        export const resolveEventStreamSerdeConfig = (settings) => settings;
        export function EventStreamSerde() { throw new TypeError("event streams are not part of a bundle"); }
      `,
      "js",
    );
    instead(
      /[\\/]@aws-sdk[\\/][^\\/]+[\\/]package\.json$/,
      (path) => {
        const { name, version } = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
        return JSON.stringify({ name, version });
      },
      "json",
    );
  },
};

/** `const _h = "http"; … { [_h]: 1 }` → `const _h = "http"; … { "http": 1 }`. */
function withPlainKeys(text: string): string {
  const constants = text.matchAll(/^const (\w+) = ("[^"\\]*");$/gm);
  const keys = new Map(Array.from(constants, ([, name = "", key = ""]) => [name, key]));
  return text.replaceAll(/\[(\w+)\]:/g, (written, name: string) =>
    keys.has(name) ? `${keys.get(name)}:` : written,
  );
}

/**
 * Leaves translation out of what receives: a webhook function verifies, splits and queues; what an event means is found
 * out behind the queue, and so is what its sender's API knows beside it. It keeps the metadata of all the world's phone
 * numbers, and every bug of a mapping, out of the function that a sender waits for. A source's index.ts that
 * imports anything but `translate`, `fetch` and `list` from these files makes the build fail here.
 *
 * One's own source has its translation beside everything else; of that only the phone numbers are left out.
 */
export const withoutTranslation: Plugin = {
  name: "without-translation",
  setup(pluginBuild) {
    const instead = (filter: RegExp, contents: string) =>
      pluginBuild.onLoad({ filter }, () => ({ contents, loader: "js" }));
    const refusing = (name: string) =>
      `export function ${name}() { throw new TypeError("translation is not part of a receiving bundle"); }`;
    instead(/[\\/]lib[\\/]sources[\\/][^\\/]+[\\/]translate\.ts$/, refusing("translate"));
    instead(/[\\/]lib[\\/]sources[\\/][^\\/]+[\\/]fetch\.ts$/, "export const fetch = undefined;");
    instead(/[\\/]lib[\\/]sources[\\/][^\\/]+[\\/]list\.ts$/, "export const list = undefined;");
    instead(/[\\/]lib[\\/]fields[\\/]phone\.ts$/, refusing("phone"));
  },
};

/**
 * Writes the registry of built-in sources anew, with these names only. The worker and the operations function need each
 * source that the configuration names, and none of the others: each source would cost every cold start.
 *
 * @param names As in the configuration: each is a folder in lib/sources. `enabledSources` tells an unknown one before the build.
 */
function onlySources(names: readonly string[]): Plugin {
  const contents = names
    .map(
      (name) => `export { default as ${JSON.stringify(name)} } from ${JSON.stringify(`./${name}/index.ts`)};`,
    )
    .join("\n");
  return {
    name: "only-sources",
    setup(pluginBuild) {
      pluginBuild.onLoad({ filter: /[\\/]lib[\\/]sources[\\/]registry\.ts$/ }, ({ path }) => ({
        contents,
        resolveDir: dirname(path),
        loader: "ts",
      }));
    },
  };
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
