import type { ReasonGroup } from "./reason.ts";

export const products: ReasonGroup = {
  title: { en: "Exports of other products", zh: "其他产品的导出文件" },
  about: {
    en: "What is said of a record of another identity platform, authenticator or password manager: why a part of it cannot be brought, and what was left out.",
    zh: "关于其他身份平台、验证器或密码管理器导出记录的说明：哪些内容无法导入及原因，以及略去了什么。",
  },
  reasons: {
    "second-factor-left-out": {
      en: "The person has several TOTP secrets and Authing holds one, so this one was left out: another one, which Authing can hold, too, comes first in the product.",
      enNext:
        "If the person uses this one, upload it alone; else the person removes it from the authenticator.",
      zh: "此人有多个 TOTP 密钥，而 Authing 只能保存一个，因此略去了这一个：另一个密钥 Authing 同样可以保存，且在原产品中排在前面。",
      zhNext: "如果此人使用的是这一个，请单独上传它；否则请让此人在验证器中删除它。",
    },
    "options-unsupported": {
      en: "The options of the batch ask Authing to make passwords or to write to the people, which an import does not do, so the row was rejected.",
      enNext: "Leave that option out, and ask for it at Authing once the people are there.",
      zh: "批次的选项要求 Authing 生成密码或通知人员，而导入不会这样做，因此该行被拒绝。",
      zhNext: "请删去该选项，导入完成后再在 Authing 中操作。",
    },
    "factor-left-out": {
      en: "A second factor that is no TOTP secret was left out: codes by SMS or e-mail, a passkey, or an authenticator whose secret the product does not export.",
      enNext: "Let the person set up the factor again at Authing where it is needed.",
      zh: "略去了一个不是 TOTP 密钥的第二因素：短信或邮件验证码、通行密钥，或原产品不导出其密钥的验证器。",
      zhNext: "如有需要，请让此人在 Authing 重新设置。",
    },
    "factor-unverified": {
      en: "The person never confirmed this authenticator or switched it off, so the secret was rejected: it may be in no authenticator.",
      enNext: "Let the person enrol a new authenticator at Authing.",
      zh: "此人从未确认或已停用该验证器，因此该密钥被拒绝：可能没有任何验证器保存它。",
      zhNext: "请让此人在 Authing 重新绑定验证器。",
    },
    "secret-settings-missing": {
      en: "The record does not say how codes are made from the secret, so the secret was rejected: the codes could be wrong.",
      enNext: "Export the person again; or let the person enrol a new authenticator at Authing.",
      zh: "记录没有说明如何由该密钥生成验证码，因此该密钥被拒绝：验证码可能不正确。",
      zhNext: "请重新导出此人；或让其在 Authing 重新绑定验证器。",
    },
    "recovery-codes-left-out": {
      en: "The person has several recovery codes and Authing holds one: the first that was not used was brought, and the others were left out.",
      enNext: "Tell the person that only the first unused code of the old list is valid.",
      zh: "此人有多个恢复码，而 Authing 只能保存一个：已导入第一个未使用的，其余略去。",
      zhNext: "请告知此人：旧列表中只有第一个未使用的恢复码有效。",
    },
    "json-unreadable": {
      en: "The cell should hold JSON and does not, so what it says of the person's factors or credentials is unknown and the row is refused.",
      enNext:
        "Export the column again, whole, or empty the cell if the person has none, and upload the row again.",
      zh: "该单元格应为 JSON，但内容不是 JSON，因此无法得知此人的验证因素或凭据，该行被拒绝。",
      zhNext: "请重新完整导出该列；若此人没有这些内容，请清空单元格，然后重新上传该行。",
    },
    "recovery-codes-unreadable": {
      en: "The product keeps recovery codes as hashes, which nothing can turn back into codes, so they were left out.",
      enNext: "Let the person make new recovery codes at Authing.",
      zh: "原产品以哈希值保存恢复码，无法还原，因此略去。",
      zhNext: "请让此人在 Authing 生成新的恢复码。",
    },
    "email-left-out": {
      en: "The person has several e-mail addresses and Authing holds one: the primary one was brought, and this one was left out.",
      enNext:
        "If this one shall be brought, make it the primary one at the source, or map it in uploads.columns.",
      zh: "此人有多个邮箱，而 Authing 只能保存一个：已导入主邮箱，略去了这一个。",
      zhNext: "如需导入这一个，请在来源中把它设为主邮箱，或在 uploads.columns 中映射。",
    },
    "phone-left-out": {
      en: "The person has several numbers or a land line, and Authing holds one mobile number, so this one was left out.",
      enNext:
        "If this one shall be brought, make it the primary one at the source, or map it in uploads.columns.",
      zh: "此人有多个号码或固定电话，而 Authing 只能保存一个手机号，因此略去了这一个。",
      zhNext: "如需导入这一个，请在来源中把它设为主号码，或在 uploads.columns 中映射。",
    },
    "password-hash-needs-project-key": {
      en: "The password hash was left out: Firebase checks passwords with keys of the project, which are not in the file.",
      enNext: "Let the person choose a new password at Authing.",
      zh: "略去了密码哈希值：Firebase 校验密码时需要项目密钥，而文件中没有。",
      zhNext: "请让此人在 Authing 设置新密码。",
    },
    "operation-unsupported": {
      en: "The operation changes or deletes a person, and a file only brings people, so it was rejected.",
      enNext: "Upload the whole person, or make the change at Authing.",
      zh: "该操作是修改或删除人员，而文件只能导入人员，因此被拒绝。",
      zhNext: "请上传此人的完整记录，或直接在 Authing 修改。",
    },
    "ban-end-ignored": {
      en: "The account is banned until a day that the file names, and it was brought as suspended, without that day.",
      enNext: "Open the account at Authing when the ban is over.",
      zh: "该账号在文件注明的日期之前被封禁，已按停用导入，没有保留该日期。",
      zhNext: "封禁结束后，请在 Authing 启用该账号。",
    },
  },
};
