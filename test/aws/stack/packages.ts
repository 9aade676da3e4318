import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { transform } from "esbuild";
import type { Config } from "#lib/config.ts";
import { bundleFunction, functionFiles } from "#infra/aws/bundle.ts";
import { functionName, packageFolder, resourcesOf } from "./template.ts";

/** Every function's package, unpacked: what Lambda would run. */
export interface Packages {
  /** The folder of one function. */
  taskRoot(name: string): string;
  /** What runs a function's handler, in plain JavaScript: Node takes 80 ms to read TypeScript, and each process would. */
  readonly runtime: string;
  remove(): void;
}

/** Node reads no ZIP; each archive with the folder that it goes to. */
const extractAll = `
import sys, zipfile
for archive, folder in zip(sys.argv[1::2], sys.argv[2::2]):
    zipfile.ZipFile(archive).extractall(folder)
`;

/**
 * Unpacks what `npm run package` made. The functions that hold a configuration are bundled anew with another one, since
 * theirs says where the real Authing is; the others run as they are shipped, byte for byte.
 *
 * @param configuration a file in place of inbound.config.ts
 */
export async function unpack(configuration: string): Promise<Packages> {
  const folder = mkdtempSync(join(tmpdir(), "inbound-packages-"));
  const taskRoot = (name: string) => join(folder, name);
  const configured = functionFiles().filter(({ file }) => readFileSync(file, "utf8").includes('"#config"'));
  const names = resourcesOf("AWS::Lambda::Function").map(functionName);
  const archives = names.flatMap((name) => [`${packageFolder}/${name}.zip`, taskRoot(name)]);
  execFileSync(".venv/bin/python", ["-c", extractAll, ...archives]);
  const { default: config } = (await import(/* @vite-ignore */ pathToFileURL(configuration).href)) as {
    default: Config;
  };
  await Promise.all(
    configured.map((file) => bundleFunction(file, join(taskRoot(file.name), "dist"), config, configuration)),
  );
  const runtime = join(folder, "runtime.mjs");
  const client = readFileSync(new URL("./runtime-client.ts", import.meta.url), "utf8");
  writeFileSync(runtime, (await transform(client, { loader: "ts" })).code);
  return { taskRoot, runtime, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
