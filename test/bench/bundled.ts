import { build } from "esbuild";

/** Bundles a process, as functions are: the compiler that Node needs to run TypeScript is no part of what is measured. */
export async function bundled(entry: string, outdir: string): Promise<string> {
  await build({
    entryPoints: { process: entry },
    outdir,
    bundle: true,
    splitting: true,
    platform: "node",
    target: "node24",
    format: "esm",
    outExtension: { ".js": ".mjs" },
    mainFields: ["module", "main"],
    logLevel: "error",
    banner: {
      js: 'import{createRequire as requireOfProcess}from"node:module";const require=requireOfProcess(import.meta.url);',
    },
  });
  return `${outdir}/process.mjs`;
}
