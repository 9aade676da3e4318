import { createReadStream, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { Encoding } from "#lib/contract/encodings.ts";
import { detectFormat } from "#lib/formats/detect.ts";
import type { FileSource } from "#lib/formats/file-source.ts";
import { openFile } from "#lib/formats/open-file.ts";
import { readContext } from "#lib/layouts/find.ts";

// The process of one round: `file-case <case> <file>`. Each case reads the file once to its end and makes a record of every row.

const [name = "", path = ""] = process.argv.slice(2);

/** Reads every row; resolves to their number. */
type Reading = () => Promise<number>;
/** Loads what it needs, which is not measured. */
type ReadingCase = () => Promise<Reading>;

const settings = { columns: {}, fusionauthSecret: "base64" } as const;
const source: FileSource = {
  name: path,
  size: statSync(path).size,
  bytes: (range) =>
    createReadStream(path, {
      highWaterMark: 65_536,
      ...(range && { start: range.start, end: range.end - 1 }),
    }) as AsyncIterable<Uint8Array>,
};

/** As an import opens a file: container, encoding, format. */
async function ours(encoding?: Encoding): Promise<number> {
  const context = { ...readContext("users", settings), keys: async () => ({}) };
  const opened = await openFile(source, { ...context, ...(encoding && { encoding }), trustsBeginning: true });
  const table = await detectFormat(opened).open(opened, context);
  let count = 0;
  for await (const { values } of table.rows) if (values !== undefined) count += 1;
  return count;
}

const stream = () => createReadStream(path, { highWaterMark: 65_536 });

const cases: Readonly<Record<string, ReadingCase>> = {
  ours: async () => () => ours(),
  "ours, encoding configured": async () => () => ours("utf-8"),
  "counting newlines": async () => async () => {
    let count = 0;
    for await (const piece of stream() as AsyncIterable<Buffer>) {
      for (let at = piece.indexOf(10); at !== -1; at = piece.indexOf(10, at + 1)) count += 1;
    }
    return count;
  },
  "csv-parse": async () => {
    const { parse } = await import("csv-parse");
    return async () => {
      let count = 0;
      for await (const record of stream().pipe(parse({ columns: true })))
        count += record === undefined ? 0 : 1;
      return count;
    };
  },
  // Fed with bytes it damages characters at the borders of pieces.
  papaparse: async () => {
    const { default: papaparse } = await import("papaparse");
    return () =>
      new Promise((resolve, reject) => {
        let count = 0;
        papaparse.parse(stream().setEncoding("utf8"), {
          header: true,
          skipEmptyLines: true,
          chunk: ({ data }) => void (count += data.length),
          complete: () => resolve(count),
          error: reject,
        });
      });
  },
  "readline + JSON.parse": async () => async () => {
    let count = 0;
    for await (const line of createInterface({ input: stream(), crlfDelay: Number.POSITIVE_INFINITY })) {
      count += typeof JSON.parse(line) === "object" ? 1 : 0;
    }
    return count;
  },
  "JSON.parse of the whole file": async () => async () =>
    (JSON.parse(await readFile(path, "utf8")) as unknown[]).length,
  "exceljs, stream": async () => {
    const { default: exceljs } = await import("exceljs");
    return async () => {
      let count = -1;
      for await (const sheet of new exceljs.stream.xlsx.WorkbookReader(path, {})) {
        for await (const row of sheet) count += (row.values as unknown[]).length > 0 ? 1 : 0;
      }
      return count;
    };
  },
  "exceljs, whole file": async () => {
    const { default: exceljs } = await import("exceljs");
    return async () => {
      const book = new exceljs.Workbook();
      await book.xlsx.readFile(path);
      let count = -1;
      book.worksheets[0]?.eachRow(({ values }) => void (count += Array.isArray(values) ? 1 : 0));
      return count;
    };
  },
};

const load = cases[name];
if (!load) throw new TypeError(`no case "${name}"`);
const read = await load();
const before = process.cpuUsage();
const rows = await read();
const { user, system } = process.cpuUsage(before);
const { maxRSS } = process.resourceUsage();
process.stdout.write(
  `${JSON.stringify({ rows, "CPU ms": (user + system) / 1000, "peak MB": maxRSS / 1024 })}\n`,
  () => process.exit(),
);
