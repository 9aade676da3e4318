import { html, type Html } from "./html.ts";
import { inBoth } from "./parts.ts";

/** Labels of the report, in the two languages that it is written in. */
const words = {
  title: ["Import report", "导入报告"],
  previewTitle: ["Preview of an import: nothing was written at Authing", "导入预览：未写入 Authing"],
  finished: ["finished", "已完成"],
  previewed: ["previewed", "已预览"],
  refused: ["refused", "已拒绝"],
  result: ["Result", "结果"],
  rows: ["rows of the file", "文件中的行"],
  skipped: ["rows that are about nothing this upload is for", "与此次导入无关的行"],
  people: ["People", "人员"],
  secrets: ["TOTP secrets", "TOTP 密钥"],
  total: ["Total", "合计"],
  accepted: ["accepted", "已接受"],
  wouldBeAccepted: ["would be accepted", "将被接受"],
  alreadyDone: ["already there", "已存在"],
  updated: ["of them existing accounts that were changed", "其中更新了已有账号"],
  wouldBeUpdated: ["of them existing accounts that would be changed", "其中将更新已有账号"],
  differing: ["of them with other values", "其中字段不同"],
  rejected: ["rejected", "已拒绝"],
  reasons: ["Why rows are rejected", "拒绝原因"],
  noReasons: ["No row is rejected.", "没有被拒绝的行。"],
  notes: ["Notes on rows that are not rejected", "未被拒绝的行的备注"],
  why: ["Reason", "原因"],
  count: ["Number", "数量"],
  meaning: ["What it means, and what to do", "含义与处理方法"],
  examples: ["First rows, without secrets", "示例行（不含机密）"],
  howRead: ["How the file was read", "文件读取方式"],
  columns: ["Columns", "列"],
  field: ["Field at Authing", "Authing 字段"],
  column: ["Column or path in the file", "文件中的列或路径"],
  unused: ["Not used", "未使用"],
  file: ["File", "文件"],
  import: ["Import", "导入编号"],
  source: ["Source", "来源"],
  began: ["Began", "开始"],
  ended: ["Ended", "结束"],
  unread: ["The file was not read to its end", "文件未能完整读取"],
  estimate: ["What carrying it out takes, at least", "执行所需（至少）"],
  requests: ["requests to Authing", "次 Authing 请求"],
  seconds: ["seconds", "秒"],
  preview: ["The preview foretold", "预览预计"],
} as const satisfies Readonly<Record<string, readonly [en: string, zh: string]>>;

export type Word = keyof typeof words;

/** Names of details, as summary.json has them. */
const details: Readonly<Record<string, readonly [en: string, zh: string]>> = {
  format: ["format", "文件格式"],
  layout: ["written by", "文件来源产品"],
  encoding: ["encoding", "编码"],
  encodingFound: ["how the encoding was found", "编码的判断依据"],
  delimiter: ["delimiter", "分隔符"],
  lineEnd: ["line ends", "换行符"],
  sheet: ["sheet", "工作表"],
  dateSystem: ["date system", "日期系统"],
  headerLine: ["line of the header", "表头所在行"],
  headerRow: ["row of the header", "表头所在行"],
  recordsAboveHeader: ["rows above the header, not read", "表头上方未读取的行数"],
  skippedRows: ["examples and instructions, not read", "未读取的示例和说明行数"],
  skippedLines: ["they are in the lines", "示例和说明所在行"],
  skippedRowNumbers: ["they are in the rows", "示例和说明所在行"],
  hiddenRows: ["hidden rows, which were read", "已读取的隐藏行数"],
  hiddenColumns: ["hidden columns, which were read", "已读取的隐藏列数"],
  mergedCells: ["merged cells", "合并单元格数"],
};

/** A detail's name in both languages; one that has no words as it is. */
export function sayDetail(name: string): Html {
  const told = details[name];
  return told ? inBoth(told) : html`<code>${name}</code>`;
}

/** A label in both languages. */
export function say(word: Word): Html {
  return inBoth(words[word]);
}
