import type { Language } from "#lib/reasons/reason.ts";

// What the title of a notice calls an alarm. Its description, in English, is in the template (infra/aws/alarms.yml and deployment.ts).

/** In Chinese: the alarms of a stage, by their names in the template without `Alarm`. */
const ofStage: Readonly<Record<string, string>> = {
  BlockedEvents: "事件因配置或权限问题一直等待",
  DeadChunks: "文件分块无法处理",
  DeadEvents: "事件多次重试仍无法处理",
  DeadLetters: "有事件无法理解或执行",
  DeadRosters: "人员核对无法执行",
  DeadUploads: "上传的文件无法处理",
  HeldDepartures: "有事件等待人工确认",
  OldChunks: "文件分块等待过久",
  OldEvents: "事件等待过久",
  OldUploads: "上传的文件等待过久",
  PausedSource: "数据源暂停过久",
  RefusedByAuthing: "Authing 拒绝所有调用",
  RefusedDeliveries: "多数推送被拒绝",
  RefusedFiles: "上传的文件无法读取",
  RefusedRosters: "人员列表不可信，未做任何处理",
  RejectedEvents: "有事件被拒绝",
  RetriedEvents: "事件反复重试",
  ThrottledByAuthing: "Authing 限流",
};

/** In Chinese: the alarms that each source or function has, by how their names end. */
const ofEach: readonly (readonly [end: string, words: string])[] = [
  ["Fails", "函数运行失败"],
  ["FieldsMissing", "字段不再有值"],
  ["Paused", "暂停过久"],
  ["RejectedShare", "被拒绝的事件比例过高"],
  ["Silent", "长时间没有推送"],
  ["SupersededShare", "被取代的事件比例过高"],
];

/**
 * `DeadLetters` → `dead letters` or `有事件无法理解或执行`; `WebhooksFeishuFails` → `webhooks feishu fails` or `webhooks feishu 函数运行失败`.
 * An alarm that has no Chinese name keeps its English one.
 *
 * @param name As in the template, without `Alarm`.
 */
export function alarmName(name: string, language: Language): string {
  if (language === "zh") {
    const known = ofStage[name];
    if (known !== undefined) return known;
    const [end, words] = ofEach.find(([end]) => name.endsWith(end)) ?? [];
    if (end !== undefined) return `${spaced(name.slice(0, -end.length))} ${words}`;
  }
  return spaced(name);
}

const spaced = (name: string) => name.replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
