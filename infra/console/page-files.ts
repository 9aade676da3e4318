import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** A file that the page consists of. */
interface PageFile {
  readonly contentType: string;
  readonly body: Buffer;
}

const folder = join(import.meta.dirname, "page");
let built: Promise<BuiltPage> | undefined;

interface BuiltPage {
  /** By their paths. */
  readonly files: ReadonlyMap<string, PageFile>;
  /** Every source file of which a part is in the page, from the folder in which the process runs. */
  readonly inputs: readonly string[];
}

/** The page, built from its sources in memory when it is asked for first. */
export function builtPage(): Promise<BuiltPage> {
  built ??= build();
  return built;
}

async function build(): Promise<BuiltPage> {
  // Imported only here: every start of the laptop stack would wait for it.
  const esbuild = await import("esbuild");
  const { outputFiles, metafile } = await esbuild.build({
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
    metafile: true,
  });
  const file = (name: string): Buffer =>
    Buffer.from(outputFiles.find(({ path }) => path.endsWith(name))?.contents ?? []);
  const files = new Map([
    ["/", { contentType: "text/html; charset=utf-8", body: await readFile(join(folder, "page.html")) }],
    ["/console/page.js", { contentType: "text/javascript; charset=utf-8", body: file("page.js") }],
    ["/console/page.css", { contentType: "text/css; charset=utf-8", body: file("page.css") }],
  ]);
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs));
  return { files, inputs };
}
