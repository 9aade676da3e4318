import { listWaiting, redriveOne, redriveReason, runDoctor } from "./commands.ts";
import type { ReasonGroup } from "./reason.ts";

export const asking: ReasonGroup = {
  title: { en: "Asking a source", zh: "向来源查询" },
  about: {
    en: "The event waits and is tried again within 20 minutes, for ten days; then it is dead and can be redriven.",
    zh: "事件会等待，每隔最多 20 分钟重试，持续十天；之后成为死信，仍可重新处理。",
  },
  reasons: {
    "source-credentials-refused": {
      en: "The source refuses our credentials, so its people cannot be read: events wait and go on by themselves once the credentials are right.",
      enNext: "Compare the credentials in this source's secret with the vendor's screen.",
      zh: "来源拒绝了我方的凭证，因此无法读取人员：事件会等待，凭证更正后自行继续。",
      zhNext: "请比对该来源密钥中的凭证与厂商后台的设置。",
      run: [...runDoctor, ...listWaiting],
    },
    "source-permission-missing": {
      en: "The app lacks a permission or may not see this person, so the person cannot be read: events wait and go on by themselves once the permission is there.",
      enNext: "Give the app the permissions and the range of people that the README of the source names.",
      zh: "应用缺少权限或看不到此人，因此无法读取：事件会等待，授权后自行继续。",
      zhNext: "请按该来源 README 的说明，为应用开通权限并设置可见范围。",
      run: listWaiting,
    },
    "source-address-not-allowed": {
      en: "The source allows requests from listed addresses only, so its people cannot be read: events wait and go on by themselves once the address is listed.",
      enNext: "Add the addresses that the functions call from to the trusted addresses of the app.",
      zh: "来源只接受名单内地址的请求，因此无法读取人员：事件会等待，加入名单后自行继续。",
      zhNext: "请把函数的出口地址加入应用的可信 IP。",
      run: listWaiting,
    },
    "source-host-wrong": {
      en: "The server that answers is not the source's API, so its people cannot be read: events wait until the host is corrected.",
      enNext: "Compare the host or domain in this source's secret with the vendor's screen.",
      zh: "应答的服务器不是来源的 API，因此无法读取人员：更正地址之前事件会等待。",
      zhNext: "请比对该来源密钥中的主机或域名与厂商后台的设置。",
      run: [...runDoctor, ...listWaiting],
    },
    "source-throttles": {
      en: "The source answers that there are too many requests, so the event waits and is tried again.",
      enNext: "Nothing is to be done; if it lasts, ask the vendor for a higher limit.",
      zh: "来源表示请求过多，事件会等待后重试。",
      zhNext: "无需处理；如果一直如此，请向厂商申请提高限额。",
      run: listWaiting,
    },
    "source-unreachable": {
      en: "The source's API does not answer, so the event waits and is tried again.",
      enNext:
        "Nothing is to be done; if it lasts, look at the vendor's status page and at the network of the functions.",
      zh: "来源的 API 没有响应，事件会等待后重试。",
      zhNext: "无需处理；如果一直如此，请查看厂商的状态页和函数的网络。",
      run: listWaiting,
    },
    "source-answer-unexpected": {
      en: "The source answers in a way that its documentation does not name, so nothing is concluded from it: the event waits and is tried again.",
      enNext: "If it lasts, look at the vendor's status page, and whether a proxy answers in its place.",
      zh: "来源的答复不在其文档之列，因此不据此作任何判断：事件会等待后重试。",
      zhNext: "如果一直如此，请查看厂商的状态页，以及是否有代理代为应答。",
      run: listWaiting,
    },
    "source-answer-too-large": {
      en: "The source's answer about one person is larger than the worker reads, so the event is dead and the account is unchanged.",
      enNext: "Look the person up at the source for what is so large; then redrive.",
      zh: "来源关于此人的答复超过读取上限，因此事件成为死信，账号没有变化。",
      zhNext: "请在来源中检查此人的数据为何过大，然后重新处理。",
      run: redriveReason,
    },
    "source-request-wrong": {
      en: "A request to the source cannot be made, because a value in its secret holds a character that no header may hold: events wait until that is corrected.",
      enNext: "Look for line breaks and invisible characters in the source's secret.",
      zh: "无法向来源发出请求，因为密钥中含有请求头不允许的字符：更正之前事件会等待。",
      zhNext: "请检查该来源的密钥中是否有换行或不可见字符。",
      run: [...runDoctor, ...listWaiting],
    },
    "source-path-wrong": {
      en: "The id of the person would lead to another place of the source's API, so the source was not asked, and the event is dead.",
      enNext: "Look at the payload: such an id is a mistake of the sender, or an attack.",
      zh: "此人的 ID 会指向来源 API 的其他位置，因此没有查询，事件成为死信。",
      zhNext: "请查看请求内容：这样的 ID 是发送方的错误，或者是攻击。",
      run: ["npm run parked -- show {id}{stage}", "npm run parked -- discard apply --id {id}{stage}"],
    },
    "source-list-endless": {
      en: "The source's list of people does not end, so it cannot be called complete and nothing is concluded from it.",
      enNext: "Report it to the vendor; events about single people are not affected.",
      zh: "来源的人员列表没有结尾，不能视为完整，因此不据此作任何判断。",
      zhNext: "请向厂商反馈；单个人员的事件不受影响。",
    },
    "departments-too-many": {
      en: "The source and Authing have more departments together than can be shown beside each other, so no map was made.",
      enNext:
        "Write departments of the source in inbound.config.ts as a function, or pass the ids on with departments: { by: … }.",
      zh: "来源与 Authing 的部门总数超过可以对照显示的上限，因此没有生成映射。",
      zhNext:
        "请在 inbound.config.ts 中把该来源的 departments 写成函数，或用 departments: { by: … } 直接传递 ID。",
    },
    "list-cursor-unreadable": {
      en: "The place in the source's list at which a run was to go on cannot be read, so nothing is concluded from this list.",
      enNext: "Start the run again: it begins at the first page.",
      zh: "无法读取上次在来源列表中停下的位置，因此不据此列表作任何判断。",
      zhNext: "请重新运行，从第一页开始读取。",
    },
    "source-list-too-long": {
      en: "The source has more changes than one run reads: what was read is queued, and the event is tried again for the rest.",
      enNext: "Nothing is to be done.",
      zh: "来源的变更超过一次运行能读取的数量：已读取的部分已经入队，其余部分会再次读取。",
      zhNext: "无需处理。",
    },
    "person-is-another": {
      en: "The source answered about another person than it was asked about, so the event is dead and no account is changed.",
      enNext: "Look the id of the event up at the source; then redrive.",
      zh: "来源答复的是另一个人，因此事件成为死信，没有改变任何账号。",
      zhNext: "请在来源中核对事件里的 ID，然后重新处理。",
      run: redriveOne,
    },
    "departure-unconfirmed": {
      en: "A delivery that is not signed says that the person has left, and the source's API still has the person, so the event is dead and the account is unchanged.",
      enNext:
        "Look the person up at the source: if they have left, redrive the event; if not, replace the secret, which another party may know.",
      zh: "未签名的请求称此人已离开，而来源的 API 中仍有此人，因此事件成为死信，账号没有变化。",
      zhNext: "请在来源中核对此人：如果确已离开，请重新处理；如果没有，请更换密钥，因为它可能已经泄露。",
      run: redriveOne,
    },
    "id-invalid": {
      en: "The source says that no person can have this id, so the event is dead and no account is changed.",
      enNext: "Look at the payload: the sender sends an id that its own API does not take.",
      zh: "来源表示不可能有人使用这个 ID，因此事件成为死信，没有改变任何账号。",
      zhNext: "请查看请求内容：发送方发来的 ID 连它自己的 API 都不接受。",
      run: ["npm run parked -- show {id}{stage}", ...redriveOne],
    },
    "user-not-read": {
      en: "The event needs the person as the source has them today, and the source did not show the person, so the event is dead.",
      enNext:
        "Check the API credentials in the secret of the source and which people they may see, then redrive.",
      zh: "该事件需要读取来源中此人的当前数据，但来源没有给出，因此成为死信。",
      zhNext: "请检查该来源密钥中的 API 凭据及其可见人员范围，然后重新处理。",
      run: redriveReason,
    },
    "api-key-missing": {
      en: "The event only says who has changed, and there is no API key to ask the source with, so the event is dead and the account is unchanged.",
      enNext: "Store the credentials that the README of the source names in its secret, then redrive.",
      zh: "该事件只说明谁有变更，而没有可用来查询的 API 密钥，因此事件成为死信，账号没有变化。",
      zhNext: "请按该来源 README 的说明，在其密钥中保存 API 凭证，然后重新处理。",
      run: redriveReason,
    },
    "person-not-shown": {
      en: "The source's API does not show this person to us, and it does not say that the person has left, so the event is dead and the account is unchanged.",
      enNext:
        "Extend what the credentials in the source's secret may see, as the README of the source says; then redrive.",
      zh: "来源的 API 没有向我方显示此人，也没有说明此人已离开，因此事件成为死信，账号没有变化。",
      zhNext: "请按该来源 README 的说明，扩大密钥中凭证的可见范围，然后重新处理。",
      run: redriveReason,
    },
    "api-credentials-missing": {
      en: "The source has to be asked, and its secret holds no credentials of its API: events wait, and its people cannot be listed until these are stored.",
      enNext: "Store the credentials that the README of the source names in its secret.",
      zh: "需要向来源查询，但其密钥中没有 API 凭证：保存之前事件会等待，也无法列出人员。",
      zhNext: "请按该来源 README 的说明，在其密钥中保存 API 凭证。",
      run: [...runDoctor, ...listWaiting],
    },
    "company-foreign": {
      en: "The event is about another company than the one in the source's secret, so it is dead and no account is changed.",
      enNext: "Discard it; if it is your company, correct its id in the secret and redrive.",
      zh: "该事件属于另一家企业，与该来源密钥中的企业不同，因此成为死信，没有改变任何账号。",
      zhNext: "请丢弃；如果确是您的企业，请更正密钥中的企业 ID 后重新处理。",
      run: ["npm run parked -- discard apply --id {id}{stage}", ...redriveReason],
    },
    "channel-foreign": {
      en: "The notification came through another channel than those of the source's secret, so the event is dead and no account is changed.",
      enNext:
        "Discard it; if the channel is yours, store what its id begins with as channelId in the secret, and redrive.",
      zh: "该通知来自该来源密钥以外的频道，因此事件成为死信，没有改变任何账号。",
      zhNext: "请丢弃；如果频道确是您的，请把其 ID 的开头部分保存为密钥中的 channelId，然后重新处理。",
      run: ["npm run parked -- discard apply --id {id}{stage}", ...redriveReason],
    },
    "subscription-not-renewed": {
      en: "A subscription of a source could not be renewed, and the source falls silent when it ends: it is tried again each hour.",
      enNext:
        "Look in the log of events-apply for the source and the reason, and do what the reason asks for.",
      zh: "某个来源的订阅未能续期，到期后该来源将不再发送：每小时会重试一次。",
      zhNext: "请在 events-apply 的日志中查看是哪个来源及其原因，并按该原因处理。",
      run: runDoctor,
    },
    "subscription-missing": {
      en: "The source has no subscription to renew, so that it sends nothing: it is looked for again each hour.",
      enNext: "Make the subscription as the README of the source says.",
      zh: "该来源没有可续期的订阅，因此不会发送任何内容：每小时会再次查找。",
      zhNext: "请按该来源 README 的说明创建订阅。",
      run: runDoctor,
    },
    "api-host-not-asked": {
      en: "A test would have asked a vendor's real API, so it was stopped; no delivery is affected.",
      enNext: "Let apiHost of the secret alone decide which hosts the source asks.",
      zh: "测试险些访问厂商的真实 API，已被阻止；真实的请求不受影响。",
      zhNext: "请让来源只依据密钥中的 apiHost 决定访问哪些主机。",
    },
  },
};
