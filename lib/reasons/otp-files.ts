import type { ReasonGroup } from "./reason.ts";

export const otpFiles: ReasonGroup = {
  title: { en: "Files of token keys and of authenticators", zh: "令牌密钥文件与验证器导出文件" },
  about: {
    en: "PSKC containers and lists of otpauth:// addresses: a reason refuses the file or rejects the row, as its text says.",
    zh: "PSKC 容器与 otpauth:// 地址列表：原因说明是整个文件被拒绝，还是该行被拒绝。",
  },
  reasons: {
    "xml-malformed": {
      en: "The XML of the file is damaged or cut off at the line that is named, so nothing was imported.",
      enNext: "Export the file again.",
      zh: "文件的 XML 在所示的行处损坏或被截断，因此没有导入。",
      zhNext: "请重新导出该文件。",
    },
    "xml-doctype": {
      en: "The XML of the file has a DOCTYPE, by which it could load other files, so nothing was imported.",
      enNext: "Remove the DOCTYPE and upload the file again.",
      zh: "文件的 XML 含有 DOCTYPE，可能借此加载其他文件，因此没有导入。",
      zhNext: "请删除 DOCTYPE 后重新上传。",
    },
    "xml-too-deep": {
      en: "The XML of the file has more than 32 elements in each other, or more than 10,000 in one part, so nothing was imported.",
      enNext: "Export the file again, with one KeyPackage for each token.",
      zh: "文件的 XML 嵌套超过 32 层，或一个部分中的元素超过 10,000 个，因此没有导入。",
      zhNext: "请重新导出，每个令牌使用一个 KeyPackage。",
    },
    "encoding-declared-differs": {
      en: "The XML of the file declares another encoding than the one that its bytes were read in, so names could be garbled, and nothing was imported.",
      enNext: "Save the file as UTF-8, or say the encoding in uploads.encoding.",
      zh: "文件的 XML 声明的编码与读取时使用的编码不同，姓名可能成为乱码，因此没有导入。",
      zhNext: "请另存为 UTF-8，或在 uploads.encoding 中写明编码。",
    },
    "element-misplaced": {
      en: "The PSKC file has two EncryptionKey or MACMethod elements, or one in an unexpected place, so it is not known which key counts, and nothing was imported.",
      enNext: "Put one EncryptionKey and one MACMethod before all KeyPackages.",
      zh: "PSKC 文件中有两个 EncryptionKey 或 MACMethod，或其位置不对，无法确定使用哪个密钥，因此没有导入。",
      zhNext: "请只保留一个 EncryptionKey 和一个 MACMethod，并放在所有 KeyPackage 之前。",
    },
    "pskc-version-unknown": {
      en: "The file is of another version of PSKC than 1.0, so nothing was imported.",
      enNext: "Export the keys as PSKC 1.0 (RFC 6030).",
      zh: "文件不是 PSKC 1.0 版本，因此没有导入。",
      zhNext: "请以 PSKC 1.0（RFC 6030）导出密钥。",
    },
    "pskc-key-missing": {
      en: "The PSKC file is encrypted, and the key or password of the name that is shown is not known here, so nothing was imported.",
      enNext:
        "Put the key into pskcKeys or the password into pskcPassword of the secret uploads, and upload the file again.",
      zh: "PSKC 文件经过加密，这里没有所示名称对应的密钥或密码，因此没有导入。",
      zhNext: "请把密钥写入 uploads 密钥的 pskcKeys，或把密码写入 pskcPassword，然后重新上传。",
    },
    "uploads-secret-unusable": {
      en: "The file is encrypted, and the secret uploads, which holds its key, does not exist, has no value yet, or is no JSON object of the right form, so nothing was imported.",
      enNext:
        "Put a JSON object with pskcKeys or pskcPassword into the secret uploads, as doctor says, and upload the file again.",
      zh: "文件经过加密，而保存其密钥的 uploads 密钥不存在、尚无值，或不是格式正确的 JSON 对象，因此没有导入。",
      zhNext:
        "请按 doctor 的提示，把含 pskcKeys 或 pskcPassword 的 JSON 对象写入 uploads 密钥，然后重新上传。",
    },
    "pskc-key-invalid": {
      en: "A key in pskcKeys of the secret uploads is not 16, 24 or 32 bytes in hexadecimal or base64, so no file can be opened with it.",
      enNext: "Correct the key in Secrets Manager, and upload the file again.",
      zh: "uploads 密钥的 pskcKeys 中有一个密钥不是 16、24 或 32 字节的十六进制或 base64，因此无法用它打开文件。",
      zhNext: "请在 Secrets Manager 中更正该密钥，然后重新上传。",
    },
    "pskc-key-length": {
      en: "The key of the PSKC file is known here and has another length than its encryption needs, so nothing was imported.",
      enNext:
        "Put the key that the file was encrypted with into the secret uploads, and upload the file again.",
      zh: "这里的 PSKC 密钥长度与文件的加密方式不符，因此没有导入。",
      zhNext: "请把加密该文件所用的密钥写入 uploads 密钥，然后重新上传。",
    },
    "key-derivation-unsupported": {
      en: "The key of the PSKC file is derived from a password in a way that is not read here, so nothing was imported.",
      enNext: "Export the file with PBKDF2 and a salt, or with a pre-shared key.",
      zh: "PSKC 文件的密钥由密码派生，但派生方式不受支持，因此没有导入。",
      zhNext: "请使用带盐值的 PBKDF2 或预共享密钥重新导出。",
    },
    "key-derivation-too-slow": {
      en: "The key of the PSKC file is derived with more than 1,000,000 iterations, so nothing was imported.",
      enNext: "Export the file with fewer iterations, or with a pre-shared key.",
      zh: "PSKC 文件的密钥派生超过 1,000,000 次迭代，因此没有导入。",
      zhNext: "请减少迭代次数，或使用预共享密钥重新导出。",
    },
    "mac-mismatch": {
      en: "The check value (MAC) of the key does not fit, so the row was rejected: the key or password of the file is wrong, or the file was changed.",
      enNext:
        "Compare the key or password in the secret uploads with that of the file, or export the file again.",
      zh: "密钥的校验值（MAC）不符，因此该行被拒绝：文件的密钥或密码不对，或文件被改动过。",
      zhNext: "请核对 uploads 密钥中的密钥或密码，或重新导出文件。",
    },
    "mac-missing": {
      en: "The key is encrypted and has no check value (MAC), so the row was rejected: a wrong key would not be noticed.",
      enNext: "Export the file with a MACMethod and ValueMAC elements.",
      zh: "密钥经过加密但没有校验值（MAC），因此该行被拒绝：无法发现解密密钥是否正确。",
      zhNext: "请导出带有 MACMethod 和 ValueMAC 的文件。",
    },
    "mac-unsupported": {
      en: "The check value (MAC) of the key is made with an algorithm that is not read here, so the row was rejected.",
      enNext: "Export the file with HMAC-SHA1, HMAC-SHA256 or HMAC-SHA512.",
      zh: "密钥的校验值（MAC）所用算法不受支持，因此该行被拒绝。",
      zhNext: "请使用 HMAC-SHA1、HMAC-SHA256 或 HMAC-SHA512 重新导出。",
    },
    "encryption-unsupported": {
      en: "The key is encrypted with an algorithm that is not read here, so the row was rejected.",
      enNext: "Export the file with AES-CBC or AES key wrapping.",
      zh: "密钥所用的加密算法不受支持，因此该行被拒绝。",
      zhNext: "请使用 AES-CBC 或 AES 密钥封装重新导出。",
    },
    "encryption-rsa-unsupported": {
      en: "The key is encrypted for a certificate (RSA), which is not read here, so the row was rejected.",
      enNext: "Export the file with a pre-shared AES key or a password.",
      zh: "密钥使用证书（RSA）加密，不受支持，因此该行被拒绝。",
      zhNext: "请使用预共享的 AES 密钥或密码重新导出。",
    },
    "encryption-3des-unsupported": {
      en: "The key is encrypted with triple DES, which is out of date and not read here, so the row was rejected.",
      enNext: "Export the file with a pre-shared AES key or a password.",
      zh: "密钥使用已过时的三重 DES 加密，不受支持，因此该行被拒绝。",
      zhNext: "请使用预共享的 AES 密钥或密码重新导出。",
    },
    "value-ambiguous": {
      en: "An element of the key is there twice, so it is not known which of them counts, and the row was rejected.",
      enNext: "Keep one of the two elements, or export the file again.",
      zh: "密钥中有一个元素出现了两次，无法确定以哪个为准，因此该行被拒绝。",
      zhNext: "请只保留其中一个元素，或重新导出文件。",
    },
    "value-not-base64": {
      en: "A value of the key is not base64, so the row was rejected.",
      enNext: "Export the file again; PSKC writes secrets in base64.",
      zh: "密钥的某个值不是 base64，因此该行被拒绝。",
      zhNext: "请重新导出文件；PSKC 以 base64 书写密钥。",
    },
    "secret-not-in-file": {
      en: "The file only names the key that the secret is derived from and does not hold the secret, so the row was rejected.",
      enNext: "Ask the vendor of the tokens for a file with the secrets.",
      zh: "文件只指明了派生密钥的来源，没有密钥本身，因此该行被拒绝。",
      zhNext: "请向令牌厂商索取包含密钥的文件。",
    },
    "start-time-unsupported": {
      en: "The token counts its periods from another time than 1970, which Authing does not know, so the row was rejected: the person could not sign in.",
      enNext: "Let the person enrol a new authenticator at Authing.",
      zh: "令牌的计时起点不是 1970 年，Authing 不支持，因此该行被拒绝：导入后此人将无法登录。",
      zhNext: "请让此人在 Authing 重新绑定验证器。",
    },
    "code-encoding-unsupported": {
      en: "The codes of the token are not decimal digits, which Authing does not know, so the row was rejected: the person could not sign in.",
      enNext: "Let the person enrol a new authenticator at Authing.",
      zh: "令牌的验证码不是十进制数字，Authing 不支持，因此该行被拒绝：导入后此人将无法登录。",
      zhNext: "请让此人在 Authing 重新绑定验证器。",
    },
    "check-digits-unsupported": {
      en: "The codes of the token end in a check digit, which Authing does not know, so the row was rejected: the person could not sign in.",
      enNext: "Let the person enrol a new authenticator at Authing.",
      zh: "令牌的验证码带有校验位，Authing 不支持，因此该行被拒绝：导入后此人将无法登录。",
      zhNext: "请让此人在 Authing 重新绑定验证器。",
    },
    "pin-in-code-unsupported": {
      en: "The token calculates its codes from a PIN, too, which Authing does not know, so the row was rejected: the person could not sign in.",
      enNext: "Let the person enrol a new authenticator at Authing.",
      zh: "令牌还使用 PIN 计算验证码，Authing 不支持，因此该行被拒绝：导入后此人将无法登录。",
      zhNext: "请让此人在 Authing 重新绑定验证器。",
    },
    "key-usage-unsupported": {
      en: "The policy of the key says that it is for other things than one-time passwords, so the row was rejected.",
      enNext: "Import keys with the usage OTP only.",
      zh: "密钥的策略说明它不用于一次性密码，因此该行被拒绝。",
      zhNext: "请只导入用途为 OTP 的密钥。",
    },
    "migration-invalid": {
      en: "The otpauth-migration:// address, or a key in it, cannot be read, so the row was rejected.",
      enNext: "Export the keys from the authenticator again, and copy the whole address.",
      zh: "otpauth-migration:// 地址或其中的一个密钥无法识别，因此该行被拒绝。",
      zhNext: "请从验证器重新导出，并复制完整的地址。",
    },
    "migration-holds-several-keys": {
      en: "In place of the secret is an export of Google Authenticator with several TOTP keys, or a part of such an export, so the row was rejected: it is not known which of the keys is meant.",
      enNext:
        "Export this one account alone, or upload the exports as a text file, one a line: there each key belongs to the account in its name.",
      zh: "密钥处是 Google 身份验证器的导出内容，其中有多个 TOTP 密钥，或只是导出内容的一部分，因此该行被拒绝：无法确定是哪一个密钥。",
      zhNext: "请只导出这一个账号，或把导出内容作为文本文件上传，每行一个：这样每个密钥属于其名称中的账号。",
    },
    "migration-part-missing": {
      en: "An export of an authenticator has several addresses, and at least one of them is not in the file; the keys of the others were imported.",
      enNext:
        "Add the missing addresses, one for each picture that the authenticator shows, and upload them.",
      zh: "验证器的导出由多个地址组成，文件中至少缺少一个；其余地址中的密钥已导入。",
      zhNext: "请补上缺少的地址（验证器显示的每张图对应一个）后上传。",
    },
    "migration-parts-too-many": {
      en: "The file has more than 10,000 parts of exports of authenticators, so nothing was imported.",
      enNext: "Split the file.",
      zh: "文件包含的验证器导出超过 10,000 个部分，因此没有导入。",
      zhNext: "请拆分文件。",
    },
    "clock-drift": {
      en: "The clock of the token is known to be off, which Authing does not store.",
      enNext:
        "Nothing is to be done, unless the person's codes are refused: then let the person enrol a new authenticator.",
      zh: "已知令牌的时钟有偏差，Authing 不保存该偏差。",
      zhNext: "无需处理；如果此人的验证码被拒绝，请让其重新绑定验证器。",
    },
    "key-expired": {
      en: "By its policy the token is no longer valid, which Authing does not check.",
      enNext: "Check whether the person still uses this token.",
      zh: "按其策略令牌已过期，Authing 不检查有效期。",
      zhNext: "请确认此人是否仍在使用该令牌。",
    },
    "key-policy-not-kept": {
      en: "The policy of the key, such as a PIN or a date from which it is valid, is not kept at Authing.",
      enNext: "Nothing is to be done, unless the policy must be obeyed.",
      zh: "密钥的策略（例如 PIN 或生效日期）不会保存到 Authing。",
      zhNext: "无需处理，除非必须遵守该策略。",
    },
  },
};
