import type { ReasonGroup } from "./reason.ts";

export const values: ReasonGroup = {
  title: { en: "Damaged values of files, and notes about them", zh: "文件中受损的值及相关提示" },
  about: {
    en: "Spreadsheets, databases and conversions damage values; a row is rejected where what was meant cannot be known, and a note says what was mended.",
    zh: "表格软件、数据库和编码转换会损坏数据：无法确定原意时该行被拒绝，能够修复时以提示说明。",
  },
  reasons: {
    "department-id-type-unknown": {
      en: "The file says of its ids of departments that they are of a kind that Authing does not have, so the row was rejected.",
      enNext: "Write department_id, open_department_id, sync_relation, custom_field or code.",
      zh: "文件所写的部门 ID 类型在 Authing 中不存在，因此该行被拒绝。",
      zhNext: "请写 department_id、open_department_id、sync_relation、custom_field 或 code。",
    },
    "department-id-types-differ": {
      en: "The row has ids of departments of one kind, and departments that the configuration maps to ids of another kind, so it was rejected: Authing takes one kind at a time.",
      enNext: "Leave one of the two out, or give ids of the same kind in uploads.departments.",
      zh: "该行的部门 ID 是一种类型，而配置把部门映射成另一种类型的 ID，因此被拒绝：Authing 一次只接受一种。",
      zhNext: "请删去其中之一，或在 uploads.departments 中使用同一类型的 ID。",
    },
    "value-removed": {
      en: "The cell holds the mark that results show in place of a secret value, so the row was rejected.",
      enNext: "Put the real value back, or leave the cell empty.",
      zh: "单元格中是结果文件用来代替机密值的标记，因此该行被拒绝。",
      zhNext: "请填回真实的值，或留空。",
    },
    "sheet-error": {
      en: "The cell holds an error of a spreadsheet in place of a value, so the row was rejected.",
      enNext: "Correct the formula of the cell and export the file again.",
      zh: "单元格中是表格软件的错误值，因此该行被拒绝。",
      zhNext: "请修正该单元格的公式后重新导出文件。",
    },
    "formula-not-computed": {
      en: "The cell holds a formula in place of its result, so the row was rejected.",
      enNext: "Export the values of the sheet, not its formulas.",
      zh: "单元格中是公式而不是其结果，因此该行被拒绝。",
      zhNext: "请导出表格的值，而不是公式。",
    },
    "characters-lost": {
      en: "A conversion has replaced characters of the value, by question marks or by the sign for what cannot be read, so the row was rejected.",
      enNext: "Export the file again as UTF-8; what was replaced is in no copy of this file.",
      zh: "编码转换时部分字符已被问号或替换符取代，因此该行被拒绝。",
      zhNext: "请以 UTF-8 重新导出文件；被取代的字符无法从本文件恢复。",
    },
    mojibake: {
      en: "The text was read in another encoding than it was written in, so the row was rejected.",
      enNext: "Export the file again as UTF-8, or open it in the encoding in which it was written.",
      zh: "文本以错误的编码读取，成为乱码，因此该行被拒绝。",
      zhNext: "请以 UTF-8 重新导出文件，或用原来的编码打开。",
    },
    "value-is-null": {
      en: "The value stands for no value, and it would identify a person, so the row was rejected: the next row with it would count as the same person.",
      enNext: "Leave the cell empty, or write the person's real id or address.",
      zh: "该值表示“没有值”，而该字段用于识别人员，因此该行被拒绝：否则下一行相同的值会被当作同一个人。",
      zhNext: "请留空，或填写此人真实的标识或地址。",
    },
    "break-inside": {
      en: "A line break or a tab is inside of the value, so the row was rejected.",
      enNext: "Remove the break; two values in one cell belong into two rows or columns.",
      zh: "值中间含有换行或制表符，因此该行被拒绝。",
      zhNext: "请去掉换行；一个单元格中的两个值应分到两行或两列。",
    },
    "number-scientific": {
      en: "A spreadsheet has turned the value into a number like 2.02E+11, whose last digits are lost, so the row was rejected.",
      enNext: "Format the column as text, enter the values again, and save the file anew.",
      zh: "表格软件把该值变成了 2.02E+11 这样的数字，末尾几位已丢失，因此该行被拒绝。",
      zhNext: "请把该列设为文本格式，重新输入后再保存文件。",
    },
    "number-with-fraction": {
      en: "A program has turned the value into a number like 10010.0, so the row was rejected: zeros at its beginning may be lost.",
      enNext: "Export the column as text.",
      zh: "程序把该值变成了 10010.0 这样的数字，因此该行被拒绝：开头的零可能已丢失。",
      zhNext: "请把该列以文本格式导出。",
    },
    "number-lost-digits": {
      en: "A spreadsheet has kept 15 digits of the number and made the others zeros, so the row was rejected.",
      enNext: "Format the column as text, enter the numbers again, and save the file anew.",
      zh: "表格软件只保留了号码的前 15 位，其余变成了零，因此该行被拒绝。",
      zhNext: "请把该列设为文本格式，重新输入号码后再保存文件。",
    },
    "date-instead-of-id": {
      en: "A spreadsheet has turned the id into a date, so the row was rejected.",
      enNext: "Format the column as text, enter the ids again, and save the file anew.",
      zh: "表格软件把该标识变成了日期，因此该行被拒绝。",
      zhNext: "请把该列设为文本格式，重新输入后再保存文件。",
    },
    "text-formula-removed": {
      en: "The value was written as a formula that only holds text, and the text was taken.",
      zh: "该值以只含文本的公式写成，已取其中的文本。",
    },
    "null-taken-as-empty": {
      en: "The value is a word that programs write for no value, and it was taken for an empty cell.",
      zh: "该值是程序用来表示“没有值”的词，已当作空单元格。",
    },
    "name-looks-null": {
      en: "The name looks like a word that programs write for no value, or has no letter; it was taken as written.",
      enNext: "Check that the person is called this.",
      zh: "姓名像是程序用来表示“没有值”的词，或不含任何文字；已按原样导入。",
      zhNext: "请确认此人的姓名确实如此。",
    },
    "breaks-replaced": {
      en: "A line break or a tab inside of the name was replaced by a space.",
      zh: "姓名中的换行或制表符已替换为空格。",
    },
    "invisible-removed": {
      en: "Invisible characters were removed from the value.",
      zh: "已去掉该值中的不可见字符。",
    },
    "question-marks": {
      en: "The text has question marks in a row, which a conversion may have written for characters that it lost; it was taken as written.",
      enNext: "Compare the text with its source.",
      zh: "文本含有连续的问号，可能是编码转换时丢失的字符；已按原样导入。",
      zhNext: "请与来源核对该文本。",
    },
    "fraction-removed": {
      en: "A program had turned the phone number into a number like 13800138000.0; the digits behind the point were removed.",
      zh: "程序把手机号变成了 13800138000.0 这样的数字；小数部分已去掉。",
    },
    "digits-may-be-lost": {
      en: "The id has zeros from its 16th digit on, as a spreadsheet writes a number that is too long; it was taken as written.",
      enNext: "Compare the id with its source.",
      zh: "该标识从第 16 位起都是零，像是表格软件丢失了位数；已按原样导入。",
      zhNext: "请与来源核对该标识。",
    },
    "birthdate-moved": {
      en: "The birthday has a time of day in another time zone, so the row was rejected: the day itself may have moved by one.",
      enNext: "Write the day without a time, as 1990-05-17.",
      zh: "出生日期带有其他时区的时刻，因此该行被拒绝：日期本身可能差了一天。",
      zhNext: "请只写日期，例如 1990-05-17。",
    },
    "birthdate-in-future": {
      en: "The birthday is after the day of the upload, so the row was rejected.",
      enNext: "Correct the year, written with four digits.",
      zh: "出生日期晚于上传日期，因此该行被拒绝。",
      zhNext: "请更正年份，并写满四位。",
    },
    "birthdate-too-early": {
      en: "No living person was born on this day, so the row was rejected.",
      enNext: "Correct the birthday, or leave it empty.",
      zh: "没有在世的人出生于该日期，因此该行被拒绝。",
      zhNext: "请更正出生日期，或留空。",
    },
    "birthdate-is-default": {
      en: "The birthday is 1970-01-01, which programs write for a day that is not known; it was taken as written.",
      enNext: "Check the birthday of this person.",
      zh: "出生日期是 1970-01-01，程序常用它表示未知日期；已按原样导入。",
      zhNext: "请核对此人的出生日期。",
    },
    "gender-unknown": {
      en: "The word for the gender is not known, so the person was brought with the gender unknown.",
      enNext: "Write M, F or U.",
      zh: "性别的写法无法识别，因此此人的性别为未知。",
      zhNext: "请写 M、F 或 U。",
    },
    "province-is-status": {
      en: "The column of provinces holds a word for the state of an account, so the row was rejected: a closed account would be opened.",
      enNext: "Map the column to status in uploads.columns of inbound.config.ts, or rename it to status.",
      zh: "省份列中是账号状态的词，因此该行被拒绝：否则已停用的账号会被开通。",
      zhNext: "请在 inbound.config.ts 的 uploads.columns 中把该列映射为 status，或把列名改为 status。",
    },
    "status-contradictory": {
      en: "One column says that the account is open and another that it is closed, so the row was rejected.",
      enNext: "Correct one of the columns.",
      zh: "一列说账号已启用，另一列说已停用，因此该行被拒绝。",
      zhNext: "请更正其中一列。",
    },
    "custom-data-invalid": {
      en: "The value for a custom field is no text, number or truth value, so the row was rejected.",
      enNext: "Write one plain value, or map another column to the custom field.",
      zh: "自定义字段的值不是文本、数字或真假值，因此该行被拒绝。",
      zhNext: "请写一个简单的值，或把其他列映射到该自定义字段。",
    },
    "identities-differ": {
      en: "The row names two people, one by one column and another by another, so the secret was given to neither.",
      enNext: "Correct the column that names the other person, and upload the row again.",
      zh: "该行的两列指向两个不同的人，因此密钥没有交给其中任何一人。",
      zhNext: "请更正指向另一人的那一列，然后重新上传该行。",
    },
  },
};
