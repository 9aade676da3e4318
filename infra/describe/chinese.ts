import type { Words } from "./words.ts";

export const chinese: Words = {
  title: (service) => `${service} 的作用`,
  madeFrom: "由 `npm run describe` 根据 `inbound.config.ts` 生成，不含密钥，也不含人员数据。",
  none: "无。",
  yes: "是",
  no: "否",
  comma: "、",
  sources: {
    title: "来源",
    heads: ["来源", "发送方", "Webhook", "身份证明方式", "人员标识", "是否读取发送方的 API"],
    defaultId: "来源的默认 ID",
    fetches: "是，用于补全事件",
  },
  speaking: {
    title: "谁可以变更谁",
    may: (source, people, meaning) => `${source}（${people}）可以变更、关闭和开启的人员：${meaning}。`,
    people: {
      own: "仅限它自己带来的人员；关于其他来源的人员的事件会被拒绝，账本中没有记录的账号会被保留，由运维人员决定",
      shared: "还包括其他来源和文件带来的人员，按公司的 ID（`externalId`）识别",
    },
    always: [
      "任何来源都不会开启由另一个来源关闭的账号，也不会按邮箱、手机号或用户名关联账号。",
      "运维人员在 Authing 关闭的账号，来源只有在自己关闭过它之后才能开启。",
      "用户文件只创建人员，不变更已有账号。",
    ],
  },
  movement: {
    title: "入职、变动与离职",
    heads: ["来源", "离职", "入职：账号曾由该来源关闭"],
    leave: {
      resign: "终止登录，并永久移除授权、部门、角色和分组；个人资料保留",
      suspend: "终止登录；授权保留",
      deactivate: "停用账号；授权保留",
      delete: "删除账号",
    },
    rehire: { reactivate: "重新开启账号", reject: "被拒绝，由运维人员决定" },
    guard: "一小时内离职超过 10 人或超过该来源人员的 5% 时，其余离职事件会被保留，直到运维人员作出决定。",
    lastDay: (zone) => `写明最后工作日的离职，在 ${zone} 时区该日结束时生效。`,
    sessions: (applications) =>
      applications === 0
        ? "离职本身不会结束应用中的会话。"
        : `离职会结束该人员在 ${applications} 个应用中的会话。`,
  },
  scope: {
    title: "同步的内容",
    heads: ["来源", "部门（来源 → Authing）", "自定义字段（Authing ← 载荷）"],
    departmentFunction: "由配置中的函数决定",
    departmentsBy: (kind) => `原样使用，作为 \`${kind}\``,
    scoped: (source, outOfScope) =>
      `${source} 只同步配置中的 \`scope\` 所选的人员；不再属于该范围的人员${outOfScope === "leave" ? "按离职处理" : "保持不变"}。`,
    mapped: (source) => `${source} 的人员信息会经过配置中的 \`map\`。`,
    passwordHashes: (keeping) =>
      keeping === ""
        ? "来源发送的密码哈希会被丢弃（`drop`）。"
        : `${keeping} 发送的入职人员的密码哈希原样发送到 Authing，由那里的密码脚本使用（\`keep\`）；其他来源的会被丢弃（\`drop\`）。`,
    dropped: "未列出的部门会被丢弃并记录；载荷中没有映射的字段也是如此。",
    region: (country) => `没有国家代码的电话号码按 ${country} 的号码读取。`,
    secrets: ({ otp, passwordEncryption }) =>
      `入职人员的 TOTP 密钥${otp === "inline" ? "与人员一起" : "通过单独的调用"}发送到 Authing；明文密码${passwordEncryption === "none" ? "仅由 TLS 加密" : `在 TLS 之上再用 \`${passwordEncryption}\` 加密`}。`,
  },
  files: {
    title: "文件",
    users: (folder) => `${folder} 中的文件带来不属于任何来源的人员。`,
    ofSources: (folders) => `${folders} 中的文件带来属于相应来源的人员。`,
    otp: (folder) => `${folder} 中的文件设置 TOTP 密钥；导入后即删除。`,
    plan: (folder) => `${folder} 中的文件只作预览：不向 Authing 写入任何内容。`,
    existing: {
      keep: "关于已有账号的行不会修改该账号（`keep`）。",
      update: "关于已有账号的行会按其中填写的单元格修改账号（`update`），由其他来源带来的人员除外。",
    },
  },
  functions: {
    title: "函数",
    heads: ["函数", "作用", "由谁触发", "权限（写自己的日志除外）", "访问 AWS 之外", "在您的子网中"],
    byOperators: "有权限的运维人员",
    everyOtherPath: "其他所有路径",
    nothing: "无",
    on: (actions, resources) => `${resources}：${actions}`,
    destinations: { authing: "Authing", "source-apis": "来源的 API", chats: "群机器人" },
  },
  outgoing: {
    title: "离开 AWS 的请求发往何处",
    authing: (host, perSecond) => `Authing：${host}，函数的每个实例每秒最多 ${perSecond} 个请求。`,
    source: (title, name, host) => `${title}（${name}）：${host}。`,
    unlessNamed: (host) => `${host}，除非其密钥中写明了 \`apiHost\``,
    hostOfSecret: "由其密钥写明的主机",
    always: [
      "使用 JSON Web Token 签名的发送方的公钥集，由其 Webhook 函数读取。",
      "群机器人：密钥 `notices` 中的地址。",
      "全部使用 https 并校验证书，不跟随重定向。任何地址都不取自载荷。",
    ],
  },
  protection: {
    title: "加密与网络",
    encryption: {
      "customer-managed":
        "您账号中的一个 KMS 密钥加密队列、存储桶、账本、密钥和告警；KMS 每年轮换该密钥。日志使用 CloudWatch 自己的加密。",
      "aws-managed": "AWS 自己的密钥加密队列（SSE-SQS）、存储桶（SSE-S3）、账本、密钥和日志。",
    },
    outside: "没有函数在您的网络中运行：出站请求来自 AWS 会变化的地址。",
    within: (functions, subnets, groups) =>
      `${functions} 在 ${subnets} 中运行，使用 ${groups}：其请求来自您的 NAT 网关的地址。`,
    readers: (readers) =>
      `上传的文件、导入中的行和暂存的事件由需要它们的函数读取${readers === "" ? "" : `，以及 ${readers}`}；存储桶拒绝其他任何读取。`,
    addresses: {
      logged: "访问日志记录每个请求的来源地址。",
      notLogged: "访问日志不记录发送方的地址。",
    },
    always: [
      "存储桶和队列拒绝没有 TLS 的请求。存储桶不公开。",
      "密钥创建时为空，任何部署都不读取、也不变更密钥。",
    ],
  },
  retention: {
    title: "数据保留多久",
    heads: ["位置", "内容", "时间"],
    rows: ({ keepResultsDays, uploads: { keepFiles } }) => [
      ["Secrets Manager", "凭证和 Webhook 密钥", "直到运维人员删除"],
      ["队列", "事件及其中的人员数据；上传文件的名称", "最多 14 天"],
      ["存储桶，`waiting/`", "队列放不下的大事件", "15 天"],
      ["存储桶，`rosters/`", "核对期间来源完整列表中的人员", "直到核对结束；最多 15 天"],
      [
        "存储桶，`incoming/users/`",
        "上传的用户文件",
        keepFiles ? "直到运维人员删除" : `${keepResultsDays} 天`,
      ],
      ["存储桶，`incoming/otp/`", "明文 TOTP 密钥", "直到导入；导入失败时 1 天"],
      ["存储桶，`plan/users/`", "为预览而上传的用户文件", `${keepResultsDays} 天`],
      ["存储桶，`plan/otp/`", "为预览而上传的 TOTP 密钥", "1 天"],
      [
        "存储桶，`incoming/roster/`",
        "上传的来源全员文件",
        keepFiles ? "直到运维人员删除" : `${keepResultsDays} 天`,
      ],
      ["存储桶，`plan/roster/`", "为预览而上传的来源全员文件", `${keepResultsDays} 天`],
      ["存储桶，`rows/users/`", "处理中文件的行，含明文密码和密钥", "直到导入结束；最多 15 天"],
      ["存储桶，`rows/otp/`", "处理中文件的行，含明文 TOTP 密钥", "直到导入结束；最多 1 天"],
      ["存储桶，`results/`", "导入结果；被拒绝的行含个人数据", `${keepResultsDays} 天`],
      ["存储桶，`parked/`", "暂时无法决定的事件及其中的人员数据", "直到作出决定；被拒绝的 30 天"],
      ["存储桶，`enrolments/`", "发送方带来的密钥", "最多 7 天"],
      ["存储桶，`watch/`", "每个来源有多少事件填写了哪些字段；没有个人数据", "42 天"],
      ["账本", "ID、代码、时间和字段名；没有其他个人数据", "处理结果 90 天"],
      ["日志", "ID、代码、计数和路径；没有个人数据", "30 天"],
    ],
  },
  alarms: {
    title: "告警",
    note: "告警和函数的说明与 AWS 上的一致，为英文。",
    ofFunctions: (count) => `每个函数各一个（共 ${count} 个）：函数失败，或被 AWS 限流。`,
    ofSources: (names) => `每个来源各有：${names}。`,
    silence: (source, after) =>
      after === "never"
        ? `${source} 永远不算静默（\`never\`）。`
        : after === "learnt"
          ? `${source} 比平常更久没有请求时，算作静默（\`learnt\`）。`
          : `${source} 在 ${after} 小时内没有请求时，算作静默。`,
    digest: (time) =>
      time === undefined
        ? "不向群聊发送每日简报。"
        : `如果密钥 \`notices\` 中有群机器人，每天 ${time.at}（${time.timeZone}）向其发送简报。`,
  },
};
