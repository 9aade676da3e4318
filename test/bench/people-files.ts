import { createWriteStream } from "node:fs";
import { once } from "node:events";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import exceljs from "exceljs";

// Large files of invented people, the same in every run.

export const fileKinds = ["csv", "csv.gz", "xlsx"] as const;
export type FileKind = (typeof fileKinds)[number];

const columns = ["工号", "姓名", "邮箱", "手机", "公司", "城市"];

/** Every seventh has a line break in the city, so that rows and lines differ. */
const personOf = (index: number): readonly string[] => [
  String(index),
  `张三${index}`,
  `p${index}@example.com`,
  String(13_000_000_000 + index),
  "示例公司",
  index % 7 === 3 ? "杭州,\n西湖" : "杭州, 西湖",
];

/** Writes a file of people, with bounded memory. */
export async function writePeople(path: string, kind: FileKind, count: number): Promise<void> {
  if (kind === "xlsx") return writeWorkbook(path, count);
  const text = Readable.from(lines(count));
  await (kind === "csv"
    ? pipeline(text, createWriteStream(path))
    : pipeline(text, createGzip(), createWriteStream(path)));
}

function* lines(count: number): Generator<string> {
  yield `${columns.join()}\n`;
  const written = 1_000;
  for (let from = 0; from < count; from += written) {
    let text = "";
    for (let index = from; index < Math.min(count, from + written); index += 1) {
      const [id, name, email, phone, company, city] = personOf(index);
      text += `${id},${name},${email},${phone},${company},"${city}"\n`;
    }
    yield text;
  }
}

async function writeWorkbook(path: string, count: number): Promise<void> {
  const stream = createWriteStream(path);
  const book = new exceljs.stream.xlsx.WorkbookWriter({ stream, useSharedStrings: false, useStyles: false });
  const sheet = book.addWorksheet("员工");
  sheet.addRow(columns).commit();
  for (let index = 0; index < count; index += 1) {
    sheet.addRow(personOf(index)).commit();
    // The writer does not wait for its file by itself.
    if (index % 5_000 === 0) await new Promise((resolve) => setImmediate(resolve));
    if (stream.writableNeedDrain) await once(stream, "drain");
  }
  await book.commit();
}
