import { runDoctor, tryNotices } from "./commands.ts";
import type { ReasonGroup } from "./reason.ts";

export const operations: ReasonGroup = {
  title: { en: "Commands", zh: "命令" },
  about: {
    en: "The command was not carried out, and no account is changed.",
    zh: "命令没有执行，没有改变任何账号。",
  },
  reasons: {
    "operation-unknown": {
      en: "The function does not understand the operation: the command and what is deployed are of different versions.",
      enNext: "Deploy this version, or run the command from the version that is deployed.",
      zh: "函数不认识该操作：命令与已部署的版本不一致。",
      zhNext: "请部署当前版本，或用已部署的版本运行命令。",
      run: ["npm run deploy{stage}"],
    },
    "page-request-malformed": {
      en: "The server of the page does not understand what was sent to it, so it did nothing.",
      enNext:
        "Load the page again, since it may be older than the server; what you edited has to be valid JSON.",
      zh: "页面的服务器无法理解收到的请求，因此没有执行任何操作。",
      zhNext: "请重新加载页面，它可能比服务器旧；编辑的内容必须是有效的 JSON。",
    },
    "operation-failed": {
      en: "The stack on this laptop did not carry the operation out.",
      enNext: "Look at the terminal of npm start for the reason.",
      zh: "本机服务没有执行该操作。",
      zhNext: "请在 npm start 的终端中查看原因。",
    },
    "function-failed": {
      en: "The function on AWS failed while it carried the operation out; what it had done before stays done, and the operation is safe to ask for again.",
      enNext: "Look at the log of the function, then run the command again.",
      zh: "AWS 上的函数在执行操作时出错；此前已完成的部分仍然有效，可以放心地再次执行。",
      zhNext: "请查看函数日志，然后再次运行命令。",
      run: runDoctor,
    },
    "person-not-recorded": {
      en: "The stack on this laptop asks recorded answers in place of the source's API, and they have no such person.",
      enNext: "Name a person that fixtures/list.json of the source has.",
      zh: "本机上该来源的 API 是录制的应答，其中没有此人。",
      zhNext: "请使用录制中已有的人员，参见该来源的 fixtures/list.json。",
    },
    "story-missing": {
      en: "The source has no cases story-1-… to story-3-… about a person who joins, moves and leaves, so no story of it can be played.",
      enNext: "Add these cases to its fixtures, as CONTRIBUTING.md describes them.",
      zh: "该来源没有描述同一人员入职、变更、离职的用例 story-1-… 至 story-3-…，因此无法演练。",
      zhNext: "请按 CONTRIBUTING.md 的说明在其 fixtures 中补充这些用例。",
    },
    "operator-refused": {
      en: "The service on this machine takes operations only from the user that runs it: nothing was changed.",
      enNext: "Run the command as that user, with the same INBOUND_STORE.",
      zh: "本机的服务只接受运行它的用户的操作：没有任何改动。",
      zhNext: "请以该用户身份运行命令，并使用相同的 INBOUND_STORE。",
    },
    "no-answer": {
      en: "No stack runs on this laptop at that address.",
      enNext: "Start it first, or name a deployed stage with --stage.",
      zh: "本机该地址上没有服务在运行。",
      zhNext: "请先启动服务，或用 --stage 指定已部署的环境。",
      run: ["npm start"],
    },
    "event-busy": {
      en: "A worker or another operator is applying this event right now, so this command left it alone.",
      enNext: "Run the command again in a minute.",
      zh: "某个进程或另一位操作员正在处理这个事件，因此本次命令没有动它。",
      zhNext: "请一分钟后再次运行命令。",
    },
    "id-ambiguous": {
      en: "Several parked messages have ids that begin like the one that was typed, so nothing was done.",
      enNext: "Type more of the id, or add --source.",
      zh: "有多条搁置消息的 ID 以所输入的内容开头，因此什么都没有做。",
      zhNext: "请输入更完整的 ID，或加上 --source。",
    },
    "cursor-unknown": {
      en: "The list was asked to go on from a place that it never named, so nothing was done.",
      enNext: "Begin the list again, without after.",
      zh: "列表被要求从一个未知的位置继续，因此什么都没有做。",
      zhNext: "请不带 after 重新开始列出。",
    },
    "log-unreadable": {
      en: "CloudWatch did not give the log, so what it tells of deliveries and events cannot be listed now; nothing is lost.",
      enNext:
        "Run the command again; if it lasts, check the right logs:FilterLogEvents of the function's role.",
      zh: "CloudWatch 没有返回日志，因此现在无法列出其中记录的请求和事件；没有丢失任何数据。",
      zhNext: "请再次运行命令；如果持续失败，请检查函数角色的 logs:FilterLogEvents 权限。",
    },
    "notice-not-told": {
      en: "No bot took a notice, so no group chat was told; the function tries again for some hours.",
      enNext:
        "Send a test to see what each bot answers, and correct the secret notices as docs/notices.md shows.",
      zh: "没有任何机器人接收这条通知，因此群里没有收到；函数会在几小时内重试。",
      zhNext: "请发送测试通知查看每个机器人的回应，并按 docs/notices.md 更正密钥 notices。",
      run: tryNotices,
    },
    "bot-refused": {
      en: "The chat product refused a notice with the code beside it, so this group was not told.",
      enNext: "Compare the robot's security settings with docs/notices.md.",
      zh: "聊天产品以所列代码拒绝了通知，因此该群没有收到。",
      zhNext: "请对照 docs/notices.md 检查机器人的安全设置。",
      run: tryNotices,
    },
    "bot-unreachable": {
      en: "The chat product did not answer, so this group was not told.",
      enNext: "Check the address in the secret notices; in a network of your own, let the function reach it.",
      zh: "聊天产品没有回应，因此该群没有收到通知。",
      zhNext: "请检查密钥 notices 中的地址；如果函数在您自己的网络中，请允许它访问该地址。",
      run: tryNotices,
    },
    "no-bot": {
      en: "The secret notices names no robot, so alarms reach the subscribers of the topic only.",
      enNext: "Put a robot's address into the secret if a group chat shall be told: docs/notices.md.",
      zh: "密钥 notices 中没有机器人，因此告警只会发给主题的订阅者。",
      zhNext: "如果要通知群聊，请按 docs/notices.md 把机器人的地址写入该密钥。",
      run: tryNotices,
    },
    "alarm-unreadable": {
      en: "A message on the topic of alarms is not one of CloudWatch's, so no bot was told of it.",
      enNext: "See which principal publishes to the topic besides CloudWatch.",
      zh: "告警主题上的一条消息不是 CloudWatch 发出的，因此没有通知机器人。",
      zhNext: "请查看除 CloudWatch 之外还有谁向该主题发布消息。",
    },
    "numbers-unreadable": {
      en: "CloudWatch did not give the numbers, so this digest or check was not made.",
      enNext: "If it lasts, check the right cloudwatch:GetMetricData of the function's role.",
      zh: "CloudWatch 没有返回数据，因此这次简报或检查没有完成。",
      zhNext: "如果持续失败，请检查函数角色的 cloudwatch:GetMetricData 权限。",
    },
    "enrolment-malformed": {
      en: "What the sender posted for its secret cannot be read, so the secret is unchanged.",
      enNext: "Let the sender send its first message again.",
      zh: "发送方为密钥发来的内容无法识别，因此密钥没有变化。",
      zhNext: "请让发送方重新发送第一条消息。",
    },
    "not-a-json-object": {
      en: "A file or a stored value is no JSON object, so the secret is unchanged.",
      enNext: "Correct the file that the message names.",
      zh: "文件或已保存的值不是 JSON 对象，因此密钥没有变化。",
      zhNext: "请更正消息中指出的文件。",
    },
    "stack-missing": {
      en: "There is no deployed stage of this name in this region.",
      enNext: "Name the stage and its --region, or deploy it.",
      zh: "该区域中没有这个名称的已部署环境。",
      zhNext: "请指定正确的环境和 --region，或先部署。",
      run: ["npm run deploy{stage}"],
    },
    "output-missing": {
      en: "The deployed stage was made by a version that lacks what this command needs.",
      enNext: "Deploy the stage again.",
      zh: "已部署的环境由旧版本创建，缺少该命令所需的内容。",
      zhNext: "请重新部署该环境。",
      run: ["npm run deploy{stage}"],
    },
    "not-this-stack": {
      en: "A server listens at that address, and it is not npm start of this project.",
      enNext: "Stop the other server, or set PORT to another number here and for npm start.",
      zh: "该地址上有服务在监听，但不是本项目的 npm start。",
      zhNext: "请停止那个服务，或在这里和 npm start 处都把 PORT 设为另一个端口。",
    },
    "aws-credentials-missing": {
      en: "There are no AWS credentials on this machine, so the command could not look.",
      enNext: "Set AWS_PROFILE, and run aws sso login if the profile needs it.",
      zh: "这台机器上没有 AWS 凭证，因此命令无法查询。",
      zhNext: "请设置 AWS_PROFILE；如果该 profile 需要，请先运行 aws sso login。",
    },
    "aws-credentials-refused": {
      en: "AWS refuses the credentials of this machine: they are wrong or have expired, so the command could not look.",
      enNext: "Get new ones, for example with aws sso login, and check AWS_PROFILE.",
      zh: "AWS 拒绝了这台机器上的凭证：凭证错误或已过期，因此命令无法查询。",
      zhNext: "请重新获取凭证，例如运行 aws sso login，并检查 AWS_PROFILE。",
    },
    "aws-refuses": {
      en: "AWS refuses your own credentials or a right is missing, so the command could not look.",
      enNext: "Check the profile and the region, and get the right that the message names.",
      zh: "AWS 拒绝了您的凭证，或缺少权限，因此命令无法查询。",
      zhNext: "请检查所用的 profile 和区域，并申请消息中指出的权限。",
    },
    "aws-does-not-answer": {
      en: "AWS could not be reached with your credentials, so the command could not look.",
      enNext: "Check your network and the region, then run the command again.",
      zh: "使用您的凭证无法连接 AWS，因此命令无法查询。",
      zhNext: "请检查网络和区域，然后再次运行命令。",
    },
  },
};
