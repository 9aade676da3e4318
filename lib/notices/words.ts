import type { Language } from "#lib/reasons/reason.ts";

// The words of notices. Alarms' own descriptions are in infra/aws/alarms.yml.

const english = {
  alarm: "Alarm",
  over: "Over",
  digest: "Daily digest",
  test: "Test: this bot is told of alarms and gets the daily digest",
  ended: "It has ended. Events that are parked stay until you decide about them.",
  since: "since",
  next: "next",
  from: "from",
  to: "to",
  received: "received",
  deliveries: (count: number) => (count === 1 ? "1 delivery" : `${count} deliveries`),
  refused: "refused",
  failed: "not taken",
  nothing: "no delivery",
  events: "events",
  EventsAccepted: "applied",
  EventsAlreadyDone: "already done",
  EventsSuperseded: "superseded",
  EventsRejected: "rejected",
  EventsHeld: "held",
  EventsDead: "dead",
  EventsWaiting: "sent to wait",
  slowest: "slowest",
  parkedNow: "parked now",
  parkedNothing: "parked now: nothing",
  dead: "dead",
  held: "held",
  rejected: "rejected",
  waiting: "waiting",
  last: "last delivery",
  lastNever: (days: number) => `last delivery: none in ${days} days`,
  files: "files",
  finished: "imported",
  unreadable: "refused",
  rows: "rows",
  rowsAccepted: "applied",
  separator: ", ",
  colon: ": ",
};

/** The same in Chinese. */
const chinese: typeof english = {
  alarm: "告警",
  over: "已恢复",
  digest: "每日简报",
  test: "测试：本机器人将接收告警和每日简报",
  ended: "告警已结束。被搁置的事件会一直保留，直到您处理。",
  since: "时间",
  next: "下一步",
  from: "从",
  to: "至",
  received: "收到",
  deliveries: (count: number) => `${count} 次推送`,
  refused: "被拒绝",
  failed: "未能接收",
  nothing: "没有推送",
  events: "事件",
  EventsAccepted: "已执行",
  EventsAlreadyDone: "无需变更",
  EventsSuperseded: "已被更新的事件取代",
  EventsRejected: "被拒绝",
  EventsHeld: "待确认",
  EventsDead: "无法处理",
  EventsWaiting: "转入等待",
  slowest: "最慢",
  parkedNow: "当前搁置",
  parkedNothing: "当前搁置：无",
  dead: "无法处理",
  held: "待确认",
  rejected: "被拒绝",
  waiting: "等待中",
  last: "最近一次推送",
  lastNever: (days: number) => `最近一次推送：${days} 天内没有`,
  files: "文件",
  finished: "已导入",
  unreadable: "被拒绝",
  rows: "行",
  rowsAccepted: "已执行",
  separator: "，",
  colon: "：",
};

export type Words = typeof english;

export const wordsOf = (language: Language): Words => (language === "zh" ? chinese : english);

/** A time as the company's clocks show it: `2026-11-27 09:10`. */
export function localTime(time: number, timeZone: string): string {
  return new Intl.DateTimeFormat("sv-SE", {
    timeZone,
    dateStyle: "short",
    timeStyle: "short",
  }).format(time);
}

const units = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1000, "s"],
] as const;

/** `850 ms`, `3.2 s`, `5 min`, `2 d`. */
export function duration(milliseconds: number): string {
  const [unit, name] = units.find(([length]) => milliseconds >= length) ?? [1, "ms"];
  const amount = milliseconds / unit;
  return `${amount < 10 && unit > 1 ? Number(amount.toFixed(1)) : Math.round(amount)} ${name}`;
}
