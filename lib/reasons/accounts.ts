import { listWaiting, redriveOne, redriveReason } from "./commands.ts";
import type { ReasonGroup } from "./reason.ts";

export const accounts: ReasonGroup = {
  title: { en: "The account of a person", zh: "人员的账号" },
  about: {
    en: "Which account is meant, and whether the source may change it.",
    zh: "指的是哪个账号，以及该来源能否修改它。",
  },
  reasons: {
    "mass-departure": {
      en: "More people of this source leave within an hour than is usual, so this departure is held: the account is still open, and people can sign in.",
      enNext: "Look at the people first; release the departures if they are meant, discard them if not.",
      zh: "该来源在一小时内的离职人数超出平常，因此这次离职等待管理员决定：账号仍然开放，本人还能登录。",
      zhNext: "请先查看是哪些人；确属离职就放行，否则丢弃。",
      run: [
        "npm run parked -- list held --reason mass-departure --source {source}{stage}",
        "npm run parked -- release preview --reason mass-departure --source {source}{stage}",
        "npm run parked -- release apply --reason mass-departure --source {source}{stage}",
        "npm run parked -- discard apply --reason mass-departure --source {source}{stage}",
      ],
    },
    "returned-under-new-id": {
      en: "The person has the e-mail, phone or username of an account that this source closed before, under another id; until an operator decides, no account is opened.",
      enNext:
        "If it is the same person, release the event as the same: the old account is opened under the new id; if not, free the address at Authing, discard the event, and have the source send the person again.",
      zh: "这个人的邮箱、手机号或用户名属于该来源此前以另一个 ID 关闭的账号；在管理员决定之前不会开通任何账号。",
      zhNext:
        "如果是同一个人，请按同一人放行：原账号会以新 ID 重新开通；如果不是，请在 Authing 释放该地址，丢弃这个事件，再让来源重新发送。",
      run: [
        "npm run parked -- release apply --id {id} --as same{stage}",
        "npm run parked -- discard apply --id {id}{stage}",
      ],
    },
    "account-exists": {
      en: "Authing has an account with the person's id or address that no source here has brought; until an operator decides, the account is not touched and the person gets no other one.",
      enNext:
        "If it is this person's account, release the event as the same: it is linked; if not, free its id or address at Authing, discard the event, and have the source send the person again.",
      zh: "Authing 中已有一个使用此人 ID 或地址的账号，但它不是由这里的任何来源带来的；在管理员决定之前，既不会改动该账号，也不会另建账号。",
      zhNext:
        "如果这就是此人的账号，请按同一人放行，将其关联；如果不是，请在 Authing 释放该 ID 或地址，丢弃这个事件，再让来源重新发送。",
      run: [
        "npm run parked -- release apply --id {id} --as same{stage}",
        "npm run parked -- discard apply --id {id}{stage}",
      ],
    },
    "account-not-linked": {
      en: "The source reports a departure of a person that it never brought; an account with this id exists at Authing and stays open.",
      enNext: "If the departure is meant, close the account at Authing by hand.",
      zh: "该来源报告了一个并非由它带来的人离职；Authing 中有使用该 ID 的账号，账号仍然开放。",
      zhNext: "如果确属离职，请在 Authing 手动关闭该账号。",
      run: ["npm run parked -- discard apply --id {id}{stage}"],
    },
    "account-not-active": {
      en: "Authing has the person's account and it is closed; this source may not open it, so the person still cannot sign in.",
      enNext:
        "Open the account at Authing by hand if the person shall sign in; whether a person who comes back is let in again is the setting rehire in inbound.config.ts.",
      zh: "Authing 中已有此人的账号，但已关闭；该来源不能打开它，因此本人仍然无法登录。",
      zhNext:
        "如果此人应当能够登录，请在 Authing 手动启用账号；再次入职的人是否自动恢复由 inbound.config.ts 中的 rehire 决定。",
      run: redriveOne,
    },
    "person-of-another-source": {
      en: "The person belongs to another source, so what this source says about them was refused and the account is unchanged.",
      enNext:
        'If this source may speak about people of other sources, write people: "shared" for it in inbound.config.ts, deploy, and redrive.',
      zh: "此人属于另一个来源，因此该来源关于此人的说法被拒绝，账号没有变化。",
      zhNext:
        '如果允许该来源修改其他来源的人员，请在 inbound.config.ts 中为它写上 people: "shared"，部署后重新处理。',
      run: redriveReason,
    },
    conflict: {
      en: "Another account has the same id, e-mail, phone or username, so the change was refused; explain shows which account it is.",
      enNext:
        "Free the identifier at Authing or at the source, then redrive the event; of a file, correct the row and upload it again.",
      zh: "另一个账号已使用相同的 ID、邮箱、手机号或用户名，因此变更被拒绝；explain 会显示是哪个账号。",
      zhNext: "请在 Authing 或来源释放该标识，然后重新处理这个事件；如果来自文件，请更正该行后重新上传。",
      run: ["npm run parked -- show {id}{stage}", ...redriveOne],
    },
    "identifier-in-use": {
      en: "Another person of this source has the identifier; the event waits an hour, in case they are just giving it up, and is rejected after that.",
      enNext: "Free the identifier at the source; an event that is rejected by then has to be redriven.",
      zh: "该来源的另一个人正在使用这个标识；事件会等待一小时，以防对方正在释放，之后被拒绝。",
      zhNext: "请在来源中释放该标识；如果届时事件已被拒绝，请重新处理。",
      run: redriveOne,
    },
    "identifier-missing": {
      en: "The person has no e-mail, no phone and no username, so no account was made: there is nothing to sign in with.",
      enNext:
        "Give the person one of them at the source; the next event about the person brings them, or redrive this one where the source is asked.",
      zh: "此人没有邮箱、手机号和用户名，因此没有创建账号：没有可用来登录的标识。",
      zhNext:
        "请在来源中为此人补上其中一项；此人的下一个事件会创建账号，需要向来源读取的事件也可以重新处理。",
      run: redriveReason,
    },
    "user-unknown": {
      en: "Authing has no account of this person, so there is nothing to change; an event of a source waits an hour for the person, then it is rejected; a departure needs nothing.",
      enNext:
        "Bring the person first, by a joiner or a complete update of the source or by a file; then redrive.",
      zh: "Authing 中没有此人的账号，因此无从变更；来源的事件会等待一小时，之后被拒绝；离职事件则无需处理。",
      zhNext: "请先通过来源的入职事件、完整更新或文件带来此人，然后重新处理。",
      run: redriveReason,
    },
    "user-missing": {
      en: "Nothing says which person is meant, so nothing was changed.",
      enNext:
        "Of a file, fill one of userId, externalId, email, phone or username; of an event, compare the payload with the README of the source.",
      zh: "没有说明指的是哪个人，因此没有改变任何账号。",
      zhNext:
        "如果来自文件，请填写 userId、externalId、邮箱、手机号、用户名之一；如果是事件，请对照该来源的 README 检查请求内容。",
      run: redriveOne,
    },
    "account-differs": {
      en: "The person has an account already, with other values than the row; the account stays as it is.",
      enNext:
        "If the row is right, change the account at Authing, or set uploads.existing to update and upload the row again; if two rows have the same id, correct one of them; differs in accepted.ndjson names the fields.",
      zh: "此人已有账号，且账号中的值与该行不同；账号保持不变。",
      zhNext:
        "如果该行是对的，请在 Authing 修改账号，或把 uploads.existing 设为 update 后重新上传该行；如果有两行使用同一个编号，请更正其中一行；accepted.ndjson 中的 differs 列出了不同的字段。",
    },
    "user-exists": {
      en: "The person has an account already, and a file of people never changes the second factor of an existing account, so the TOTP secret of this row was not imported.",
      enNext: "Upload the secret in a file under incoming/otp/.",
      zh: "此人已有账号，而人员文件不会更改已有账号的第二因素，因此这一行的 TOTP 密钥没有导入。",
      zhNext: "请把密钥放入文件，上传到 incoming/otp/。",
    },
    "user-not-created": {
      en: "The person was not created, so the TOTP secret that came along was not imported either.",
      enNext: "See why the person was refused, correct that, and send or upload both again.",
      zh: "此人没有创建成功，因此随行的 TOTP 密钥也没有导入。",
      zhNext: "请查看此人被拒绝的原因，更正后重新发送或上传。",
      run: redriveOne,
    },
    "not-confirmed": {
      en: "Authing reported success, but does not show the person or the TOTP secret, so it does not count as done.",
      enNext: "Look the person up at Authing; if it is not there, redrive the event or upload the row again.",
      zh: "Authing 返回成功，但查不到这个人或其 TOTP 密钥，因此不算完成。",
      zhNext: "请在 Authing 查看此人；如果确实没有，请重新处理该事件或重新上传该行。",
      run: redriveOne,
    },
    "person-has-left": {
      en: "The person left before any account was made, so this older statement makes none.",
      enNext: "Nothing is to be done; a new joiner of the source brings the person back.",
      zh: "此人在账号创建之前就已离职，因此这个较早的说法不会创建账号。",
      zhNext: "无需处理；来源发出新的入职事件后会重新带来此人。",
    },
    "stays-closed": {
      en: "The account stays closed, because another source says that the person has left; everything else of the change was applied, save departments.",
      enNext: "Nothing is to be done, unless the other source is wrong: then let it send the person again.",
      zh: "账号仍保持关闭，因为另一个来源说此人已离职；除部门外，其余变更已生效。",
      zhNext: "无需处理；除非另一个来源有误，那么请让它重新发送此人。",
    },
    reactivated: {
      en: "The person has come back, and the account was opened again and brought up to date.",
      zh: "此人再次入职，原账号已重新开通并更新。",
    },
    linked: {
      en: "An operator decided that the existing account is this person's; it was linked, opened and brought up to date.",
      zh: "管理员确认已有账号属于此人；账号已关联、开通并更新。",
    },
    "sessions-ended": {
      en: "The account was closed, and the person's sessions in the configured applications were ended.",
      zh: "账号已关闭，此人在所配置应用中的登录会话已结束。",
    },
    "sessions-not-ended": {
      en: "The account was closed, but Authing did not end the person's sessions: the person may stay signed in until the session expires.",
      enNext: "End the sessions at Authing by hand, and give the access key the right to do so.",
      zh: "账号已关闭，但 Authing 没有结束此人的登录会话：在会话过期之前，此人可能仍处于登录状态。",
      zhNext: "请在 Authing 手动结束会话，并为访问密钥授予相应权限。",
    },
    "nothing-to-change": {
      en: "The account is already as the event says, or the event holds nothing that Authing has a field for.",
      zh: "账号已与事件所述一致，或事件中没有 Authing 对应的字段。",
    },
    "out-of-scope": {
      en: "The function scope of the configuration says that this source does not bring this person, so nothing of the event was applied.",
      enNext:
        "If the person is to be brought, change scope of the source in inbound.config.ts, deploy, and let the source send the person again.",
      zh: "配置中的 scope 函数表明该来源不同步此人，因此该事件没有产生任何变更。",
      zhNext: "如果应当同步此人，请修改 inbound.config.ts 中该来源的 scope，部署后让来源重新发送此人。",
    },
    "nothing-to-do": {
      en: "The event says nothing about a person's account.",
      zh: "该事件与人员的账号无关。",
    },
    expanded: {
      en: "The event announced a list of changes, and an event was queued for each person in it.",
      zh: "该事件通知有一批变更，其中每个人都已有一个事件入队。",
    },
    discarded: {
      en: "An operator gave the event up: it changes no account any more.",
      enNext: "If that was a mistake, let the source send the person again.",
      zh: "管理员丢弃了这个事件：它不会再改变任何账号。",
      zhNext: "如果是误操作，请让来源重新发送此人。",
    },
    "reference-missing": {
      en: "The worker had no id by which to look for the person, which is a defect: the event has no effect.",
      enNext: "Report it with the output of explain.",
      zh: "处理函数没有可用来查找此人的 ID，这是程序缺陷：该事件没有生效。",
      zhNext: "请附上 explain 的输出报告此问题。",
      run: ["npm run explain -- {source}/{id}{stage}"],
    },
    "no-outcome": {
      en: "The event came to no outcome, which is a defect: it is kept as a dead letter and has no effect.",
      enNext: "Report it with the output of explain.",
      zh: "该事件没有得出结果，这是程序缺陷：它作为死信保留，没有生效。",
      zhNext: "请附上 explain 的输出报告此问题。",
      run: ["npm run explain -- {source}/{id}{stage}"],
    },
    "delivery-failed": {
      en: "The code failed while it delivered this event, which is a defect; the event waits, is tried again for ten days, and keeps no other event back.",
      enNext:
        'Look at the log line "delivery failed", correct the code and deploy: the event then goes on by itself.',
      zh: "代码在交付这个事件时出错，这是程序缺陷；事件会等待并在十天内反复重试，不会阻塞其他事件。",
      zhNext: '请查看日志中的 "delivery failed"，修正代码并部署：之后事件会自行继续。',
      run: listWaiting,
    },
  },
};
