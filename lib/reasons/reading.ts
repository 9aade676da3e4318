import { redriveOne, redriveReason } from "./commands.ts";
import type { ReasonGroup } from "./reason.ts";

export const reading: ReasonGroup = {
  title: { en: "Reading deliveries", zh: "读取请求" },
  about: {
    en: "The delivery proved its sender and is kept whole as a dead letter: no account changes until it is redriven.",
    zh: "请求已通过身份验证，并作为死信完整保留：重新处理之前不会改变任何账号。",
  },
  reasons: {
    "event-type-unknown": {
      en: "The source sent a type of event that is not known here, so the event is dead and no account is changed: it may tell that a person has left.",
      enNext:
        "If it concerns people, teach the source's translate what it means, deploy and redrive; if not, add it to the source's uninteresting types or unsubscribe from it, and discard.",
      zh: "来源发来了未知类型的事件，因此成为死信，没有改变任何账号：它可能表示有人离职。",
      zhNext:
        "如果与人员有关，请在该来源的 translate 中说明其含义，部署后重新处理；如果无关，请加入该来源的无关类型或退订，然后丢弃。",
      run: [
        "npm run parked -- show {id}{stage}",
        ...redriveReason,
        "npm run parked -- discard apply --reason event-type-unknown --source {source}{stage}",
      ],
    },
    "event-version-unsupported": {
      en: "Feishu sent an event of version 1.0, which is not translated here, so it is dead and no account is changed.",
      enNext:
        "In Feishu's console, add the contact events of version 2.0, remove those of version 1.0, and discard.",
      zh: "飞书发来了 1.0 版事件，这里不作翻译，因此成为死信，没有改变任何账号。",
      zhNext: "请在飞书开放平台添加 2.0 版通讯录事件，去掉 1.0 版事件，然后丢弃。",
      run: ["npm run parked -- discard apply --reason event-version-unsupported --source {source}{stage}"],
    },
    "subject-of-another-issuer": {
      en: "The event is about an account of another issuer than the sender, whose ids may be another person's here, so it is dead and no account is changed.",
      enNext:
        "If these ids are the company's all the same, make that issuer a source of its own; if not, discard.",
      zh: "事件所指的账号属于另一个签发方，其 ID 在这里可能是另一个人，因此成为死信，没有改变任何账号。",
      zhNext: "如果这些 ID 确实是本公司的，请把该签发方配置为单独的来源；否则请丢弃。",
      run: ["npm run parked -- show {id}{stage}", ...redriveOne],
    },
    "translation-failed": {
      en: "The mapping of the source failed on this event, which is a defect of the mapping: the event is dead and the account is unchanged.",
      enNext: "Correct the mapping, deploy, and redrive.",
      zh: "来源的映射代码在处理该事件时出错，这是映射的缺陷：事件成为死信，账号没有变化。",
      zhNext: "请修正映射，部署后重新处理。",
      run: redriveReason,
    },
    "scope-failed": {
      en: "The function scope of the configuration failed on this person, so the event is dead and the account is unchanged.",
      enNext:
        "Let scope return true or false for every person, also where a field is missing, deploy, and redrive.",
      zh: "配置中的 scope 函数在处理此人时出错，因此事件成为死信，账号没有变化。",
      zhNext: "请让 scope 对每个人都返回 true 或 false（字段缺失时也一样），部署后重新处理。",
      run: redriveReason,
    },
    "map-failed": {
      en: "The function map of the configuration failed on this person, so the event is dead and the account is unchanged.",
      enNext: "Let map return a person at once, also where a field is missing, deploy, and redrive.",
      zh: "配置中的 map 函数在处理此人时出错，因此事件成为死信，账号没有变化。",
      zhNext: "请让 map 同步返回人员（字段缺失时也一样），部署后重新处理。",
      run: redriveReason,
    },
    "map-result-wrong": {
      en: "The function map of the configuration returned a person that Authing does not take, so the event is dead and the account is unchanged.",
      enNext: "Correct the field that is named in map of the source, deploy, and redrive.",
      zh: "配置中的 map 函数返回了 Authing 不接受的人员，因此事件成为死信，账号没有变化。",
      zhNext: "请修正该来源的 map 中所指出的字段，部署后重新处理。",
      run: redriveReason,
    },
    "departments-failed": {
      en: "The function departments of the configuration failed on a department, so the event is dead and the account is unchanged.",
      enNext: "Let departments return a text or undefined for every department, deploy, and redrive.",
      zh: "配置中的 departments 函数在处理某个部门时出错，因此事件成为死信，账号没有变化。",
      zhNext: "请让 departments 对每个部门都返回文本或 undefined，部署后重新处理。",
      run: redriveReason,
    },
    "split-failed": {
      en: "The code that finds the events in a delivery of this source failed, which is a defect: the delivery is kept whole and no account is changed.",
      enNext: "Correct split of the source, deploy, and redrive.",
      zh: "该来源用于拆分请求的代码出错，这是程序缺陷：请求已完整保留，没有改变任何账号。",
      zhNext: "请修正该来源的 split，部署后重新处理。",
      run: redriveReason,
    },
    "status-unknown": {
      en: "The source uses a word for the person's status that is not known here, so nothing was changed: a guess could let a person in who has left.",
      enNext:
        "Compare the word with the README of the source, teach translate what it means and redrive; of a file, use a status that docs/uploads.md names.",
      zh: "来源使用了未知的状态词，因此没有作任何变更：猜测可能会让已离职的人继续登录。",
      zhNext:
        "请对照该来源的 README，在 translate 中说明其含义后重新处理；如果来自文件，请使用 docs/uploads.md 列出的状态。",
      run: redriveReason,
    },
    "outcome-unknown": {
      en: "Okta does not say whether the change has happened, so the event is dead and the account is unchanged.",
      enNext: "Look the user up in Okta, then redrive or discard.",
      zh: "Okta 没有说明变更是否已经发生，因此事件成为死信，账号没有变化。",
      zhNext: "请在 Okta 查看该用户，然后重新处理或丢弃。",
      run: redriveOne,
    },
    "labels-unknown": {
      en: "None of the field labels of this webhook is known, so the event is dead: one of them may say that the person has left.",
      enNext:
        "Translate the labels with the setting words of the source in inbound.config.ts, deploy and redrive; or let a user whose language is English make the webhook in BambooHR.",
      zh: "该 webhook 的字段名都无法识别，因此事件成为死信：其中可能有离职信息。",
      zhNext:
        "请在 inbound.config.ts 中用该来源的 words 设置翻译这些字段名，部署后重新处理；或者让界面语言为英语的用户在 BambooHR 中创建 webhook。",
      run: redriveReason,
    },
    "fields-missing": {
      en: "The webhook posts no fields of the employee, so nothing is known of the change, and the event is dead.",
      enNext: "In BambooHR, open the webhook and choose the fields to post, Status among them.",
      zh: "该 webhook 没有发送员工的任何字段，无法得知变更内容，因此事件成为死信。",
      zhNext: "请在 BambooHR 中打开该 webhook，选择要发送的字段，其中包括 Status。",
      run: redriveReason,
    },
    "field-missing": {
      en: "The event lacks a field that every event of this source needs, so it is dead and no account is changed.",
      enNext:
        "Compare the paths of your own source in inbound.config.ts with a payload that the sender really sends, deploy, and redrive.",
      zh: "该事件缺少此来源的每个事件都需要的字段，因此成为死信，没有改变任何账号。",
      zhNext: "请用发送方的真实请求核对 inbound.config.ts 中自定义来源的路径，部署后重新处理。",
      run: redriveReason,
    },
    "type-missing": {
      en: "The delivery does not say what has happened, so it is dead and no account is changed.",
      enNext:
        "Check that the webhook has the type that the README of the source names; then redrive or discard.",
      zh: "请求没有说明发生了什么，因此成为死信，没有改变任何账号。",
      zhNext: "请确认 webhook 的类型与该来源 README 所写的一致；然后重新处理或丢弃。",
      run: redriveOne,
    },
    "type-too-long": {
      en: "The type of the event is longer than 100 characters, so the path of the type points at something else; the event is dead.",
      enNext: "Correct the path of the type of your own source in inbound.config.ts, deploy, and redrive.",
      zh: "事件类型超过 100 个字符，说明类型的路径指向了别的内容；事件成为死信。",
      zhNext: "请在 inbound.config.ts 中更正自定义来源的类型路径，部署后重新处理。",
      run: redriveReason,
    },
    "time-unreadable": {
      en: "The time of the event cannot be read, so the event is dead: in a wrong order it could close the account of a person who is back.",
      enNext:
        "Let the sender write ISO 8601 with an offset or seconds since 1970, or write a split of your own; then redrive.",
      zh: "事件的时间无法识别，因此成为死信：顺序错误可能会关闭已重新入职人员的账号。",
      zhNext: "请让发送方使用带时区的 ISO 8601 或 1970 年以来的秒数，或自行编写 split；然后重新处理。",
      run: redriveReason,
    },
    "id-missing": {
      en: "The delivery does not say which person it is about, so it is dead and no account is changed.",
      enNext: "Look at the payload, and compare it with the README of the source; then redrive or discard.",
      zh: "请求没有说明是哪个人，因此成为死信，没有改变任何账号。",
      zhNext: "请查看请求内容，并与该来源的 README 对照；然后重新处理或丢弃。",
      run: ["npm run parked -- show {id}{stage}", ...redriveOne],
    },
    "ids-missing": {
      en: "The delivery names no person at all, so it is dead and no account is changed.",
      enNext: "Look at the payload, and compare it with the README of the source; then redrive or discard.",
      zh: "请求没有提到任何人，因此成为死信，没有改变任何账号。",
      zhNext: "请查看请求内容，并与该来源的 README 对照；然后重新处理或丢弃。",
      run: ["npm run parked -- show {id}{stage}", ...redriveOne],
    },
    "id-malformed": {
      en: "The id of the person has a form that the source's own ids never have, so the event is dead and no account is changed.",
      enNext: "Look the person up at the source; then redrive or discard.",
      zh: "此人的 ID 不符合该来源 ID 的格式，因此事件成为死信，没有改变任何账号。",
      zhNext: "请在来源中核对此人；然后重新处理或丢弃。",
      run: ["npm run parked -- show {id}{stage}", ...redriveOne],
    },
    "data-missing": {
      en: "The delivery has no data of the person, so it is dead and no account is changed.",
      enNext: "Look at the payload, and compare it with the README of the source; then redrive or discard.",
      zh: "请求中没有人员数据，因此成为死信，没有改变任何账号。",
      zhNext: "请查看请求内容，并与该来源的 README 对照；然后重新处理或丢弃。",
      run: redriveOne,
    },
    "data-encrypted": {
      en: "The sender encrypts the data of the person, which is not understood here, so the delivery is dead and no account is changed.",
      enNext: "Switch the encryption of the data off at the sender, and let it send the event again.",
      zh: "发送方加密了人员数据，这里无法读取，因此成为死信，没有改变任何账号。",
      zhNext: "请在发送方关闭数据加密，并让它重新发送该事件。",
      run: redriveOne,
    },
    "events-missing": {
      en: "The delivery has no list of events, so it is dead and no account is changed.",
      enNext:
        "Check that the sender's hook is an event hook, as the README of the source says; then redrive or discard.",
      zh: "请求中没有事件列表，因此成为死信，没有改变任何账号。",
      zhNext: "请确认发送方配置的是该来源 README 所说的事件钩子；然后重新处理或丢弃。",
      run: redriveOne,
    },
    "event-not-an-object": {
      en: "An entry of the delivery is no event; the other events of the delivery went on, and this part is dead.",
      enNext: "Look at the payload; then redrive or discard.",
      zh: "请求中有一项不是事件；同一请求中的其他事件已正常处理，这一部分成为死信。",
      zhNext: "请查看请求内容；然后重新处理或丢弃。",
      run: redriveOne,
    },
    "employees-missing": {
      en: "The delivery has no list of employees, so it is dead and no account is changed.",
      enNext:
        "Check that the webhook has the type that the README of the source names; then redrive or discard.",
      zh: "请求中没有员工列表，因此成为死信，没有改变任何账号。",
      zhNext: "请确认 webhook 的类型与该来源 README 所写的一致；然后重新处理或丢弃。",
      run: redriveOne,
    },
    "employee-not-an-object": {
      en: "An entry of the delivery is no employee; the other employees of the delivery went on, and this part is dead.",
      enNext: "Look at the payload; then redrive or discard.",
      zh: "请求中有一项不是员工；同一请求中的其他员工已正常处理，这一部分成为死信。",
      zhNext: "请查看请求内容；然后重新处理或丢弃。",
      run: redriveOne,
    },
    "body-not-json": {
      en: "The body is no JSON, so the delivery is dead and no account is changed.",
      enNext: "Set the webhook to JSON at the sender; then redrive or discard.",
      zh: "请求体不是 JSON，因此成为死信，没有改变任何账号。",
      zhNext: "请在发送方把 webhook 设为 JSON 格式；然后重新处理或丢弃。",
      run: redriveOne,
    },
    "body-not-an-object": {
      en: "The body is JSON and no object, so the delivery is dead and no account is changed.",
      enNext: "Compare the payload with the README of the source; then redrive or discard.",
      zh: "请求体是 JSON 但不是对象，因此成为死信，没有改变任何账号。",
      zhNext: "请将请求内容与该来源的 README 对照；然后重新处理或丢弃。",
      run: redriveOne,
    },
    "body-not-a-json-object": {
      en: "A test or a sample cannot be signed, because its body is no JSON object; no delivery is affected.",
      enNext: "Correct the body of the fixture.",
      zh: "测试或样例无法签名，因为请求体不是 JSON 对象；真实的请求不受影响。",
      zhNext: "请更正样例（fixture）的请求体。",
    },
    "body-without-entries": {
      en: "A test or a sample cannot be signed, because its body has no list of entries that hold the secret; no delivery is affected.",
      enNext: "Correct the body of the fixture.",
      zh: "测试或样例无法签名，因为请求体中没有应带密钥的条目列表；真实的请求不受影响。",
      zhNext: "请更正样例（fixture）的请求体。",
    },
    "body-not-utf-8": {
      en: "The body is not UTF-8, so the delivery is dead and no account is changed.",
      enNext: "Let the sender send UTF-8; then redrive or discard.",
      zh: "请求体不是 UTF-8 编码，因此成为死信，没有改变任何账号。",
      zhNext: "请让发送方使用 UTF-8；然后重新处理或丢弃。",
      run: redriveOne,
    },
    "body-not-xml": {
      en: "The body is no XML that the source's sender would write, so the delivery is dead and no account is changed.",
      enNext: "Compare the payload with the README of the source; then redrive or discard.",
      zh: "请求体不是该来源发送方会生成的 XML，因此成为死信，没有改变任何账号。",
      zhNext: "请将请求内容与该来源的 README 对照；然后重新处理或丢弃。",
      run: redriveOne,
    },
    "body-too-deep": {
      en: "The body is nested deeper than any sender nests its data, so the delivery is dead and no account is changed.",
      enNext: "Look at the payload: it is a mistake of the sender, or an attack; discard it.",
      zh: "请求体的嵌套层数远超正常数据，因此成为死信，没有改变任何账号。",
      zhNext: "请查看请求内容：这是发送方的错误或攻击；请丢弃。",
      run: ["npm run parked -- discard apply --id {id}{stage}"],
    },
    "too-many-events": {
      en: "The delivery holds more than 1,000 events, so it is kept whole as a dead letter and none of them is applied.",
      enNext: "Let the sender send fewer events in one request, or upload the people as a file.",
      zh: "该请求包含超过 1000 个事件，因此作为死信完整保留，其中的事件都没有执行。",
      zhNext: "请让发送方在一个请求中少放一些事件，或以文件形式上传人员。",
      run: ["npm run parked -- show {id}{stage}"],
    },
    "source-not-enabled": {
      en: "The source is not switched on in this deployment, so its event is dead, or the command has nothing to act on.",
      enNext: "Switch the source on in inbound.config.ts, deploy, and redrive; or discard.",
      zh: "本部署没有启用该来源，因此它的事件成为死信，或命令没有可操作的对象。",
      zhNext: "请在 inbound.config.ts 中启用该来源，部署后重新处理；或者丢弃。",
      run: [...redriveReason, "npm run parked -- discard apply --source {source}{stage}"],
    },
    "representation-missing": {
      en: "The event only says which user has changed and not what the user is like, so it is dead and the account is unchanged.",
      enNext:
        "In Keycloak, switch on Include representation for the admin events of the realm, or store the credentials of the Admin API in the secret of the source; then redrive.",
      zh: "该事件只说明哪个用户有变更，没有说明内容，因此成为死信，账号没有变化。",
      zhNext:
        "请在 Keycloak 的领域设置中为管理事件开启“Include representation”，或在该来源的密钥中保存 Admin API 凭证；然后重新处理。",
      run: redriveReason,
    },
    "notifications-missed": {
      en: "The source says that it could not deliver some notifications, and not which: the event is dead so that an operator sees it.",
      enNext: "Compare the people of the source with Authing; then discard the event.",
      zh: "来源表示有部分通知未能送达，但没有说明是哪些：该事件成为死信，以便运维人员看到。",
      zhNext: "请把来源中的人员与 Authing 比对；然后丢弃该事件。",
      run: ["npm run parked -- discard apply --id {id}{stage}"],
    },
    "subscription-removed": {
      en: "The source has ended the subscription, so no more notifications come: the event is dead so that an operator sees it.",
      enNext:
        "Make the subscription again as the README of the source says, and compare the people of the source with Authing; then discard the event.",
      zh: "来源已终止订阅，不会再有通知：该事件成为死信，以便运维人员看到。",
      zhNext: "请按该来源 README 的说明重新创建订阅，并把来源中的人员与 Authing 比对；然后丢弃该事件。",
      run: ["npm run parked -- discard apply --id {id}{stage}"],
    },
    "directory-deleted": {
      en: "A whole directory was disconnected at the source, which sends no event for each of its people, so the event is dead and no account is changed.",
      enNext:
        "Decide what becomes of the people of that directory, e.g. by a file with their status; then discard the event.",
      zh: "整个目录已在来源中断开，而来源不会为其中每个人发送事件，因此该事件成为死信，没有改变任何账号。",
      zhNext: "请决定如何处理该目录中的人员，例如上传带有状态的文件；然后丢弃该事件。",
      run: ["npm run parked -- discard apply --id {id}{stage}"],
    },
    "external-id-missing": {
      en: "The source does not show the id that the configuration takes as externalId, so the event is dead: another id would make two people of one.",
      enNext:
        "Give the app the permission for this id at the source, or name another one as externalId in inbound.config.ts; then redrive.",
      zh: "来源没有提供配置中作为 externalId 的 ID，因此事件成为死信：换用其他 ID 会把一个人变成两个人。",
      zhNext:
        "请在来源中为应用开通该 ID 的权限，或在 inbound.config.ts 中换用其他 externalId；然后重新处理。",
      run: redriveReason,
    },
    "external-id-invalid": {
      en: "The id of the person holds characters that no id may hold, so the event is dead and no account is changed.",
      enNext: "Correct the id at the source; then let it send the person again.",
      zh: "此人的 ID 含有不允许的字符，因此事件成为死信，没有改变任何账号。",
      zhNext: "请在来源中更正 ID，再让它重新发送此人。",
      run: ["npm run parked -- discard apply --id {id}{stage}"],
    },
    "external-id-ambiguous": {
      en: "The id of the person looks like another id, so the event is dead: by a guess it could become another person's.",
      enNext: "Write the id at the source in usual characters; then let it send the person again.",
      zh: "此人的 ID 与另一个 ID 看起来相同，因此事件成为死信：猜测可能会变成别人的 ID。",
      zhNext: "请在来源中用常规字符书写 ID，再让它重新发送此人。",
      run: ["npm run parked -- discard apply --id {id}{stage}"],
    },
    "external-id-too-long": {
      en: "The id of the person is longer than 255 characters, so the event is dead and no account is changed.",
      enNext: "Check which field the source takes as the id; then redrive.",
      zh: "此人的 ID 超过 255 个字符，因此事件成为死信，没有改变任何账号。",
      zhNext: "请检查该来源把哪个字段作为 ID；然后重新处理。",
      run: redriveReason,
    },
  },
};
