import type { ReasonGroup } from "./reason.ts";

export const workbooks: ReasonGroup = {
  title: { en: "Excel workbooks", zh: "Excel 工作簿" },
  about: {
    en: "A workbook that cannot be read is refused as a whole; a cell that cannot be read costs its row.",
    zh: "无法读取的工作簿整个被拒绝；无法读取的单元格只影响所在的行。",
  },
  reasons: {
    "file-is-xlsb": {
      en: "The file is a binary Excel workbook (.xlsb), so nothing was imported.",
      enNext: "Save it as .xlsx and upload that.",
      zh: "文件是二进制 Excel 工作簿（.xlsb），因此没有导入。",
      zhNext: "请另存为 .xlsx 后上传。",
    },
    "workbook-damaged": {
      en: "The workbook is damaged, or was written by a program that Excel would not understand, so nothing was imported.",
      enNext: "Open it in Excel, save it as .xlsx again and upload that.",
      zh: "工作簿已损坏，或由 Excel 无法识别的程序写出，因此没有导入。",
      zhNext: "请用 Excel 打开，重新另存为 .xlsx 后上传。",
    },
    "workbook-part-missing": {
      en: "A part of the workbook is missing, or the file is no workbook of Excel, so nothing was imported.",
      enNext: "Open it in Excel, save it as .xlsx again and upload that.",
      zh: "工作簿缺少一部分，或文件不是 Excel 工作簿，因此没有导入。",
      zhNext: "请用 Excel 打开，重新另存为 .xlsx 后上传。",
    },
    "workbook-too-large": {
      en: "The workbook is larger than the limits allow once it is unpacked, so nothing was imported.",
      enNext: "Split the sheet, or save it as CSV UTF-8 and upload that.",
      zh: "工作簿解压后超过限制，因此没有导入。",
      zhNext: "请拆分工作表，或另存为 CSV UTF-8 后上传。",
    },
    "sheet-missing": {
      en: "The workbook has no visible worksheet, so nothing was imported.",
      enNext: "Unhide the worksheet with the people, or name it in the configuration.",
      zh: "工作簿中没有可见的工作表，因此没有导入。",
      zhNext: "请取消隐藏人员所在的工作表，或在配置中写明其名称。",
    },
    "sheet-unknown": {
      en: "The workbook has no sheet of the name that the configuration gives, so nothing was imported.",
      enNext: "Rename the sheet, or correct its name in the configuration.",
      zh: "工作簿中没有配置所写名称的工作表，因此没有导入。",
      zhNext: "请重命名工作表，或更正配置中的名称。",
    },
    "sheet-is-no-table": {
      en: "The sheet that the configuration names is a chart, so nothing was imported.",
      enNext: "Name a worksheet in the configuration.",
      zh: "配置所写的工作表是图表，因此没有导入。",
      zhNext: "请在配置中写明一个普通工作表的名称。",
    },
    "columns-too-many": {
      en: "The header has more than 1,000 columns, so nothing was imported.",
      enNext: "Delete the columns that are not about people.",
      zh: "表头超过 1000 列，因此没有导入。",
      zhNext: "请删除与人员无关的列。",
    },
    "header-too-long": {
      en: "The row of the header is longer than 1,048,576 characters, or one of its cells is longer than 1,000, so nothing was imported.",
      enNext: "Put the names of the columns into the first row.",
      zh: "表头所在的行超过 1,048,576 个字符，或其中一个单元格超过 1,000 个字符，因此没有导入。",
      zhNext: "请在第一行写上列名。",
    },
    "cell-too-long": {
      en: "A cell of the row is longer than 65,536 characters, so the row was rejected.",
      enNext: "Shorten the cell.",
      zh: "该行有一个单元格超过 65536 个字符，因此被拒绝。",
      zhNext: "请缩短该单元格。",
    },
    "cell-unreadable": {
      en: "A cell of the row cannot be read as what the workbook says it is, so the row was rejected.",
      enNext: "Type the value again, with the column formatted as text.",
      zh: "该行有一个单元格与工作簿所标的类型不符，无法读取，因此被拒绝。",
      zhNext: "请将该列设为文本格式后重新输入。",
    },
    "number-inexact": {
      en: "Excel keeps 15 digits of a number, and this one has more, so its last digits are lost and the row was rejected.",
      enNext: "Format the column as text and type the number again.",
      zh: "Excel 的数字只保留 15 位，该数字超过 15 位，末尾的数字已丢失，因此该行被拒绝。",
      zhNext: "请将该列设为文本格式后重新输入该数字。",
    },
    "formula-without-value": {
      en: "A cell of the row is a formula that was never computed, so the row was rejected.",
      enNext: "Open the workbook in Excel and save it, or replace the formulas by their values.",
      zh: "该行有一个单元格是从未计算过的公式，因此被拒绝。",
      zhNext: "请用 Excel 打开并保存工作簿，或将公式替换为数值。",
    },
    "leading-zeros-of-format": {
      en: "The cell is a number whose format shows zeros in front, and the value was taken with them.",
      zh: "该单元格是数字，其格式在前面显示零，取值时包含这些零。",
    },
  },
};
