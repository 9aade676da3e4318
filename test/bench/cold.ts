import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build, type BuildOptions } from "esbuild";
import { bundleFunction, configuredFunctions } from "#infra/aws/bundle.ts";
import { lazyBuiltins, leanSdk, withoutTranslation } from "#infra/aws/bundle-plugins.ts";
import config from "#config";
import fullStack from "./full-stack.config.ts";
import clerk from "#lib/sources/clerk/index.ts";
import { maxDeliveryBytes } from "#lib/pipeline/receive.ts";
import { startSandbox } from "#infra/sandbox/sandbox.ts";
import { accessKey, httpEvent, signingSecret, userCreated } from "./deliveries.ts";
import { inFreshProcess } from "./fresh-process.ts";
import { environmentAt, startLoopbackAws } from "./loopback-aws.ts";
import { queuedJoiner } from "./queued-event.ts";
import type { Aim, Case, Costs, Count, Section } from "./section.ts";

// First events. A body that is too large is answered with 413 before any secret is read: its cost is that of the process, the
// bundle and the path through the handler. A good delivery additionally costs one read of a secret and one message to the queue, by
// the SDK, with a server on this machine. The worker's are a batch without records, and a joiner: secrets, the ledger and one call of Authing,
// too. None of them includes Lambda's own runtime, which loads some of Node before our code.

const root = resolve(import.meta.dirname, "../..");
const measured = "webhooks-clerk";
const worker = "events-apply";
const kilobyte = 1000;
const receives = (name: string) => name.startsWith("webhooks-");

type FirstEvent = "refused" | "accepted" | "empty batch" | "joiner";
const statuses: Readonly<Record<FirstEvent, number>> = {
  refused: 413,
  accepted: 202,
  "empty batch": 0,
  joiner: 0,
};

/** The default way to bundle: esbuild with few options. */
const plain: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  platform: "node",
  target: "node24",
  legalComments: "none",
  logLevel: "error",
};

/**
 * Our receiver with static imports in place of `import()` in lib/aws. Bundled in the default way it is the receiver that the aim
 * compares with. Bundled as ours is (Node's modules loaded when they are used, one credential provider) it shows how much
 * `import()` alone saves.
 */
const withSdk = `
  import "#lib/aws/secrets-manager.ts";
  import "#lib/aws/sqs.ts";
  export { handler } from "./functions/webhooks/clerk.ts";
`;

/** The least that uses the SDK: a client, made while loading. */
const authingSdk = `
  import { ManagementClient } from "authing-node-sdk";
  export const client = new ManagementClient({
    accessKeyId: "63f0a1b2c3d4e5f607182930", accessKeySecret: "invented", host: "https://api.authing.example",
  });
  export const handler = async ({ body = "" }) => ({ statusCode: body.length > ${maxDeliveryBytes} ? 413 : 202 });
`;

const emptyHandler = `
  export const handler = async ({ body = "" }) => ({ statusCode: body.length > ${maxDeliveryBytes} ? 413 : 202 });
`;

/** Bundles a source text as if it were a file in the root of the repository; resolves to the file of the bundle. */
async function bundleText(
  contents: string,
  outdir: string,
  { format = "esm", ...options }: BuildOptions = {},
): Promise<string> {
  const extension = format === "cjs" ? ".cjs" : ".mjs";
  await build({
    ...plain,
    stdin: { contents, resolveDir: root, loader: "ts" },
    outdir,
    outExtension: { ".js": extension },
    format,
    ...(format === "esm" && { mainFields: ["module", "main"], splitting: true }),
    ...options,
  });
  return join(outdir, `stdin${extension}`);
}

async function prepare() {
  const folder = mkdtempSync(join(tmpdir(), "bench-cold-"));
  const at = (name: string) => join(folder, name);
  // One secret that is everyone's.
  const aws = await startLoopbackAws({ signingSecret, ...accessKey, key: "invented-key-of-digests" });
  const sandbox = await startSandbox({ accessKeys: [accessKey] });

  const bundles = await Promise.all(
    configuredFunctions(config).map((file) => bundleFunction(file, folder, config)),
  );
  const own = at(`${measured}/index.mjs`);
  // The same two functions in a deployment of as many sources as a stack takes.
  const full = at("full-stack");
  // The worker, with Authing on this machine.
  const applying = { ...config, authing: { ...config.authing, host: sandbox.url } };
  await Promise.all(
    configuredFunctions(applying)
      .filter(({ name }) => name === worker)
      .map((file) => bundleFunction(file, at("applying"), applying)),
  );
  const fullBundles = await Promise.all(
    configuredFunctions(fullStack)
      .filter(({ name }) => name === measured || name === worker)
      .map((file) => bundleFunction(file, full, fullStack)),
  );
  const sourceCount = Object.keys(fullStack.sources).length;
  const [script, empty, sdk, sdkPlain, authing, naive] = await Promise.all([
    build({
      ...plain,
      entryPoints: [join(import.meta.dirname, "first-event.ts")],
      format: "esm",
      outfile: at("first-event.mjs"),
    }).then(() => at("first-event.mjs")),
    bundleText(emptyHandler, at("empty")),
    bundleText(withSdk, at("sdk"), { plugins: [lazyBuiltins, leanSdk, withoutTranslation] }),
    bundleText(withSdk, at("sdk-plain"), { plugins: [withoutTranslation] }),
    bundleText(authingSdk, at("authing-sdk"), { format: "cjs" }),
    // esbuild only removes the types; Node finds the packages from the place of the file.
    build({
      ...plain,
      entryPoints: [join(import.meta.dirname, "naive-handler.ts")],
      packages: "external",
      format: "esm",
      outfile: join(root, "dist/bench/naive-handler.mjs"),
    }).then(() => join(root, "dist/bench/naive-handler.mjs")),
  ]);

  const environment = environmentAt(aws, folder);
  const coldCase = (name: string, bundle: string, first: FirstEvent): Case => ({
    name,
    run: async () => {
      const [event, bodyBytes] = await firstEvent(first);
      const people = sandbox.users().length;
      const report = await inFreshProcess(
        script,
        [bundle, JSON.stringify(event), String(bodyBytes)],
        environment,
      );
      const { status, costs } = report as { status: number; costs: Costs };
      if (status !== statuses[first]) throw new TypeError(`${name}: answered ${status}`);
      if (first === "joiner" && sandbox.users().length !== people + 1) {
        throw new TypeError(`${name}: the person is not there`);
      }
      return costs;
    },
  });

  const ratio = (of: string, to: string, aim?: Aim) => ({ of, to, cost: "CPU ms", ...(aim && { aim }) });
  return {
    cases: [
      coldCase("empty handler", empty, "refused"),
      coldCase("ours", own, "refused"),
      coldCase("AWS SDK imported statically", sdkPlain, "refused"),
      coldCase("the same in our bundling", sdk, "refused"),
      coldCase("authing-node-sdk", authing, "refused"),
      coldCase("ours, full stack", join(full, measured, "index.mjs"), "refused"),
      coldCase("events-apply, no records", at(`${worker}/index.mjs`), "empty batch"),
      coldCase("events-apply, full stack", join(full, worker, "index.mjs"), "empty batch"),
      coldCase("events-apply, a joiner", at(`applying/${worker}/index.mjs`), "joiner"),
      coldCase("empty handler, accepted", empty, "accepted"),
      coldCase("ours, accepted", own, "accepted"),
      coldCase("AWS SDK imported statically, accepted", sdkPlain, "accepted"),
      coldCase("the same in our bundling, accepted", sdk, "accepted"),
      coldCase("naive, accepted", naive, "accepted"),
    ],
    ratios: [
      ratio("ours", "empty handler", { atMost: 1.4 }),
      ratio("ours", "AWS SDK imported statically", { atMost: 0.7 }),
      ratio("ours", "the same in our bundling"),
      ratio("ours", "authing-node-sdk", { atMost: 0.45 }),
      ratio("ours, full stack", "ours", { atMost: 1.05 }),
      ratio("events-apply, no records", "empty handler", { atMost: 2 }),
      ratio("events-apply, no records", "authing-node-sdk"),
      ratio("events-apply, full stack", "events-apply, no records"),
      ratio("events-apply, a joiner", "empty handler"),
      ratio("ours, accepted", "empty handler, accepted"),
      ratio("ours, accepted", "AWS SDK imported statically, accepted"),
      ratio("ours, accepted", "the same in our bundling, accepted"),
      ratio("ours, accepted", "naive, accepted"),
    ],
    counts: [
      ...bundles,
      ...fullBundles.map((bundle) => ({ ...bundle, name: `${bundle.name} of ${sourceCount} sources` })),
    ].flatMap(({ name, entryBytes, totalBytes }): Count[] => [
      {
        title: `${name}, before the first event`,
        value: entryBytes / kilobyte,
        unit: "kB",
        ...(receives(name) && { aim: { atMost: 130 } }),
      },
      {
        title: `${name}, with what is loaded later`,
        value: totalBytes / kilobyte,
        unit: "kB",
        ...(receives(name) && { aim: { atMost: 350 } }),
      },
    ]),
    spoilt: { name: "ours", twin: coldCase("ours, SDK imported statically", sdkPlain, "refused") },
    close: async () => {
      aws.close();
      await sandbox.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The event, and how many bytes of body the fresh process makes by itself: a megabyte does not fit into a command line. */
async function firstEvent(first: FirstEvent): Promise<[event: object, bodyBytes: number]> {
  if (first === "joiner") return [await queuedJoiner(), 0];
  if (first === "empty batch") return [{ Records: [] }, 0];
  if (first === "refused") return [httpEvent({}), maxDeliveryBytes + 1];
  const body = userCreated(1024);
  const { headers } = clerk.proof.sign(body, { signingSecret }, { now: Date.now(), id: "msg_invented" });
  return [{ ...httpEvent({ ...headers }), body: body.toString() }, 0];
}

export const cold: Section = {
  name: "cold",
  about: "from the spawn of a process to the answer to its first event; CPU is user + system of all threads",
  rounds: 11,
  prepare,
};
