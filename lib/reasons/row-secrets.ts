import type { ReasonGroup } from "./reason.ts";

export const rowSecrets: ReasonGroup = {
  title: { en: "Passwords, hashes and secrets of rows", zh: "行中的密码、哈希值与密钥" },
  about: {
    en: "A row is rejected where a password, a hash or a secret is not what its column says; other texts are notes about what was brought.",
    zh: "密码、哈希值或密钥与其列的含义不符时，该行被拒绝；其余为已导入内容的提示。",
  },
  reasons: {
    "password-removed": {
      en: "The results show this mark in place of the password, so the row was rejected: the mark would become the password.",
      enNext: "Put the password back, or leave the cell empty.",
      zh: "结果文件以此标记代替密码，因此该行被拒绝：否则该标记会成为密码。",
      zhNext: "请填回密码，或留空。",
    },
    "password-damaged": {
      en: "A spreadsheet or a database has written something else in place of the password, so the row was rejected.",
      enNext: "Put the password back, or leave the cell empty.",
      zh: "表格软件或数据库用其他内容取代了密码，因此该行被拒绝。",
      zhNext: "请填回密码，或留空。",
    },
    "password-twice": {
      en: "The row has both a password and a hash, so it was rejected: only one of them can be kept.",
      enNext: "Leave one of the two cells empty.",
      zh: "该行同时含有密码和哈希值，因此被拒绝：只能保留其中一个。",
      zhNext: "请将其中一个单元格留空。",
    },
    "password-hash-is-plain": {
      en: "The column of hashes holds a password in plain text, so the row was rejected: it would be stored as it is.",
      enNext: "Write the password without its prefix into the column password.",
      zh: "哈希列中是明文密码，因此该行被拒绝：否则它会以明文保存。",
      zhNext: "请去掉前缀，把密码写到 password 列。",
    },
    "password-hash-damaged": {
      en: "A part of the hash is missing or cannot be read, so the row was rejected: no password would match it.",
      enNext: "Export the hashes again with all their parts, or leave them out.",
      zh: "哈希值的某个部分缺失或无法识别，因此该行被拒绝：任何密码都无法与其匹配。",
      zhNext: "请重新导出完整的哈希值，或不导入哈希值。",
    },
    "password-hash-unsalted": {
      en: "The hash was made without a salt, so the row was rejected: such hashes are looked up in tables.",
      enNext: "Leave the hashes out, and let the people set new passwords.",
      zh: "哈希值没有加盐，因此该行被拒绝：这种哈希值可以查表破解。",
      zhNext: "请不要导入这些哈希值，让人员重新设置密码。",
    },
    "password-hash-needs-key": {
      en: "The hash was made with a secret key, which does not go to Authing, so the row was rejected.",
      enNext: "Leave the hashes out, and let the people set new passwords.",
      zh: "哈希值由密钥生成，而密钥不会交给 Authing，因此该行被拒绝。",
      zhNext: "请不要导入这些哈希值，让人员重新设置密码。",
    },
    "password-surrounded-by-space": {
      en: "The password begins or ends with a space; it was taken as written.",
      enNext: "Check that the space belongs to the password: the person has to type it.",
      zh: "密码的开头或结尾有空格；已按原样导入。",
      zhNext: "请确认空格属于密码：此人登录时必须输入它。",
    },
    "password-may-be-hashed": {
      en: "The password has the form of a hash of the oldest crypt; it was taken as a password.",
      enNext:
        "If the column holds hashes, stop here, and name it passwordHash, with LDAP's prefix for crypt before each hash.",
      zh: "密码的形式像最早的 crypt 哈希值；已作为密码导入。",
      zhNext:
        "如果该列是哈希值，请停止导入，把列名改为 passwordHash，并在每个哈希值前加上 LDAP 的 crypt 前缀。",
    },
    "password-hash-cut-off": {
      en: "The bcrypt hash has fewer than 60 characters, so that no password will match it; it was taken as written.",
      enNext: "Export the hashes again from a column that is wide enough.",
      zh: "bcrypt 哈希值不足 60 个字符，任何密码都无法与其匹配；已按原样导入。",
      zhNext: "请从足够宽的列重新导出哈希值。",
    },
    "password-hash-trimmed": {
      en: "Space around the hash was removed.",
      zh: "已去掉哈希值前后的空白。",
    },
    "password-unusable": {
      en: "The column says that the account has no usable password, so the person was brought without one.",
      enNext: "Let the person set a password at Authing.",
      zh: "该列表明账号没有可用的密码，因此此人以无密码方式导入。",
      zhNext: "请让此人在 Authing 设置密码。",
    },
    "secret-removed": {
      en: "The results show this mark in place of the TOTP secret, so the row was rejected.",
      enNext: "Put the secret back, and upload the row again.",
      zh: "结果文件以此标记代替 TOTP 密钥，因此该行被拒绝。",
      zhNext: "请填回密钥后重新上传该行。",
    },
    "secret-of-another-row": {
      en: "An earlier row gives the same TOTP secret to another person; both were brought, and each can make the codes of the other.",
      enNext:
        "Check the column of the secrets, e.g. for a cell that was filled down, and let one of the two enrol anew.",
      zh: "前面的行把同一个 TOTP 密钥给了另一个人；两者都已导入，彼此都能生成对方的验证码。",
      zhNext: "请检查密钥列，例如是否误用了向下填充，并让其中一人重新绑定。",
    },
    "person-has-another-secret": {
      en: "An earlier row gives the person another TOTP secret; Authing holds one, which is that of the later row.",
      enNext: "Check which of the two secrets is on the person's phone, and upload that one alone.",
      zh: "前面的行给了此人另一个 TOTP 密钥；Authing 只保存一个，以后面的行为准。",
      zhNext: "请确认此人手机上的是哪一个密钥，并只上传那一个。",
    },
    "secret-damaged": {
      en: "A spreadsheet or an export has written something else in place of the TOTP secret, so the row was rejected.",
      enNext: "Export the secrets again, with the column as text.",
      zh: "表格软件或导出程序用其他内容取代了 TOTP 密钥，因此该行被拒绝。",
      zhNext: "请把该列设为文本格式，重新导出密钥。",
    },
    "recovery-code-removed": {
      en: "The results show this mark in place of the recovery code, so the row was rejected.",
      enNext: "Put the recovery code back, or leave the cell empty.",
      zh: "结果文件以此标记代替恢复码，因此该行被拒绝。",
      zhNext: "请填回恢复码，或留空。",
    },
    "recovery-code-damaged": {
      en: "A spreadsheet or an export has written something else in place of the recovery code, so the row was rejected: the person has another code on paper.",
      enNext: "Export the recovery codes again, with the column as text, or leave the cell empty.",
      zh: "表格软件或导出程序用其他内容取代了恢复码，因此该行被拒绝：此人手中的恢复码并非如此。",
      zhNext: "请把该列设为文本格式后重新导出恢复码，或留空。",
    },
    "recovery-code-first-of-several": {
      en: "The row has several recovery codes, of which Authing holds one: the first that was not used was brought.",
      enNext: "Tell the person that the other codes no longer work.",
      zh: "该行有多个恢复码，而 Authing 只保存一个：已导入第一个未使用的恢复码。",
      zhNext: "请告知此人其他恢复码已失效。",
    },
    "recovery-code-hashed": {
      en: "The recovery code is a hash, which Authing would take for the code itself, so the secret was brought without it.",
      enNext: "Let the person make a new recovery code at Authing.",
      zh: "恢复码是哈希值，Authing 会把它当作恢复码本身，因此密钥已导入，但不含恢复码。",
      zhNext: "请让此人在 Authing 生成新的恢复码。",
    },
    "recovery-codes-used": {
      en: "The person has used all recovery codes, so the secret was brought without one.",
      enNext: "Let the person make a new recovery code at Authing.",
      zh: "此人的恢复码都已使用，因此密钥已导入，但不含恢复码。",
      zhNext: "请让此人在 Authing 生成新的恢复码。",
    },
  },
};
