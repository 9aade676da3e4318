import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, resolve } from "node:path";
import type { ImportKind, Plugin } from "esbuild";
import type { Config } from "#lib/config.ts";

// What esbuild does otherwise in a bundle than by itself (bundle.ts): how Node's modules are loaded, and which parts are left out.

/**
 * Loads Node's own modules with `process.getBuiltinModule` (Node 22.3 and later) in place of `import`. An `import` of
 * `node:http` builds a facade with every export, for which Node evaluates each lazy getter of the module and so loads its whole
 * fetch and WebSocket: 29 ms. With `getBuiltinModule` an export is read only when it is used: 4 ms.
 *
 * Each is an ES module, of which esbuild keeps the exports that are named somewhere. As a CommonJS module it would cost a getter for every
 * export and every file that imports it: 3 ms in the worker. Packages have one of their own: what our code shared with the SDK, which is
 * read later, would be a chunk of its own, one more file to read before the first event. `require` and `import()` get the module itself, since
 * each of its exports may be asked for: to read them all, as an ES module would, loads Node's whole fetch again.
 */
export const lazyBuiltins: Plugin = {
  name: "lazy-builtins",
  setup(pluginBuild) {
    pluginBuild.onResolve({ filter: /^[a-z_:/0-9]+$/ }, ({ path, kind, importer }) =>
      isBuiltin(path)
        ? {
            path: path.replace(/^(node:)?/, "node:"),
            namespace: isWhole(kind) ? "required-builtin" : "builtin",
            ...(!isWhole(kind) && /[\\/]node_modules[\\/]/.test(importer) && { suffix: "?package" }),
            sideEffects: false,
          }
        : undefined,
    );
    pluginBuild.onLoad({ filter: /.*/, namespace: "required-builtin" }, ({ path }) => ({
      contents: `module.exports = ${loadedBuiltin(path)};`,
      loader: "js",
    }));
    pluginBuild.onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({
      contents: [
        `const builtin = ${loadedBuiltin(path)}, read = (name) => builtin[name];`,
        "export default builtin;",
        ...Object.getOwnPropertyNames(process.getBuiltinModule(path))
          .filter((name) => name !== "default")
          .map((name, index) => {
            const local = `export${index}`;
            return `const ${local} = /* @__PURE__ */ read(${JSON.stringify(name)}); export { ${local} as ${JSON.stringify(name)} };`;
          }),
      ].join("\n"),
      loader: "js",
    }));
  },
};

const isWhole = (kind: ImportKind): boolean => kind === "require-call" || kind === "dynamic-import";

const loadedBuiltin = (name: string): string => `process.getBuiltinModule(${JSON.stringify(name)})`;

/**
 * Removes the parts of the AWS SDK that never run in a function, which are two fifths of the S3 client:
 *
 * - Every credential provider but one. Lambda gives a function its credentials in the environment; the SDK would also include
 *   profiles, single sign-on, container and instance metadata.
 * - The shapes of commands that are not called. They are written with computed keys (`{ [_h]: … }` after
 *   `const _h = "http"`), which could have side effects as far as a bundler can tell. Once the keys are written as plain names,
 *   esbuild drops the shapes that are not used.
 * - Event streams, which the S3 client sets up and which none of the commands that we call uses.
 * - Its package.json, except for its name and version: it reads its own version there.
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

/**
 * Keeps the world's phone numbers as JSON until the first number that needs them. As the object that it is in the package, V8 would parse and
 * build its 98 kB at every cold start of a function that translates: 2 to 3 ms.
 */
export const lazyPhoneNumbers: Plugin = {
  name: "lazy-phone-numbers",
  setup(pluginBuild) {
    pluginBuild.onLoad({ filter: /[\\/]libphonenumber-js[\\/]metadata\.\w+\.json\.js$/ }, ({ path }) => {
      const [, json = ""] = /^export default (\{.*\})/m.exec(readFileSync(path, "utf8")) ?? [];
      const getters = Object.keys(JSON.parse(json) as object).map(
        (name) => `get ${name}() { return all().${name}; }`,
      );
      const contents = `
        let read;
        const all = () => (read ??= JSON.parse(${JSON.stringify(json)}));
        export default { ${getters.join(", ")} };
      `;
      return { contents, loader: "js" };
    });
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
 * Removes translation from the receiving bundles. A webhook function only verifies, splits and queues; the worker behind the queue
 * translates an event and completes it at the sender's API. The metadata of all the world's phone numbers, and every bug of a
 * mapping, thus stay out of the function for whose answer the sender waits. The build fails here when a source's index.ts imports
 * anything but `translate`, `fetch`, `list` and `renew` from these files.
 *
 * An operator's own source is one object that holds its translation, too; only the phone numbers can be removed from its bundle.
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
    instead(/[\\/]lib[\\/]sources[\\/][^\\/]+[\\/]renew\.ts$/, "export const renew = undefined;");
    instead(/[\\/]lib[\\/]fields[\\/]phone\.ts$/, refusing("phone"));
  },
};

/**
 * Replaces the registry of built-in sources by one with these names only. The worker and the operations function need each source
 * that the configuration names, and none of the others: every source in the bundle makes every cold start slower.
 *
 * @param names As in the configuration: each is a folder in lib/sources. `enabledSources` refuses an unknown one before the build.
 */
export function onlySources(names: readonly string[]): Plugin {
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

/**
 * Takes the configuration as the build has checked and completed it, where it is data. To check it again at each cold start would cost 8 ms of
 * the worker's 79: zod's schemas of all settings. A configuration with functions or with a source of the operator's own is checked as it is loaded.
 *
 * @param file From where the configuration is loaded in any case.
 */
export function checkedOnce(config: Config, file: string | undefined): Plugin {
  const loaded = file === undefined ? undefined : { path: file };
  return {
    name: "checked-once",
    setup(pluginBuild) {
      pluginBuild.onResolve({ filter: /^#config$/ }, () =>
        file === undefined && isData(config) ? { path: "#config", namespace: "checked" } : loaded,
      );
      pluginBuild.onLoad({ filter: /.*/, namespace: "checked" }, () => ({
        contents: JSON.stringify(config),
        loader: "json",
      }));
      // Where no configuration is checked, the schemas are used by nothing. esbuild cannot tell that making them has no effect.
      pluginBuild.onResolve({ filter: /\/checked-config\.ts$/ }, ({ path, resolveDir }) => ({
        path: resolve(resolveDir, path),
        sideEffects: false,
      }));
    },
  };
}

/** Whether JSON can write a value so that it is read as the same; what is `undefined` counts as absent. */
function isData(value: unknown): boolean {
  if (typeof value !== "object" || value === null) {
    return value === null || value === undefined || ["string", "number", "boolean"].includes(typeof value);
  }
  const isPlain = Array.isArray(value) || [Object.prototype, null].includes(Object.getPrototypeOf(value));
  return isPlain && Object.values(value).every(isData);
}

/**
 * Removes the proofs of built-in sources from functions that receive nothing: the worker and the operations read what a webhook function has
 * verified. 2 ms of the worker's cold start with six sources, 6 ms with 29. A proof that is asked all the same throws. The proofs of an
 * operator's own source stay, since the configuration is checked with them.
 */
export const withoutProofs: Plugin = {
  name: "without-proofs",
  setup(pluginBuild) {
    pluginBuild.onResolve({ filter: /^#lib\/proofs\/[\w-]+\.ts$/ }, ({ path, importer }) =>
      /[\\/]lib[\\/]sources[\\/][^\\/]+[\\/]index\.ts$/.test(importer)
        ? { path: path.slice("#".length), namespace: "absent-proof" }
        : undefined,
    );
    pluginBuild.onLoad({ filter: /.*/, namespace: "absent-proof" }, ({ path }) => {
      const text = readFileSync(resolve(import.meta.dirname, "../..", path), "utf8");
      const names = new Set(
        Array.from(text.matchAll(/^export (?:const|function) (\w+)/gm), ([, name]) => name),
      );
      return {
        contents: `
          const asked = () => { throw new TypeError("proofs are not part of this bundle"); };
          const proof = Object.assign(() => proof, { verify: asked, sign: asked });
          ${[...names].map((name) => `export const ${name} = proof;`).join("\n")}
        `,
        loader: "js",
      };
    });
  },
};
