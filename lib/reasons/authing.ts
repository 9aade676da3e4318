import { redriveReason, runDoctor } from "./commands.ts";
import type { ReasonGroup } from "./reason.ts";

export const authing: ReasonGroup = {
  title: { en: "What Authing says", zh: "Authing 的答复" },
  about: {
    en: "An outage of Authing loses nothing: events stay in the queue and are retried for about ten days.",
    zh: "Authing 中断不会丢失数据：事件留在队列中，大约十天内会持续重试。",
  },
  reasons: {
    throttled: {
      en: "Authing answers that there are too many requests, so the worker slows down and goes on; nothing is lost.",
      enNext: "Nothing is to be done; if it lasts for hours, ask Authing for a higher limit.",
      zh: "Authing 表示请求过多，处理函数会放慢速度后继续；不会丢失数据。",
      zhNext: "无需处理；如果持续数小时，请向 Authing 申请提高限额。",
    },
    "transient-network": {
      en: "Authing could not be reached, so the change was not sent; it is retried by itself.",
      enNext: "If it lasts, check the address of Authing and the network of the functions.",
      zh: "无法连接 Authing，变更没有发出；会自行重试。",
      zhNext: "如果一直如此，请检查 Authing 的地址和函数的网络。",
      run: runDoctor,
    },
    "unknown-outcome": {
      en: "Authing did not answer in time, so it is not known whether the change was applied; the worker looks before it sends it again.",
      enNext: "Nothing is to be done; if it lasts, Authing or the network in between has an outage.",
      zh: "Authing 没有及时答复，无法确定变更是否生效；处理函数会先查询再重发。",
      zhNext: "无需处理；如果一直如此，说明 Authing 或中间的网络出现故障。",
    },
    "server-error": {
      en: "Authing failed without saying why: the change is retried for about ten days, and a new person who fails while others succeed is rejected.",
      enNext:
        "Look at this person's data for what is unusual, and give Authing the request id that explain shows; then redrive.",
      zh: "Authing 出错且没有说明原因：变更大约会重试十天；如果新人员失败而其他人成功，则该人员被拒绝。",
      zhNext: "请检查此人的数据有无异常，并把 explain 显示的请求 ID 提供给 Authing；之后重新处理。",
      run: redriveReason,
    },
    "third-party": {
      en: "A service behind Authing failed for this person: the change is retried for about ten days, and a new person who fails while others succeed is rejected.",
      enNext: "Look at the sync or the identity source that is connected to the user pool; then redrive.",
      zh: "Authing 背后的服务在处理此人时出错：变更大约会重试十天；如果新人员失败而其他人成功，则该人员被拒绝。",
      zhNext: "请检查用户池所连接的同步任务或身份源，然后重新处理。",
      run: redriveReason,
    },
    "custom-code": {
      en: "A pipeline or database script of your own at Authing failed for this person: the change is retried for about ten days, and a new person who fails while others succeed is rejected.",
      enNext: "Correct the script in Authing's console; then redrive.",
      zh: "您在 Authing 配置的流水线或数据库脚本在处理此人时出错：变更大约会重试十天；如果新人员失败而其他人成功，则该人员被拒绝。",
      zhNext: "请在 Authing 控制台修正脚本，然后重新处理。",
      run: redriveReason,
    },
    "clock-skew": {
      en: "Authing says that the time of our requests is wrong, so no change is made until the clock is right; nothing was dropped.",
      enNext: "Set the clock of the machine; on AWS, look for a proxy that changes headers in between.",
      zh: "Authing 表示我方请求的时间不正确，在时钟恢复之前不会变更任何账号；没有丢弃数据。",
      zhNext: "请校准本机时钟；如果在 AWS 上，请检查中间是否有改写请求头的代理。",
      run: runDoctor,
    },
    "invalid-record": {
      en: "Authing refuses the data of this person, however often it is sent, so the change was rejected.",
      enNext:
        "Compare the field that explain names with the rules of the user pool; correct the value at the source or in the file, and redrive or upload it again.",
      zh: "无论发送多少次，Authing 都不接受此人的数据，因此变更被拒绝。",
      zhNext: "请对照用户池的规则检查 explain 指出的字段；在来源或文件中更正后，重新处理或重新上传。",
      run: redriveReason,
    },
    duplicate: {
      en: "Authing says that an identifier of the person is taken, and the look-up did not tell by which account.",
      enNext:
        "Search the person's e-mail, phone and username in Authing's console; free what is taken, then redrive.",
      zh: "Authing 表示此人的某个标识已被占用，但查询没有找到是哪个账号。",
      zhNext: "请在 Authing 控制台搜索此人的邮箱、手机号和用户名；释放被占用的标识后重新处理。",
      run: redriveReason,
    },
    "user-not-found": {
      en: "Authing does not know the account that the change is about.",
      enNext: "Bring the person first, by a joiner of the source or by a file; then redrive.",
      zh: "Authing 找不到该变更所指的账号。",
      zhNext: "请先通过来源的入职事件或文件带来此人，然后重新处理。",
      run: redriveReason,
    },
    "payload-too-large": {
      en: "Authing refuses what was sent for one person as too large, so the change was rejected.",
      enNext: "Take large values, such as pictures and long texts, out of customData or out of the row.",
      zh: "Authing 认为单个人员的数据过大，因此变更被拒绝。",
      zhNext: "请从 customData 或该行中去掉过大的值，例如图片和长文本。",
      run: redriveReason,
    },
    "credentials-refused": {
      en: "Authing refuses our access key, or the key lacks a right: no change is made until that is corrected; nothing was dropped, and events are retried for about ten days.",
      enNext:
        "Compare the secret authing with the access key in Authing's console, and give the key the right to read and change the users of the user pool.",
      zh: "Authing 拒绝了我方的访问密钥，或密钥缺少权限：在更正之前不会变更任何账号；没有丢弃数据，事件大约会重试十天。",
      zhNext: "请比对密钥 authing 与 Authing 控制台中的访问密钥，并授予其读取和修改用户池用户的权限。",
      run: runDoctor,
    },
    "quota-exceeded": {
      en: "The quota of your Authing plan is used up: no change is made until it is raised; nothing was dropped, and events are retried for about ten days.",
      enNext: "Raise the plan, or remove accounts that are not needed, in Authing's console.",
      zh: "Authing 套餐的额度已用完：在提升额度之前不会变更任何账号；没有丢弃数据，事件大约会重试十天。",
      zhNext: "请在 Authing 控制台升级套餐，或删除不需要的账号。",
    },
    "endpoint-wrong": {
      en: "The server at the address of Authing is not Authing's API: no change is made until the address is corrected; nothing was dropped.",
      enNext: "Correct the host of Authing in its secret or in inbound.config.ts.",
      zh: "Authing 地址上的服务器不是 Authing 的 API：在更正地址之前不会变更任何账号；没有丢弃数据。",
      zhNext: "请在密钥或 inbound.config.ts 中更正 Authing 的地址。",
      run: runDoctor,
    },
    "bad-custom-field": {
      en: "Authing refuses the custom data of this person, so the change was rejected.",
      enNext:
        "Compare the keys and types of customData with the custom fields of the user pool, then redrive or upload the row again.",
      zh: "Authing 不接受此人的自定义数据，因此变更被拒绝。",
      zhNext: "请对照用户池的自定义字段检查 customData 的键和类型，然后重新处理或重新上传该行。",
      run: redriveReason,
    },
    "custom-field-unknown": {
      en: "The configuration fills a custom field that the user pool does not have, so no person of this source is created until one of them is changed; nothing was dropped.",
      enNext:
        "Create the field in Authing's console, or take it out of customData in inbound.config.ts and deploy.",
      zh: "配置中填写了用户池没有的自定义字段，在更正之前该来源的人员都无法创建；没有丢弃数据。",
      zhNext: "请在 Authing 控制台创建该字段，或从 inbound.config.ts 的 customData 中去掉它并部署。",
    },
    "phone-country-code-without-phone": {
      en: "There is a country code and no phone number, which Authing refuses, so the person was rejected.",
      enNext: "Add the number, or remove the country code.",
      zh: "只有区号而没有手机号，Authing 不接受，因此此人被拒绝。",
      zhNext: "请补上手机号，或去掉区号。",
      run: redriveReason,
    },
    "otp-secret-not-base32": {
      en: "The TOTP secret is no valid base32, so it was refused: codes made from it would never be right.",
      enNext: "Give the secret in base32 (A to Z, 2 to 7) exactly as the authenticator has it.",
      zh: "TOTP 密钥不是有效的 base32，因此被拒绝：用它生成的验证码永远不会正确。",
      zhNext: "请提供与验证器一致的 base32 密钥（A 到 Z、2 到 7）。",
      run: redriveReason,
    },
    "otp-secret-too-short": {
      en: "The TOTP secret has fewer than 80 bits, so it was refused.",
      enNext: "Give the person a new secret of at least 80 bits.",
      zh: "TOTP 密钥不足 80 位，因此被拒绝。",
      zhNext: "请为此人生成至少 80 位的新密钥。",
      run: redriveReason,
    },
    "duplicate-email": {
      en: "Two people in one call have the same e-mail address, so neither was sent.",
      enNext: "Give each person an address of their own.",
      zh: "同一次调用中有两个人的邮箱相同，因此没有发送。",
      zhNext: "请为每个人使用各自的邮箱。",
    },
    "duplicate-phone": {
      en: "Two people in one call have the same phone number, so neither was sent.",
      enNext: "Give each person a number of their own.",
      zh: "同一次调用中有两个人的手机号相同，因此没有发送。",
      zhNext: "请为每个人使用各自的手机号。",
    },
    "duplicate-username": {
      en: "Two people in one call have the same username, so neither was sent.",
      enNext: "Give each person a username of their own.",
      zh: "同一次调用中有两个人的用户名相同，因此没有发送。",
      zhNext: "请为每个人使用各自的用户名。",
    },
    "duplicate-external-id": {
      en: "Two people in one call have the same id, so neither was sent.",
      enNext: "Give each person an id of their own.",
      zh: "同一次调用中有两个人的 ID 相同，因此没有发送。",
      zhNext: "请为每个人使用各自的 ID。",
    },
    "duplicate-user-id": {
      en: "Two TOTP secrets in one call are for the same account, so neither was sent.",
      enNext: "Keep one secret for each person.",
      zh: "同一次调用中有两个 TOTP 密钥属于同一个账号，因此没有发送。",
      zhNext: "请为每个人只保留一个密钥。",
    },
    "list-empty": {
      en: "A list that Authing wants is empty, so the record was not sent.",
      enNext: "Fill the list or remove the field.",
      zh: "Authing 要求的列表为空，因此没有发送该记录。",
      zhNext: "请填写列表，或去掉该字段。",
      run: redriveReason,
    },
    "list-too-long": {
      en: "A list is longer than Authing takes, so the record was not sent.",
      enNext: "Shorten the list.",
      zh: "列表超过了 Authing 的上限，因此没有发送该记录。",
      zhNext: "请缩短列表。",
      run: redriveReason,
    },
    "unknown-field": {
      en: "A field has a name that Authing does not know, so the record was not sent: a misspelt name would otherwise be lost without notice.",
      enNext: "Correct the name, or remove the field.",
      zh: "字段名是 Authing 不认识的，因此没有发送该记录：否则拼错的字段会悄悄丢失。",
      zhNext: "请更正字段名，或去掉该字段。",
      run: redriveReason,
    },
    "invalid-type": {
      en: "A field holds a value of the wrong type, such as a text where Authing wants a list, so the record was not sent.",
      enNext: "Correct the value in the file, or the mapping of the source.",
      zh: "字段的类型不对，例如 Authing 要求列表而提供了文本，因此没有发送该记录。",
      zhNext: "请在文件中更正该值，或更正来源的映射。",
      run: redriveReason,
    },
    "invalid-value": {
      en: "A field holds a value that Authing does not know, so the record was not sent.",
      enNext:
        "Use one of the values of Authing's API reference, in the file or in the mapping of the source.",
      zh: "字段的值是 Authing 不认识的，因此没有发送该记录。",
      zhNext: "请在文件或来源的映射中使用 Authing API 文档列出的值。",
      run: redriveReason,
    },
    "invalid-format": {
      en: "A text does not have the form that Authing wants, so the record was not sent.",
      enNext: "Correct the text in the file, or the mapping of the source.",
      zh: "文本不符合 Authing 要求的格式，因此没有发送该记录。",
      zhNext: "请在文件中更正文本，或更正来源的映射。",
      run: redriveReason,
    },
    "invalid-union": {
      en: "A field has none of the forms that Authing knows, so the record was not sent.",
      enNext: "Compare the field with Authing's API reference.",
      zh: "字段不符合 Authing 支持的任何一种形式，因此没有发送该记录。",
      zhNext: "请对照 Authing 的 API 文档检查该字段。",
      run: redriveReason,
    },
    "invalid-key": {
      en: "An object has a key that is not allowed, so the record was not sent.",
      enNext: "Correct the key in the file, or the mapping of the source.",
      zh: "对象中有不允许的键，因此没有发送该记录。",
      zhNext: "请在文件中更正该键，或更正来源的映射。",
      run: redriveReason,
    },
    "invalid-element": {
      en: "A list holds an element that is not allowed, so the record was not sent.",
      enNext: "Correct the element in the file, or the mapping of the source.",
      zh: "列表中有不允许的元素，因此没有发送该记录。",
      zhNext: "请在文件中更正该元素，或更正来源的映射。",
      run: redriveReason,
    },
    "not-multiple-of": {
      en: "A number is not a multiple of what Authing wants, so the record was not sent.",
      enNext: "Correct the number in the file, or the mapping of the source.",
      zh: "数值不是 Authing 要求的倍数，因此没有发送该记录。",
      zhNext: "请在文件中更正数值，或更正来源的映射。",
      run: redriveReason,
    },
    "too-small": {
      en: "A text is too short or a number too small for Authing, so the record was not sent.",
      enNext: "Correct the value in the file, or the mapping of the source.",
      zh: "文本过短或数值过小，Authing 不接受，因此没有发送该记录。",
      zhNext: "请在文件中更正该值，或更正来源的映射。",
      run: redriveReason,
    },
    "too-big": {
      en: "A text is too long or a number too large for Authing, so the record was not sent.",
      enNext: "Correct the value in the file, or the mapping of the source.",
      zh: "文本过长或数值过大，Authing 不接受，因此没有发送该记录。",
      zhNext: "请在文件中更正该值，或更正来源的映射。",
      run: redriveReason,
    },
    custom: {
      en: "A value breaks a rule of ours for Authing's fields, so the record was not sent.",
      enNext: "Compare the field that explain or the result names with Authing's API reference.",
      zh: "某个值不符合我们对 Authing 字段的规则，因此没有发送该记录。",
      zhNext: "请对照 Authing 的 API 文档检查 explain 或结果中指出的字段。",
      run: redriveReason,
    },
    "not-in-dialect": {
      en: "The dialect 2022 of Authing's API has no place for this field, and without it the person could not sign in, so the person was rejected.",
      enNext:
        "Set authing.dialect to current in inbound.config.ts if your Authing is newer; otherwise leave the field out.",
      zh: "Authing 2022 版 API 没有这个字段，而缺少它此人就无法登录，因此此人被拒绝。",
      zhNext:
        "如果您的 Authing 版本较新，请在 inbound.config.ts 中把 authing.dialect 设为 current；否则请去掉该字段。",
      run: redriveReason,
    },
    "authing-host-invalid": {
      en: "The address of Authing is not https, so no change is made until that is corrected; nothing was dropped.",
      enNext: "Write it as https://authing-api.example.com.",
      zh: "Authing 的地址不是 https，在更正之前不会变更任何账号；没有丢弃数据。",
      zhNext: "请写成 https://authing-api.example.com 的形式。",
      run: runDoctor,
    },
    "authing-rsa-key-missing": {
      en: "The user pool publishes no RSA key, so passwords cannot be encrypted, and people with a password wait.",
      enNext: "Set authing.passwordEncryption to sm2, or remove it, in inbound.config.ts, and deploy.",
      zh: "用户池没有公布 RSA 公钥，无法加密密码，带密码的人员都在等待。",
      zhNext: "请在 inbound.config.ts 中把 authing.passwordEncryption 设为 sm2 或去掉它，然后部署。",
    },
    "authing-sm2-key-missing": {
      en: "The user pool publishes no SM2 key, so passwords cannot be encrypted, and people with a password wait.",
      enNext: "Set authing.passwordEncryption to rsa, or remove it, in inbound.config.ts, and deploy.",
      zh: "用户池没有公布 SM2 公钥，无法加密密码，带密码的人员都在等待。",
      zhNext: "请在 inbound.config.ts 中把 authing.passwordEncryption 设为 rsa 或去掉它，然后部署。",
    },
    "authing-rsa-key-invalid": {
      en: "The RSA key that Authing publishes cannot be used, so people with a password wait.",
      enNext:
        "Ask Authing about the key of the user pool, or remove authing.passwordEncryption from inbound.config.ts and deploy.",
      zh: "Authing 公布的 RSA 公钥无法使用，带密码的人员都在等待。",
      zhNext:
        "请向 Authing 咨询用户池的公钥，或从 inbound.config.ts 中去掉 authing.passwordEncryption 并部署。",
    },
    "authing-sm2-key-invalid": {
      en: "The SM2 key that Authing publishes cannot be used, so people with a password wait.",
      enNext:
        "Ask Authing about the key of the user pool, or remove authing.passwordEncryption from inbound.config.ts and deploy.",
      zh: "Authing 公布的 SM2 公钥无法使用，带密码的人员都在等待。",
      zhNext:
        "请向 Authing 咨询用户池的公钥，或从 inbound.config.ts 中去掉 authing.passwordEncryption 并部署。",
    },
    "password-too-long": {
      en: "The password is too long for Authing's RSA key, so the row was rejected.",
      enNext: "Shorten the password, or set authing.passwordEncryption to sm2 in inbound.config.ts.",
      zh: "密码超过了 Authing RSA 公钥的长度上限，因此该行被拒绝。",
      zhNext: "请缩短密码，或在 inbound.config.ts 中把 authing.passwordEncryption 设为 sm2。",
    },
  },
};
