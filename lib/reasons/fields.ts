import { redriveReason } from "./commands.ts";
import type { ReasonGroup } from "./reason.ts";

export const fields: ReasonGroup = {
  title: { en: "Fields that are not used", zh: "没有使用的字段" },
  about: {
    en: "Of an event, the field is dropped and everything else is applied; of a file, the row is rejected with every reason.",
    zh: "事件中的该字段被舍弃，其余照常生效；文件中的该行会被拒绝，并列出所有原因。",
  },
  reasons: {
    "phone-invalid": {
      en: "The value is no mobile number.",
      enNext: "Write the mobile number with its country code, such as +86 138 0013 8000.",
      zh: "该值不是手机号。",
      zhNext: "请写出带区号的手机号，例如 +86 138 0013 8000。",
    },
    "phone-scientific": {
      en: "A spreadsheet has turned the phone number into a number like 1.38E+10, whose last digits are lost.",
      enNext: "Format the column as text, enter the numbers again, and save the file anew.",
      zh: "表格软件把手机号变成了 1.38E+10 这样的数字，末尾几位已丢失。",
      zhNext: "请把该列设为文本格式，重新输入号码后再保存文件。",
    },
    "phone-country-code-invalid": {
      en: "The country code of the phone number does not exist.",
      enNext: "Write the country code as +86.",
      zh: "手机号的区号不存在。",
      zhNext: "请把区号写成 +86 的形式。",
    },
    "email-invalid": {
      en: "The value is no e-mail address.",
      enNext: "Correct the address at the source or in the file.",
      zh: "该值不是邮箱地址。",
      zhNext: "请在来源或文件中更正邮箱。",
    },
    "email-ambiguous": {
      en: "The address holds characters that look like others: a program on the way could make another person's address of it.",
      enNext: "Write the address in usual characters.",
      zh: "邮箱中含有容易混淆的字符：中间的程序可能会把它变成别人的邮箱。",
      zhNext: "请用常规字符书写邮箱。",
    },
    "text-invalid": {
      en: "The value is no text, or holds control characters.",
      enNext: "Correct the value at the source or in the file.",
      zh: "该值不是文本，或含有控制字符。",
      zhNext: "请在来源或文件中更正该值。",
    },
    "text-ambiguous": {
      en: "The identifier holds characters that look like others: it could become another person's.",
      enNext: "Write the identifier in usual characters.",
      zh: "该标识含有容易混淆的字符：它可能会变成别人的标识。",
      zhNext: "请用常规字符书写该标识。",
    },
    "text-too-long": {
      en: "The text is longer than Authing's field.",
      enNext: "Shorten the text at the source or in the file.",
      zh: "文本超过 Authing 字段的长度。",
      zhNext: "请在来源或文件中缩短文本。",
    },
    "name-invalid": {
      en: "The name is no text or is longer than 255 characters.",
      enNext: "Correct the name at the source or in the file.",
      zh: "姓名不是文本或超过 255 个字符。",
      zhNext: "请在来源或文件中更正姓名。",
    },
    "gender-invalid": {
      en: "The gender is no word.",
      enNext: "Correct the value at the source or in the file.",
      zh: "性别不是一个词。",
      zhNext: "请在来源或文件中更正该值。",
    },
    "date-invalid": {
      en: "The date does not exist or has no known form; an event whose last day cannot be read is dead, with the account unchanged.",
      enNext: "Write the date as 1990-05-17; redrive an event that is dead.",
      zh: "日期不存在或格式无法识别；如果无法识别的是离职日，事件成为死信，账号没有变化。",
      zhNext: "请把日期写成 1990-05-17 的形式；已成为死信的事件请重新处理。",
      run: redriveReason,
    },
    "date-ambiguous": {
      en: "The date may be read in two ways, such as 03/04/2026; an event whose last day cannot be read is dead, with the account unchanged.",
      enNext: "Write the year first, as 2026-04-03; redrive an event that is dead.",
      zh: "日期有两种读法，例如 03/04/2026；如果是离职日，事件成为死信，账号没有变化。",
      zhNext: "请把年份写在前面，例如 2026-04-03；已成为死信的事件请重新处理。",
      run: redriveReason,
    },
    "url-invalid": {
      en: "The value is no address of a page or picture with http or https.",
      enNext: "Correct the address at the source or in the file.",
      zh: "该值不是 http 或 https 的网页或图片地址。",
      zhNext: "请在来源或文件中更正地址。",
    },
    "flag-unknown": {
      en: "The value says neither yes nor no.",
      enNext: "Write true or false.",
      zh: "该值既不表示是，也不表示否。",
      zhNext: "请写 true 或 false（是 或 否）。",
    },
    "department-unmapped": {
      en: "The configuration has no department at Authing for this one, so the person is not put into it; everything else is applied.",
      enNext:
        "Add the department to departments of the source in inbound.config.ts, or of a file to uploads.departments, and deploy.",
      zh: "配置没有为该部门指定 Authing 的部门，因此没有把此人放入该部门；其余照常生效。",
      zhNext:
        "请在 inbound.config.ts 中该来源的 departments 里（文件则在 uploads.departments 里）加入该部门并部署。",
    },
    "more-than-50-departments": {
      en: "The person has more departments than Authing takes, so those beyond 50 are not used.",
      enNext: "Map fewer departments in inbound.config.ts.",
      zh: "此人的部门超过 Authing 的上限，第 50 个之后的部门没有使用。",
      zhNext: "请在 inbound.config.ts 中减少映射的部门。",
    },
    "emptied-at-source": {
      en: "The field was emptied at the source, and Authing keeps the old value, since an update cannot empty a field.",
      enNext: "Empty the field at Authing by hand where it matters.",
      zh: "该字段在来源中被清空，而更新无法清空字段，因此 Authing 保留原值。",
      zhNext: "如有需要，请在 Authing 手动清空该字段。",
    },
    "only-at-create": {
      en: "Authing takes this field only when an account is made, so the update does not change it.",
      enNext: "Change the field at Authing by hand where it matters.",
      zh: "Authing 只在创建账号时接受该字段，因此更新不会改变它。",
      zhNext: "如有需要，请在 Authing 手动修改该字段。",
    },
    "not-in-dialect-2022": {
      en: "The dialect 2022 of Authing's API does not have this field, so it is not sent.",
      enNext: "Set authing.dialect to current in inbound.config.ts if your Authing is newer.",
      zh: "Authing 2022 版 API 没有这个字段，因此没有发送。",
      zhNext: "如果您的 Authing 版本较新，请在 inbound.config.ts 中把 authing.dialect 设为 current。",
    },
    "suspended-in-dialect-2022": {
      en: "The dialect 2022 of Authing's API does not know the status Deactivated, so the account is suspended instead: the person cannot sign in.",
      enNext: "Set authing.dialect to current in inbound.config.ts if your Authing is newer.",
      zh: "Authing 2022 版 API 没有 Deactivated 状态，因此账号被设为停用（Suspended）：此人无法登录。",
      zhNext: "如果您的 Authing 版本较新，请在 inbound.config.ts 中把 authing.dialect 设为 current。",
    },
  },
};
