import { runDoctor } from "./commands.ts";
import type { ReasonGroup } from "./reason.ts";

export const waits: ReasonGroup = {
  title: { en: "What passes by itself", zh: "会自行恢复的情况" },
  about: {
    en: "The event waits or is retried; no event about another person waits behind it, and nothing is lost.",
    zh: "事件正在等待或重试；不会阻塞其他人员的事件，也不会丢失数据。",
  },
  reasons: {
    "source-paused": {
      en: "The source is paused: its events are stored, and none is applied until an operator resumes the source.",
      enNext: "Resume the source; what it has sent meanwhile is then applied in order.",
      zh: "该来源已暂停：它的事件会被保存，在管理员恢复之前都不会执行。",
      zhNext: "请恢复该来源；暂停期间收到的事件会按顺序执行。",
      run: ["npm run resume -- {source}{stage}"],
    },
    "date-ahead": {
      en: "The first or last day that the event names lies ahead: the account changes when that day comes, in the company's time zone.",
      enNext: "Nothing is to be done; a newer event about the same day replaces this one.",
      zh: "事件中的入职日或离职日还没有到：账号会在那一天（按公司所在时区）变更。",
      zhNext: "无需处理；关于同一日期的新事件会取代它。",
      run: ["npm run parked -- show {id}{stage}"],
    },
    "person-busy": {
      en: "Another event about the same person is being applied, so this one is retried.",
      enNext: "Nothing is to be done.",
      zh: "同一个人的另一个事件正在执行，因此这个事件会稍后重试。",
      zhNext: "无需处理。",
    },
    undecided: {
      en: "The worker had no time left for this event, so the queue delivers it again.",
      enNext: "Nothing is to be done.",
      zh: "处理函数没有足够的时间处理这个事件，队列会再次投递。",
      zhNext: "无需处理。",
    },
    "time-is-up": {
      en: "The function had no time left, so the rest is done by its next run.",
      enNext: "Nothing is to be done; if it happens all the time, Authing answers slowly or throttles.",
      zh: "函数的运行时间已用完，其余部分由下一次运行完成。",
      zhNext: "无需处理；如果经常发生，说明 Authing 响应缓慢或正在限流。",
    },
    "subject-contended": {
      en: "Several workers wrote about the same person at the same moment, so the event is retried.",
      enNext: "Nothing is to be done.",
      zh: "多个处理函数同时写入同一个人的记录，因此该事件会重试。",
      zhNext: "无需处理。",
    },
    "person-is-being-renamed": {
      en: "The person is just getting another id, so the event is retried until that is done.",
      enNext: "Nothing is to be done.",
      zh: "这个人的 ID 正在变更，变更完成之前该事件会重试。",
      zhNext: "无需处理。",
    },
    "person-not-visible-yet": {
      en: "The source announced the person before its API shows them; the event is tried again until ten minutes after it happened, and from then on the person counts as gone.",
      enNext:
        "Nothing is to be done, unless the app may not see this person: then give it the range of people that the README of the source names.",
      zh: "来源已发出事件，但它的 API 还查不到这个人；在事件发生后的十分钟内会反复重试，之后视为此人已不存在。",
      zhNext: "无需处理；除非应用看不到这个人，那么请按该来源 README 的说明扩大应用的可见范围。",
    },
    "departure-not-visible-yet": {
      en: "The source announced a departure that its API does not show yet; the event is tried again until ten minutes after it happened, and from then on the API is believed.",
      enNext: "Nothing is to be done.",
      zh: "来源已通知人员离开，但它的 API 仍显示此人；在事件发生后的十分钟内会反复重试，之后以 API 为准。",
      zhNext: "无需处理。",
    },
    "totp-not-confirmed-yet": {
      en: "The source has made a TOTP secret, and the person has not confirmed it with a code yet; the event is tried again for an hour, and from then on the secret is dropped.",
      enNext: "Nothing is to be done.",
      zh: "来源已生成 TOTP 密钥，但此人尚未用验证码确认；一小时内会反复重试，之后丢弃该密钥。",
      zhNext: "无需处理。",
    },
    "part-missing": {
      en: "The last part of an import is not stored yet, so its results are put together later.",
      enNext: "Nothing is to be done.",
      zh: "导入的最后一部分还没有保存好，稍后会汇总结果。",
      zhNext: "无需处理。",
    },
    "ledger-unreachable": {
      en: "The ledger in DynamoDB does not answer or refuses the function: events stay in the queue, and senders get 503 and repeat their requests.",
      enNext: "If it lasts, look at the health of DynamoDB in this region and at the role of the function.",
      zh: "DynamoDB 中的账本没有响应或拒绝了函数：事件留在队列中，发送方得到 503 并会重新发送。",
      zhNext: "如果一直如此，请检查本区域 DynamoDB 的状态和函数的角色权限。",
      run: runDoctor,
    },
    "queue-unreachable": {
      en: "The queue did not take a message, so the sender gets 503 and repeats its request, and what is in work is retried.",
      enNext: "If it lasts, look at the health of SQS in this region and at the role of the function.",
      zh: "队列没有接收消息，因此发送方得到 503 并会重新发送，正在处理的内容会重试。",
      zhNext: "如果一直如此，请检查本区域 SQS 的状态和函数的角色权限。",
      run: runDoctor,
    },
    "store-unreachable": {
      en: "The store of this machine cannot be read or written: events stay where they are, and senders get 503 and repeat their requests.",
      enNext: "Make room on the disk; where the file is damaged, restore the backup (docs/one-machine.md).",
      zh: "无法读写本机的数据库：事件留在原处，发送方得到 503 并会重新发送。",
      zhNext: "请腾出磁盘空间；如果文件已损坏，请恢复备份（docs/one-machine.md）。",
    },
    "bucket-unreachable": {
      en: "The bucket did not take an object, so the sender gets 503 and repeats its request.",
      enNext: "If it lasts, look at the health of S3 in this region and at the role of the function.",
      zh: "存储桶没有保存对象，因此发送方得到 503 并会重新发送。",
      zhNext: "如果一直如此，请检查本区域 S3 的状态和函数的角色权限。",
      run: runDoctor,
    },
    "parked-messages-unreachable": {
      en: "The bucket that holds parked messages does not answer or refuses the function, so nothing can be parked or listed now; events stay in the queue.",
      enNext: "If it lasts, look at the health of S3 in this region and at the role of the function.",
      zh: "存放搁置消息的存储桶没有响应或拒绝了函数，目前无法搁置或列出消息；事件留在队列中。",
      zhNext: "如果一直如此，请检查本区域 S3 的状态和函数的角色权限。",
      run: runDoctor,
    },
    "stored-message-unreadable": {
      en: "A large event lies in the bucket and cannot be read now, so the queue delivers it again.",
      enNext: "If it lasts, check that the object was not deleted and that the function's role may read it.",
      zh: "一个较大的事件存放在存储桶中，目前无法读取，队列会再次投递。",
      zhNext: "如果一直如此，请确认对象没有被删除，并且函数的角色可以读取它。",
      run: runDoctor,
    },
    "object-unreadable": {
      en: "The object in the bucket cannot be read now, so the import is tried again.",
      enNext: "If it lasts, check that the function's role may read the bucket and use its key.",
      zh: "目前无法读取存储桶中的对象，导入会重试。",
      zhNext: "如果一直如此，请确认函数的角色可以读取存储桶并使用其加密密钥。",
      run: runDoctor,
    },
    "object-unwritable": {
      en: "A result cannot be written into the bucket now, so that part of the import is done again; no person is created twice.",
      enNext: "If it lasts, check that the function's role may write into the bucket and use its key.",
      zh: "目前无法把结果写入存储桶，导入的这一部分会重做；不会重复创建人员。",
      zhNext: "如果一直如此，请确认函数的角色可以写入存储桶并使用其加密密钥。",
      run: runDoctor,
    },
    "object-undeletable": {
      en: "An object that is no longer needed cannot be deleted now, so the end of the import is tried again.",
      enNext: "If it lasts, check that the function's role may delete from the bucket.",
      zh: "目前无法删除不再需要的对象，导入的收尾会重试。",
      zhNext: "如果一直如此，请确认函数的角色可以从存储桶中删除对象。",
      run: runDoctor,
    },
  },
};
