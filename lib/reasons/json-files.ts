import type { ReasonGroup } from "./reason.ts";

export const jsonFiles: ReasonGroup = {
  title: { en: "Files of JSON and YAML", zh: "JSON 与 YAML 文件" },
  about: {
    en: "Documents and lines of JSON, and documents of YAML: a reason refuses the file or rejects the row, as its text says.",
    zh: "JSON 文档、JSON 行文件与 YAML 文档：原因说明是整个文件被拒绝，还是该行被拒绝。",
  },
  reasons: {
    "json-member-too-long": {
      en: "A value beside the list of records, which says something of all of them, is longer than any program writes, so nothing was imported.",
      enNext: "Shorten it.",
      zh: "记录列表旁对所有记录起作用的值过长，因此没有导入。",
      zhNext: "请缩短它。",
    },
    "json-invalid": {
      en: "The text is no JSON: in a record, the row was rejected; around the records, the file was refused from the line that is named.",
      enNext:
        "Correct the JSON there; a comma too many, or a bracket or quotation mark that is missing, is likely.",
      zh: "文本不是有效的 JSON：如果在记录内，该行被拒绝；如果在记录之外，文件从所示的行起被拒绝。",
      zhNext: "请更正该处的 JSON；常见原因是多余的逗号，或缺少括号、引号。",
    },
    "json-not-an-object": {
      en: "The record is JSON and no object, so it was rejected.",
      enNext: "Write one JSON object for each person.",
      zh: "该记录是 JSON 但不是对象，因此被拒绝。",
      zhNext: "请为每个人写一个 JSON 对象。",
    },
    "json-key-twice": {
      en: "An object has the same key twice, so it is not known which value counts: in a record, the row was rejected; around the records, the file was refused.",
      enNext: "Keep one of the two keys.",
      zh: "对象中同一个键出现两次，无法确定以哪个值为准：如果在记录内，该行被拒绝；如果在记录之外，文件被拒绝。",
      zhNext: "请只保留其中一个键。",
    },
    "json-too-deep": {
      en: "Lists and objects lie in each other at more than 64 levels: in a record, the row was rejected; around the records, the file was refused.",
      enNext: "Write the person's fields at the first levels of the record.",
      zh: "列表与对象的嵌套超过 64 层：如果在记录内，该行被拒绝；如果在记录之外，文件被拒绝。",
      zhNext: "请把人员的字段写在记录的前几层。",
    },
    "json-keys-too-many": {
      en: "An object in a record has more than 1,000 keys, and the row was rejected; or the keys around the records are longer than 1,048,576 characters together, or one is longer than 65,536, and the file was refused.",
      enNext: "Write people as a list of records, and not as an object with a key for each person.",
      zh: "记录中的对象有超过 1,000 个键，该行被拒绝；或者记录之外的键合计超过 1,048,576 个字符，或单个键超过 65,536 个字符，文件被拒绝。",
      zhNext: "请把人员写成记录的列表，而不是每人一个键的对象。",
    },
    "json-list-missing": {
      en: "The document is no list of records and holds none where an export has it, so nothing was imported.",
      enNext: "Write the records as a list, or under a key such as users.",
      zh: "文档不是记录的列表，在导出文件应有的位置也没有这样的列表，因此没有导入。",
      zhNext: "请把记录写成列表，或放在 users 等键之下。",
    },
    "yaml-invalid": {
      en: "The file is no YAML, has a key twice in one place, or uses tags, so nothing was imported.",
      enNext: "Correct the YAML at the line that is named, or export as CSV.",
      zh: "文件不是有效的 YAML、同一处有重复的键，或使用了标签，因此没有导入。",
      zhNext: "请更正所示行的 YAML，或改为导出 CSV。",
    },
    "yaml-has-alias": {
      en: "The YAML repeats a value by an alias such as *name, by which a small file can stand for an endless one, so nothing was imported.",
      enNext: "Write each value out.",
      zh: "YAML 使用了 *name 形式的别名，小文件可能因此展开成极大的内容，因此没有导入。",
      zhNext: "请把每个值完整写出。",
    },
    "yaml-too-long": {
      en: "The YAML is longer than 1,048,576 characters, more than is read as one document, so nothing was imported.",
      enNext: "Export as CSV, or split the list into several files.",
      zh: "YAML 超过 1,048,576 个字符，超出单个文档的读取上限，因此没有导入。",
      zhNext: "请改为导出 CSV，或把列表拆分成多个文件。",
    },
  },
};
