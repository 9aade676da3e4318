import { listWaiting, runDoctor } from "./commands.ts";
import type { ReasonGroup } from "./reason.ts";

export const settings: ReasonGroup = {
  title: { en: "Settings and secrets of the deployment", zh: "部署的设置与密钥" },
  about: {
    en: "Requests are answered with 503 and events wait until the setting is corrected; senders repeat their requests.",
    zh: "在更正之前，请求得到 503，事件会等待；发送方会重新发送。",
  },
  reasons: {
    "secret-empty-yet": {
      en: "A secret has no value yet: requests of its source get 503, and what needs it waits.",
      enNext: "Put its value into Secrets Manager; doctor prints the command and the fields.",
      zh: "某个密钥还没有值：该来源的请求得到 503，需要它的事件会等待。",
      zhNext: "请把值写入 Secrets Manager；doctor 会打印所需的命令和字段。",
      run: runDoctor,
    },
    "secret-not-json": {
      en: "A secret is no JSON object: requests of its source get 503, and what needs it waits.",
      enNext: "Put a JSON object in the shape that doctor prints into Secrets Manager.",
      zh: "某个密钥不是 JSON 对象：该来源的请求得到 503，需要它的事件会等待。",
      zhNext: "请按 doctor 打印的格式，把 JSON 对象写入 Secrets Manager。",
      run: runDoctor,
    },
    "secret-shape-wrong": {
      en: "A secret lacks a field or has one in the wrong form: requests of its source get 503, and what needs it waits.",
      enNext: "Put the fields that the README of the source names into the secret.",
      zh: "某个密钥缺少字段或格式不对：该来源的请求得到 503，需要它的事件会等待。",
      zhNext: "请按该来源 README 的说明，把字段写入密钥。",
      run: runDoctor,
    },
    "secret-unreadable": {
      en: "Secrets Manager does not answer or refuses the function: an old copy serves for an hour, after that requests get 503 and events wait.",
      enNext: "If it lasts, look at the role of the function and at the key of the secret.",
      zh: "Secrets Manager 没有响应或拒绝了函数：旧的副本可用一小时，之后请求得到 503，事件会等待。",
      zhNext: "如果一直如此，请检查函数的角色和密钥所用的加密密钥。",
      run: runDoctor,
    },
    "store-in-use": {
      en: "The store of this machine is in use by another process, and only one may work with it: nothing was started.",
      enNext: "End the other process first, or name another folder.",
      zh: "本机的数据库正被另一个进程使用，同一时间只能有一个进程使用它：没有启动任何东西。",
      zhNext: "请先结束另一个进程，或者指定另一个文件夹。",
    },
    "store-newer": {
      en: "A newer version of the code has written the store of this machine, which this version cannot read: nothing was started.",
      enNext: "Run the newer version, or restore a backup that this version has written.",
      zh: "本机的数据库由更新版本的代码写入，当前版本无法读取：没有启动任何东西。",
      zhNext: "运行较新的版本，或者恢复由当前版本写入的备份。",
    },
    "store-of-another-authing": {
      en: "The store of this machine knows the accounts at another Authing, so that it would take people for created who are not there: nothing was started.",
      enNext: "Name another folder for this Authing, or correct `authing.host` in inbound.config.ts.",
      zh: "本机的数据库记录的是另一个 Authing 的账号，会把不存在的人当作已创建：没有启动任何东西。",
      zhNext: "为这个 Authing 指定另一个文件夹，或者更正 inbound.config.ts 中的 `authing.host`。",
    },
    "secrets-file-missing": {
      en: "The file that INBOUND_SECRETS names does not exist, so the laptop has no secrets.",
      enNext: "Write it as docs/laptop.md shows, or leave INBOUND_SECRETS unset to use invented secrets.",
      zh: "INBOUND_SECRETS 指定的文件不存在，因此本机没有密钥。",
      zhNext: "请参照 docs/laptop.md 编写该文件，或不设置 INBOUND_SECRETS 以使用虚构的密钥。",
      run: ["npm start"],
    },
    "secrets-file-open": {
      en: "Other users of this machine may read the file of secrets, so it is not used.",
      enNext: "Make it readable for its owner alone (chmod 600), as the user that runs the service.",
      zh: "本机的其他用户可以读取密钥文件，因此不使用该文件。",
      zhNext: "请以运行该服务的用户身份，将其权限改为仅所有者可读（chmod 600）。",
    },
    "secrets-file-malformed": {
      en: "The file that INBOUND_SECRETS names does not have the form of a file of secrets, so the laptop has no secrets.",
      enNext: 'Write {"authing": {…}, "sources/<name>": {…}} as docs/laptop.md shows.',
      zh: "INBOUND_SECRETS 指定的文件不符合密钥文件的格式，因此本机没有密钥。",
      zhNext: '请参照 docs/laptop.md，写成 {"authing": {…}, "sources/<名称>": {…}}。',
      run: ["npm start"],
    },
    "secrets-invented": {
      en: "The laptop uses invented secrets, so there is no file to write the secret into.",
      enNext: "Name a file of secrets of your own in INBOUND_SECRETS, for npm start too.",
      zh: "本机使用的是虚构的密钥，没有可写入的文件。",
      zhNext: "请在 INBOUND_SECRETS 中指定您自己的密钥文件，启动本机服务时也要设置。",
      run: ["npm start"],
    },
    "environment-incomplete": {
      en: "A function lacks a variable that the deployment sets, so it does not start.",
      enNext: "Deploy again.",
      zh: "函数缺少部署时设置的环境变量，因此无法启动。",
      zhNext: "请重新部署。",
      run: ["npm run deploy{stage}"],
    },
    "external-id-unknown": {
      en: "The configuration names an id that people of this source do not have, so nothing is built from it, and events wait until that is corrected.",
      enNext:
        "Set externalId of the source in inbound.config.ts to one of the ids that its README names, and deploy.",
      zh: "配置中的 ID 类型在该来源中不存在，因此无法构建，事件会等待更正。",
      zhNext: "请把 inbound.config.ts 中该来源的 externalId 设为其 README 列出的 ID 之一，然后部署。",
      run: listWaiting,
    },
    "source-name-taken": {
      en: "A source of your own has the name of a built-in one, so the configuration does not start.",
      enNext: "Give your own source another name in inbound.config.ts.",
      zh: "自定义来源与内置来源同名，因此配置无法启动。",
      zhNext: "请在 inbound.config.ts 中为自定义来源换一个名称。",
    },
    "sandbox-without-access-key": {
      en: "The sandbox of Authing has no access key, so it does not start.",
      enNext: "Put accessKeyId and accessKeySecret under authing into the file of secrets.",
      zh: "Authing 沙箱没有访问密钥，因此无法启动。",
      zhNext: "请在密钥文件的 authing 下写入 accessKeyId 和 accessKeySecret。",
    },
    "aws-call-invalid": {
      en: "AWS refuses a call as invalid, however often it is made, which is a defect: the message is dead.",
      enNext: "Report it with the line that the log shows.",
      zh: "AWS 认为调用无效，重试也不会成功，这是程序缺陷：该消息成为死信。",
      zhNext: "请附上日志中的那一行报告此问题。",
    },
    "queue-refused": {
      en: "SQS refuses a message as invalid, which is a defect: the sender gets 503 and repeats its request.",
      enNext: "Report it with the line that the log shows.",
      zh: "SQS 认为消息无效，这是程序缺陷：发送方得到 503 并会重新发送。",
      zhNext: "请附上日志中的那一行报告此问题。",
    },
    "parked-message-not-json": {
      en: "An object among the parked messages is no JSON: a person or a program other than ours has written it.",
      enNext: "Remove or restore the object under parked/ in the bucket.",
      zh: "搁置消息中有一个对象不是 JSON：它是由他人或其他程序写入的。",
      zhNext: "请删除或恢复存储桶中 parked/ 下的该对象。",
    },
  },
};
