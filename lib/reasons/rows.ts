import { runDoctor } from "./commands.ts";
import type { ReasonGroup } from "./reason.ts";

export const rows: ReasonGroup = {
  title: { en: "Rows that are rejected, and notes", zh: "被拒绝的行与提示" },
  about: {
    en: "A row is rejected as a whole, with every reason, and the other rows go on; rejected.csv holds it for correction.",
    zh: "该行整行被拒绝并列出所有原因，其他行照常处理；rejected.csv 中有该行以便更正。",
  },
  reasons: {
    updated: {
      en: "The account existed, and the row changed the fields that differed, as the setting uploads.existing says.",
      enNext: "Nothing is to be done.",
      zh: "账号已存在，该行按照 uploads.existing 设置更新了不同的字段。",
      zhNext: "无需处理。",
    },
    "columns-missing": {
      en: "The row has fewer cells than the header, so it was rejected.",
      enNext: "Add the missing cells; a value with a delimiter in it needs quotation marks.",
      zh: "该行的单元格少于表头，因此被拒绝。",
      zhNext: "请补上缺少的单元格；含有分隔符的值需要加引号。",
    },
    "columns-extra": {
      en: "The row has more cells than the header, so it was rejected.",
      enNext: "Put quotation marks around a value with a delimiter in it, or remove the extra cells.",
      zh: "该行的单元格多于表头，因此被拒绝。",
      zhNext: "请给含有分隔符的值加引号，或去掉多余的单元格。",
    },
    "quote-misplaced": {
      en: "A quotation mark in the row is in the wrong place, so the row was rejected.",
      enNext: "Quote the whole value, and double each quotation mark in it.",
      zh: "该行的引号位置不对，因此被拒绝。",
      zhNext: "请用引号括住整个值，其中的引号写两次。",
    },
    "row-is-total": {
      en: "The row is a total of the table and no person, so it was rejected.",
      enNext: "Nothing is to be done, unless the row is a person: then change the word in its first cell.",
      zh: "该行是表格的合计行，不是人员，因此被拒绝。",
      zhNext: "无需处理；如果该行确实是一个人，请修改第一个单元格的文字。",
    },
    "character-nul": {
      en: "A cell of the row holds the character U+0000, which damaged files have, so the row was rejected.",
      enNext: "Write the value anew.",
      zh: "该行的一个单元格含有字符 U+0000，文件可能已损坏，因此该行被拒绝。",
      zhNext: "请重新填写该值。",
    },
    "quote-unclosed": {
      en: "A quotation mark in the row is never closed, so the row was rejected.",
      enNext: "Close the quotation mark.",
      zh: "该行的引号没有闭合，因此被拒绝。",
      zhNext: "请补上缺少的引号。",
    },
    unreadable: {
      en: "The row cannot be read, so it was rejected.",
      enNext: "Compare the row with docs/uploads.md.",
      zh: "该行无法读取，因此被拒绝。",
      zhNext: "请对照 docs/uploads.md 检查该行。",
    },
    "identity-missing": {
      en: "The row does not say which person the secret is for, so it was rejected.",
      enNext: "Fill one of userId, externalId, email, phone or username.",
      zh: "该行没有说明密钥属于哪个人，因此被拒绝。",
      zhNext: "请填写 userId、externalId、邮箱、手机号、用户名之一。",
    },
    "secret-missing": {
      en: "A secret is not there: a row or an event has no TOTP secret, so none was imported, or a secret of this deployment does not exist, so that its requests get 503.",
      enNext:
        "In a file, fill the column of the secret and upload the row again; of a deployment, deploy, then put the value into Secrets Manager as doctor says.",
      zh: "缺少密钥：文件中的该行或某个事件没有 TOTP 密钥，因此没有导入；或者本部署缺少某个密钥，相应的请求得到 503。",
      zhNext:
        "如果来自文件，请填写密钥列后重新上传该行；如果是部署，请先部署，再按 doctor 的提示把值写入 Secrets Manager。",
      run: runDoctor,
    },
    "secret-encoding": {
      en: "The TOTP secret is no base32, so it was not imported: codes made from it would never be right.",
      enNext: "Let it be written in base32; a file may also hold it as an otpauth:// address.",
      zh: "TOTP 密钥不是 base32，因此没有导入：用它生成的验证码永远不会正确。",
      zhNext: "请以 base32 形式提供密钥；文件中也可以是 otpauth:// 地址。",
    },
    "secret-encrypted": {
      en: "The TOTP secret is encrypted with a key that is not here, so it was not imported.",
      enNext: "Decrypt the secrets where they come from, and export them again.",
      zh: "TOTP 密钥经过加密，这里没有对应的解密密钥，因此没有导入。",
      zhNext: "请在原系统解密后重新导出。",
    },
    "secret-short": {
      en: "The TOTP secret has fewer than 80 bits, so the row was rejected.",
      enNext: "Give the person a new secret of at least 80 bits.",
      zh: "TOTP 密钥不足 80 位，因此该行被拒绝。",
      zhNext: "请为此人生成至少 80 位的新密钥。",
    },
    "uri-invalid": {
      en: "The otpauth:// address cannot be read, so the row was rejected.",
      enNext: "Export the address again, or give the secret alone in base32.",
      zh: "otpauth:// 地址无法识别，因此该行被拒绝。",
      zhNext: "请重新导出该地址，或只提供 base32 密钥。",
    },
    "type-unsupported": {
      en: "The secret makes codes by a counter or a vendor's own way, which Authing does not know, so the row was rejected: the person could not sign in.",
      enNext: "Let the person enrol a new authenticator at Authing.",
      zh: "该密钥按计数器或厂商自有方式生成验证码，Authing 不支持，因此该行被拒绝：导入后此人将无法登录。",
      zhNext: "请让此人在 Authing 重新绑定验证器。",
    },
    "algorithm-unsupported": {
      en: "The secret makes codes with another algorithm than SHA-1, which Authing does not know, so the row was rejected: the person could not sign in.",
      enNext: "Let the person enrol a new authenticator at Authing.",
      zh: "该密钥使用 SHA-1 以外的算法，Authing 不支持，因此该行被拒绝：导入后此人将无法登录。",
      zhNext: "请让此人在 Authing 重新绑定验证器。",
    },
    "digits-unsupported": {
      en: "The secret makes codes of another length than 6 digits, which Authing does not know, so the row was rejected: the person could not sign in.",
      enNext: "Let the person enrol a new authenticator at Authing.",
      zh: "该密钥的验证码不是 6 位，Authing 不支持，因此该行被拒绝：导入后此人将无法登录。",
      zhNext: "请让此人在 Authing 重新绑定验证器。",
    },
    "period-unsupported": {
      en: "The secret makes codes of another period than 30 seconds, which Authing does not know, so the row was rejected: the person could not sign in.",
      enNext: "Let the person enrol a new authenticator at Authing.",
      zh: "该密钥的验证码周期不是 30 秒，Authing 不支持，因此该行被拒绝：导入后此人将无法登录。",
      zhNext: "请让此人在 Authing 重新绑定验证器。",
    },
    "recovery-code-invalid": {
      en: "The recovery code is no text, no list of codes, or is longer than 255 characters, so the row was rejected.",
      enNext: "Correct the recovery code, or leave it empty.",
      zh: "恢复码不是文本或恢复码列表，或超过 255 个字符，因此该行被拒绝。",
      zhNext: "请更正恢复码，或留空。",
    },
    "secret-had-stray-bits": {
      en: "The secret was accepted; its last character held more than it should, and it was written in the usual form.",
      enNext:
        "Nothing is to be done, unless the person's codes are refused: then let the person enrol a new authenticator.",
      zh: "密钥已接受；最后一个字符含有多余的位，已改写为规范形式。",
      zhNext: "无需处理；如果此人的验证码被拒绝，请让其重新绑定验证器。",
    },
    "secret-below-128-bits": {
      en: "The secret was accepted; it is shorter than the 128 bits that the standard advises.",
      enNext: "Nothing is to be done; a new authenticator would be stronger.",
      zh: "密钥已接受；长度低于标准建议的 128 位。",
      zhNext: "无需处理；重新绑定验证器会更安全。",
    },
    "secret-above-512-bits": {
      en: "The secret was accepted; it is longer than 512 bits, which some authenticators treat in other ways.",
      enNext:
        "Nothing is to be done, unless the person's codes are refused: then let the person enrol a new authenticator.",
      zh: "密钥已接受；长度超过 512 位，部分验证器的处理方式可能不同。",
      zhNext: "无需处理；如果此人的验证码被拒绝，请让其重新绑定验证器。",
    },
    "secret-one-byte-repeated": {
      en: "The secret was accepted; it is one byte over and over, as in a test, and easy to guess.",
      enNext: "Check that this is the person's real secret.",
      zh: "密钥已接受；它由同一个字节重复而成，像是测试数据，很容易被猜到。",
      zhNext: "请确认这是此人的真实密钥。",
    },
    "password-invalid": {
      en: "The password is no text, is longer than 1,024 characters, or has a line break or an invisible character that cannot be typed, so the row was rejected.",
      enNext: "Correct the password, or leave it empty.",
      zh: "密码不是文本、超过 1024 个字符，或含有无法输入的换行或不可见字符，因此该行被拒绝。",
      zhNext: "请更正密码，或留空。",
    },
    "password-masked": {
      en: "The password is masked, as with asterisks, so the row was rejected: the mask would become the password.",
      enNext: "Leave the password empty, or export the hash into passwordHash.",
      zh: "密码被星号等符号遮盖，因此该行被拒绝：否则这些符号会成为密码。",
      zhNext: "请留空，或把哈希值导出到 passwordHash 列。",
    },
    "password-looks-hashed": {
      en: "The password looks like a hash, so the row was rejected: the hash itself would become the password.",
      enNext: "Name the column passwordHash if it holds hashes.",
      zh: "密码看起来是哈希值，因此该行被拒绝：否则哈希值本身会成为密码。",
      zhNext: "如果该列是哈希值，请把列名改为 passwordHash。",
    },
    "password-hash-unknown": {
      en: "The hash does not say which algorithm made it, so it was not taken: no script could compare with it.",
      enNext: "Export hashes in the format bcrypt, PHC or LDAP, or leave the column empty.",
      zh: "哈希值没有说明算法，因此没有采用：没有脚本能够比对它。",
      zhNext: "请以 bcrypt、PHC 或 LDAP 格式导出哈希值，或将该列留空。",
    },
    "password-hash-encrypted": {
      en: "The row has a hash and says that its password is encrypted, which excludes each other, so the row was rejected.",
      enNext: "Remove passwordEncryptType from rows with a hash.",
      zh: "该行既有哈希值，又说明密码已加密，两者矛盾，因此被拒绝。",
      zhNext: "请从带哈希值的行中去掉 passwordEncryptType。",
    },
    "password-encrypt-type-unknown": {
      en: "The encryption of the password is none that Authing knows, so the row was rejected.",
      enNext: "Write rsa, sm2 or none.",
      zh: "密码的加密方式不是 Authing 支持的，因此该行被拒绝。",
      zhNext: "请写 rsa、sm2 或 none。",
    },
  },
};
