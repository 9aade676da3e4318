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
      en: "The column was not read: another one holds the same field by a better known name, as a mobile number beside a telephone number (手机, 电话) or an id of the directory beside a number of employees (员工UserID, 工号).",
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
    "layout-ambiguous": {
      en: "The first records of the file have names of several products, so nothing was imported: the same name means something else in each.",
      enNext:
        "Upload the records of each product in a file of their own, or say in uploads.layout which product wrote the file.",
      zh: "文件的前几条记录带有多个产品的字段名，因此没有导入：同一名称在各产品中含义不同。",
      zhNext: "请把各产品的记录分成单独的文件上传，或在 uploads.layout 中说明文件由哪个产品生成。",
    },
    "layout-setting-unknown": {
      en: "The setting uploads.layout names no product that is known, so files wait until it is corrected.",
      enNext: "Write the name of a folder of lib/layouts, or plain, or leave the setting out.",
      zh: "配置 uploads.layout 中的产品未知，更正之前文件会等待。",
      zhNext: "请写 lib/layouts 中的文件夹名称或 plain，或删去该配置。",
    },
    "duo-tokens": {
      en: "The file lists hardware tokens for Duo: it names no people, and does not say which tokens count their codes, so nothing was imported.",
      enNext:
        "Make a table with the columns email, secret (in base32), algorithm, digits and period, for the tokens that are TOTP.",
      zh: "该文件是 Duo 的硬件令牌清单：没有写明属于哪些人，也没有说明哪些令牌按计数器工作，因此没有导入。",
      zhNext: "请为其中的 TOTP 令牌制作表格，列为 email、secret（base32）、algorithm、digits、period。",
    },
    "yubikey-log": {
      en: "The file is a log of YubiKeys that were programmed: its keys count their codes or are no TOTP, which Authing does not know, so nothing was imported.",
      enNext:
        "Let these people enrol an authenticator at Authing; a YubiKey can hold its secret in Yubico Authenticator.",
      zh: "该文件是 YubiKey 的编程记录：其中的密钥按计数器工作或不是 TOTP，Authing 不支持，因此没有导入。",
      zhNext: "请让这些人在 Authing 重新绑定验证器；YubiKey 可通过 Yubico Authenticator 保存其密钥。",
    },
    "password-hash-weak": {
      en: "The file says that its passwords are hashes of MD5, SHA-1 or crypt, so the row was rejected: such hashes are quickly turned into passwords.",
      enNext: "Empty the password and the hash function of these rows, and let the people set new passwords.",
      zh: "文件说明密码是 MD5、SHA-1 或 crypt 的哈希值，因此该行被拒绝：这样的哈希值很快就能还原成密码。",
      zhNext: "请清空这些行的密码和哈希函数，让这些人设置新密码。",
    },
    "password-and-hash": {
      en: "The row has a password and a hash, so it was rejected: it is not known which of them the person signs in with.",
      enNext: "Leave one of the two cells empty.",
      zh: "该行同时有密码和哈希值，因此被拒绝：无法确定此人用哪一个登录。",
      zhNext: "请将其中一个单元格留空。",
    },
  },
};
