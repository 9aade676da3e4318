import type { ReasonGroup } from "./reason.ts";

export const text: ReasonGroup = {
  title: { en: "Text that cannot be decoded", zh: "无法解码的文本" },
  about: {
    en: "A file is decoded strictly and as a whole, so that no name is garbled; where it cannot be, none of its rows is delivered.",
    zh: "文件按整体严格解码，以免姓名成为乱码；无法解码时，其中没有任何一行被送达。",
  },
  reasons: {
    "encoding-ambiguous": {
      en: "The file can be read in several encodings, which give different texts, so nothing was imported.",
      enNext:
        "Save it as UTF-8 (in Excel: CSV UTF-8), or set uploads.encoding in inbound.config.ts, and upload it again.",
      zh: "文件可以按多种编码读取，得到的文字不同，因此没有导入。",
      zhNext:
        "请另存为 UTF-8（Excel 中选择 CSV UTF-8），或在 inbound.config.ts 中设置 uploads.encoding，然后重新上传。",
    },
    "text-not-utf-16le": {
      en: "The file has bytes that are no character of UTF-16LE, so nothing was imported.",
      enNext: "Look at the line that the summary names, and save the file as UTF-8 (in Excel: CSV UTF-8).",
      zh: "文件中有不属于 UTF-16LE 编码的字节，因此没有导入。",
      zhNext: "请查看 summary 指出的那一行，并将文件另存为 UTF-8（Excel 中选择 CSV UTF-8）。",
    },
    "text-not-utf-16be": {
      en: "The file has bytes that are no character of UTF-16BE, so nothing was imported.",
      enNext: "Look at the line that the summary names, and save the file as UTF-8 (in Excel: CSV UTF-8).",
      zh: "文件中有不属于 UTF-16BE 编码的字节，因此没有导入。",
      zhNext: "请查看 summary 指出的那一行，并将文件另存为 UTF-8（Excel 中选择 CSV UTF-8）。",
    },
    "text-not-gb18030": {
      en: "The file has bytes that are no character of GB18030, so nothing was imported.",
      enNext: "Look at the line that the summary names, and save the file as UTF-8 (in Excel: CSV UTF-8).",
      zh: "文件中有不属于 GB18030 编码的字节，因此没有导入。",
      zhNext: "请查看 summary 指出的那一行，并将文件另存为 UTF-8（Excel 中选择 CSV UTF-8）。",
    },
    "text-not-windows-1252": {
      en: "The file has bytes that are no character of windows-1252, so nothing was imported.",
      enNext: "Look at the line that the summary names, and save the file as UTF-8 (in Excel: CSV UTF-8).",
      zh: "文件中有不属于 windows-1252 编码的字节，因此没有导入。",
      zhNext: "请查看 summary 指出的那一行，并将文件另存为 UTF-8（Excel 中选择 CSV UTF-8）。",
    },
    "text-not-big5": {
      en: "The file has bytes that are no character of Big5, so nothing was imported.",
      enNext: "Look at the line that the summary names, and save the file as UTF-8 (in Excel: CSV UTF-8).",
      zh: "文件中有不属于 Big5 编码的字节，因此没有导入。",
      zhNext: "请查看 summary 指出的那一行，并将文件另存为 UTF-8（Excel 中选择 CSV UTF-8）。",
    },
    "text-not-shift-jis": {
      en: "The file has bytes that are no character of Shift_JIS, so nothing was imported.",
      enNext: "Look at the line that the summary names, and save the file as UTF-8 (in Excel: CSV UTF-8).",
      zh: "文件中有不属于 Shift_JIS 编码的字节，因此没有导入。",
      zhNext: "请查看 summary 指出的那一行，并将文件另存为 UTF-8（Excel 中选择 CSV UTF-8）。",
    },
    "text-not-euc-kr": {
      en: "The file has bytes that are no character of EUC-KR, so nothing was imported.",
      enNext: "Look at the line that the summary names, and save the file as UTF-8 (in Excel: CSV UTF-8).",
      zh: "文件中有不属于 EUC-KR 编码的字节，因此没有导入。",
      zhNext: "请查看 summary 指出的那一行，并将文件另存为 UTF-8（Excel 中选择 CSV UTF-8）。",
    },
    "text-not-euc-jp": {
      en: "The file has bytes that are no character of EUC-JP, so nothing was imported.",
      enNext: "Look at the line that the summary names, and save the file as UTF-8 (in Excel: CSV UTF-8).",
      zh: "文件中有不属于 EUC-JP 编码的字节，因此没有导入。",
      zhNext: "请查看 summary 指出的那一行，并将文件另存为 UTF-8（Excel 中选择 CSV UTF-8）。",
    },
  },
};
