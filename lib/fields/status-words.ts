import type { UserStatus } from "#lib/contract/person.ts";
import { encoded, nothing, plainWord, refused, type Encoded } from "./encode.ts";
import { isEmpty, type Read } from "./read.ts";

/**
 * Words of products and of people for the state of an account or of an employment, without spaces, dashes and underscores. Okta's are
 * understood as its webhooks are (lib/sources/okta). What is not here is refused: a guess would open an account that was closed.
 */
const words: Readonly<Record<UserStatus, string>> = {
  Activated:
    "activated active enabled normal employed activeemployee " +
    // Okta
    "staged provisioned recovery passwordexpired lockedout " +
    "正常 启用 已启用 激活 已激活 有效 在职 在岗 试用 试用期 正式 转正",
  Suspended:
    "suspended inactive disabled blocked locked frozen banned onhold notactive notenabled " +
    // GitLab
    "ldapblocked blockedpendingapproval blockedldap " +
    "禁用 已禁用 停用 已停用 冻结 已冻结 锁定 已锁定 封禁 已封禁 暂停 已暂停 挂起 已挂起 无效 失效 已失效 未启用",
  Deactivated: "deactivated deprovisioned 注销 已注销",
  Resigned:
    "resigned terminated retired dismissed offboarded former formeremployee separated " +
    "离职 已离职 辞职 已辞职 退休 已退休 辞退 已辞退",
  Archived: "archived 归档 已归档",
};

const statuses: ReadonlyMap<string, UserStatus> = new Map(
  (Object.entries(words) as [UserStatus, string][]).flatMap(([status, all]) =>
    all.split(" ").map((word) => [word, status] as const),
  ),
);
/** Words for a state that are understood as none of Authing's. */
const otherStates: ReadonlySet<string> = new Set(
  "pending pendingapproval pendingactivation pendinginvite invited unconfirmed unverified deleted removed expired compromised forcechangepassword confirmed resetrequired onleave leave 待激活 未激活 待入职 待离职 休假 已删除 删除 退出企业".split(
    " ",
  ),
);

const compact = (value: unknown) => plainWord(value).replaceAll(/[\s_-]+/g, "");

/** A status of a file by the words of many products. Problem: `status-unknown`. */
export function writtenStatus(read: Read): Encoded {
  const rule = "table";
  if (isEmpty(read.value)) return nothing(read, rule);
  const status = statuses.get(compact(read.value));
  return status === undefined ? refused(read, rule, "status-unknown") : encoded(read, rule, { status });
}

/** Whether a text is a word for the state of an account, e.g. in a column `state` that may be one of provinces. */
export function isStatusWord(value: unknown): boolean {
  const word = compact(value);
  return statuses.has(word) || otherStates.has(word);
}
