import { createWriteStream } from "node:fs";
import { once } from "node:events";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import exceljs from "exceljs";
import { person } from "./delivery-batch.ts";

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

/** Writes a CSV of 20 columns, 200 bytes a row: text of many scripts, every fourth city quoted, one line break in a hundred rows. */
export async function writeTable(path: string, count: number): Promise<void> {
  function* text(): Generator<string> {
    yield `${Array.from({ length: 20 }, (_, at) => tableColumns[at] ?? `extra${at}`).join()}\n`;
    const written = 1_000;
    for (let from = 0; from < count; from += written) {
      let rows = "";
      for (let index = from; index < Math.min(count, from + written); index += 1) rows += tableRow(index);
      yield rows;
    }
  }
  await pipeline(Readable.from(text()), createWriteStream(path));
}

const tableColumns = [
  "externalId",
  "username",
  "email",
  "phone",
  "name",
  "nickname",
  "gender",
  "birthdate",
  "company",
  "country",
  "province",
  "city",
  "address",
  "postalCode",
  "title",
  "department",
  "emailVerified",
  "locale",
  "note",
  "costCentre",
];
const names = ["王小明", "李雪梅", "José Núñez", "Zoë Müller", "欧阳娜娜", "François Lefèvre", "陈志强"];

function tableRow(index: number): string {
  const city = index % 4 === 0 ? `"杭州, ""西湖"""` : "上海市";
  const address = index % 100 === 7 ? `"南京东路 ${index} 号\n1201 室"` : `南京东路 ${index} 号`;
  return `hr-${index},person.${index},person.${index}@example.com,${13_000_000_000 + index},${names[index % names.length]},第${index}号,${index % 2 === 0 ? "F" : "M"},1990-01-31,示例科技有限公司,中国,上海市,${city},${address},200001,工程师,研发中心,true,zh-CN,,4711\n`;
}

/** Writes people of Authing's own shape, 20 fields each, as lines of NDJSON or as one list. */
export async function writeJsonPeople(path: string, kind: "ndjson" | "json", count: number): Promise<void> {
  function* text(): Generator<string> {
    const isList = kind === "json";
    if (isList) yield "[";
    for (let index = 0; index < count; index += 1) {
      const json = JSON.stringify(person(index));
      yield isList ? `${index === 0 ? "" : ","}${json}` : `${json}\n`;
    }
    if (isList) yield "]";
  }
  await pipeline(Readable.from(text()), createWriteStream(path));
}

/** Writes a CSV of people in which no cell needs a quote. */
export async function writeUnquoted(path: string, count: number): Promise<void> {
  await pipeline(Readable.from(lines(count, () => "杭州 西湖")), createWriteStream(path));
}

function* lines(count: number, cityOf = (city = "") => `"${city}"`): Generator<string> {
  yield `${columns.join()}\n`;
  const written = 1_000;
  for (let from = 0; from < count; from += written) {
    let text = "";
    for (let index = from; index < Math.min(count, from + written); index += 1) {
      const [id, name, email, phone, company, city] = personOf(index);
      text += `${id},${name},${email},${phone},${company},${cityOf(city)}\n`;
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
