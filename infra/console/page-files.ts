import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** A file that the page consists of. */
export interface PageFile {
  readonly contentType: string;
  readonly body: Buffer;
}

const folder = join(import.meta.dirname, "page");
let built: Promise<ReadonlyMap<string, PageFile>> | undefined;

/** The files of the page by their paths, built from their sources in memory when they are asked for first. */
export function pageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  built ??= build();
  return built;
}

async function build(): Promise<ReadonlyMap<string, PageFile>> {
  // Imported only here: every start of the laptop stack would wait for it.
  const esbuild = await import("esbuild");
  const { outputFiles } = await esbuild.build({
    entryPoints: [join(folder, "page.tsx"), join(folder, "page.css")],
    bundle: true,
    write: false,
    outdir: "/",
    minify: true,
    format: "esm",
    target: "es2023",
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
  });
  const file = (name: string): Buffer =>
    Buffer.from(outputFiles.find(({ path }) => path.endsWith(name))?.contents ?? []);
  return new Map([
    ["/", { contentType: "text/html; charset=utf-8", body: await readFile(join(folder, "page.html")) }],
    ["/console/page.js", { contentType: "text/javascript; charset=utf-8", body: file("page.js") }],
    ["/console/page.css", { contentType: "text/css; charset=utf-8", body: file("page.css") }],
  ]);
}
