import type { ReasonGroup } from "./reason.ts";

export const layouts: ReasonGroup = {
  title: { en: "Columns of files", zh: "文件的列" },
  about: {
    en: "What is said of the columns of a file, by their names or by the product that wrote it.",
    zh: "关于文件各列的说明：按列名，或按生成该文件的产品。",
  },
  reasons: {
    "column-chosen": {
      en: "Several columns hold the same field, and this one was read: it has the better known name.",
      enNext: 'If another one shall be read, map that one in uploads.columns, or give this one "-" there.',
      zh: "有多列表示同一个字段，读取的是这一列：它的名称含义更明确。",
      zhNext: "如果应读取另一列，请在 uploads.columns 中映射那一列，或把这一列设为 “-”。",
    },
    "column-left-out": {
      en: "The column was not read: another one holds the same field by a better known name, such as 手机 beside 电话, or employee ids beside ids of the directory.",
      enNext: "If this one shall be read, map it in uploads.columns.",
      zh: "该列没有读取：另一列以更明确的名称表示同一个字段，例如有“手机”时的“电话”，有目录用户 ID 时的工号。",
      zhNext: "如果应读取这一列，请在 uploads.columns 中映射它。",
    },
    "columns-setting-unknown": {
      en: "The setting uploads.columns maps a column to something that is no field of ours, so files wait until it is corrected.",
      enNext:
        "Write a field such as externalId, customData.<field>, or - for a column that is left out on purpose.",
      zh: "配置 uploads.columns 把某一列映射到了不存在的字段，更正之前文件会等待。",
      zhNext: "请写字段名，例如 externalId、customData.<字段>，或用 - 表示有意忽略该列。",
    },
    "password-and-hash": {
      en: "The row has a password and a hash, so it was rejected: it is not known which of them the person signs in with.",
      enNext: "Leave one of the two cells empty.",
      zh: "该行同时有密码和哈希值，因此被拒绝：无法确定此人用哪一个登录。",
      zhNext: "请将其中一个单元格留空。",
    },
  },
};
