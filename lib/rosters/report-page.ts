import { explainReason } from "#lib/reasons/explain-reason.ts";
import { html, type Html } from "#lib/uploads/report/html.ts";
import { inBoth, pageOf, pairs } from "#lib/uploads/report/parts.ts";
import type { RosterReport } from "./report.ts";
import type { Tally } from "./tally.ts";

/** Labels of the report of a roster, in the two languages that it is written in. */
const words = {
  planned: ["Plan of a roster: nothing was written at Authing", "人员核对计划：未写入 Authing"],
  finished: ["Roster report", "人员核对报告"],
  running: ["Roster in work", "正在核对"],
  refused: ["Roster: nothing was concluded", "人员核对：未得出任何结论"],
  source: ["Source", "来源"],
  run: ["Run", "运行编号"],
  file: ["File", "文件"],
  began: ["Began", "开始"],
  written: ["Written", "写入时间"],
  read: ["Read", "读取"],
  people: ["people in the list", "列表中的人员"],
  inScope: ["in scope", "范围内"],
  outOfScope: ["out of scope", "范围外"],
  unusable: ["cannot be used", "无法使用"],
  nameless: ["rows that do not say whose they are", "未标明人员的行"],
  open: ["people of this source who were open before", "核对前该来源的在用人员"],
  result: ["Differences", "差异"],
  joiners: ["joiners", "入职"],
  movers: ["movers", "变更"],
  back: ["back again", "返聘"],
  unchanged: ["unchanged", "无变化"],
  others: ["belong to another source: not touched", "属于其他来源：不做处理"],
  undecided: ["asked about before, not decided", "此前已询问、尚未决定"],
  rejectedBefore: ["back, and rejected before", "返聘，此前已拒绝"],
  closed: ["closed, or never there", "已关闭或从未存在"],
  departures: ["Departures", "离职"],
  listed: ["the list says that they have left", "列表标明已离职"],
  absent: ["not in the list", "列表中没有"],
  proven: ["of them proven: the source has no such person", "其中已证实：来源中没有该人员"],
  stillThere: ["of them still there", "其中仍然在职"],
  unproven: ["of them not proven: nothing happens to them", "其中未证实：不做任何处理"],
  held: [
    "All departures are held: more than are taken without a question",
    "所有离职均被搁置：超过可直接处理的数量",
  ],
  taken: ["taken without a question", "可直接处理的数量"],
  lost: ["departments that lose most", "减少最多的部门"],
  fields: ["Fields that differ", "有差异的字段"],
  field: ["Field", "字段"],
  number: ["Number", "数量"],
  foretold: ["What the changes would come to", "预计结果"],
  outcomes: ["What became of the changes", "处理结果"],
  reasons: ["Why people cannot be used", "无法使用的原因"],
  unprovenReasons: ["Why the source could not say it", "来源无法回答的原因"],
  cause: ["Outcome or reason", "结果或原因"],
  meaning: ["What it means, and what to do", "含义与处理方法"],
  verified: ["Accounts compared with what was told", "与已上报内容比对的账号"],
  drifted: ["of them otherwise at Authing", "其中在 Authing 中不同"],
  closedThere: ["of them closed at Authing: they stay closed", "其中在 Authing 中已关闭：保持关闭"],
  adopted: ["Accounts without our id, by the rule of this run", "按本次规则处理的无外部 ID 账号"],
  filled: ["How full each field is", "各字段的填充情况"],
  now: ["now", "本次"],
  before: ["last time", "上次"],
  missing: [
    "No person has these fields any more: is a permission missing?",
    "没有任何人员再有这些字段：是否缺少权限？",
  ],
  requests: ["Requests", "请求"],
  toSource: ["to the source", "发往来源"],
  toAuthing: ["to Authing", "发往 Authing"],
  estimate: ["What applying it takes, at least", "执行所需（至少）"],
  seconds: ["seconds", "秒"],
} as const satisfies Readonly<Record<string, readonly [en: string, zh: string]>>;

const say = (word: keyof typeof words): Html => inBoth(words[word]);

/** One self-contained page about a run over a roster, in English and Chinese. It loads nothing and runs nothing. */
export function reportPage(report: RosterReport): string {
  const { departures, read, verified, adopted } = report;
  const body = html`<h1>${say(report.state)}</h1>
    ${facts(report)} ${report.problem && problem(report.problem)}
    ${
      report.missing.length > 0
        ? html`<section class="bad">
            <p>${say("missing")} <code>${report.missing.join(", ")}</code></p>
          </section>`
        : undefined
    }
    <h2>${say("read")}</h2>
    ${numbers([
      ["people", read.people],
      ["inScope", read.inScope],
      ["outOfScope", read.outOfScope],
      ["unusable", read.unusable],
      ["nameless", read.nameless],
      ["open", report.open],
    ])}
    ${tally("reasons", "cause", read.reasons)}
    <h2>${say("result")}</h2>
    ${numbers([
      ["joiners", report.joiners],
      ["movers", report.movers],
      ["back", report.back],
      ["unchanged", report.unchanged],
      ["others", report.others],
      ["undecided", report.undecided],
      ["rejectedBefore", report.rejectedBefore],
      ["closed", report.closed],
    ])}
    ${tally("fields", "field", report.fields)}
    <h2>${say("departures")}</h2>
    ${departures.areHeld ? html`<section class="bad"><p>${say("held")}</p></section>` : undefined}
    ${numbers([
      ["listed", departures.listed],
      ["absent", departures.absent],
      ["proven", departures.proven],
      ["stillThere", departures.stillThere],
      ["unproven", departures.unproven],
      ...(departures.taken === undefined ? [] : ([["taken", departures.taken]] as const)),
    ])}
    ${
      departures.lost.length > 0
        ? html`<p>${say("lost")}: <code>${departures.lost.join(", ")}</code></p>`
        : undefined
    }
    ${tally("unprovenReasons", "cause", departures.reasons)} ${tally("foretold", "cause", report.foretold)}
    ${tally("outcomes", "cause", report.outcomes)}
    ${
      verified
        ? html`${numbers([
            ["verified", verified.accounts],
            ["drifted", verified.differing],
            ["closedThere", verified.closed],
          ])}${tally("drifted", "field", verified.fields)}`
        : undefined
    }
    ${adopted ? tally("adopted", "cause", adopted) : undefined}
    <h2>${say("filled")}</h2>
    ${filled(report)}`;
  return pageOf(`${report.source} ${report.run}`, body);
}

function facts({ source, run, file, startedAt, writtenAt, requests, estimate }: RosterReport): Html {
  return pairs([
    [say("source"), source],
    [say("run"), run],
    ...(file === undefined ? [] : ([[say("file"), file]] as const)),
    [say("began"), startedAt],
    [say("written"), writtenAt],
    [say("requests"), html`${requests.source} ${say("toSource")}, ${requests.authing} ${say("toAuthing")}`],
    ...(estimate
      ? ([
          [
            say("estimate"),
            html`${estimate.requests} ${say("toAuthing")}, ${estimate.seconds} ${say("seconds")}`,
          ],
        ] as const)
      : []),
  ]);
}

function problem({ reason, path, hint }: NonNullable<RosterReport["problem"]>): Html {
  return html`<section class="bad">
    <p><code>${reason}</code>${path === undefined ? "" : `, ${path}`}</p>
    ${sentences(reason)}${hint === undefined ? undefined : html`<p>${hint}</p>`}
  </section>`;
}

const numbers = (all: readonly (readonly [keyof typeof words, number])[]): Html =>
  pairs(all.map(([word, count]) => [say(word), String(count)] as const));

function tally(caption: keyof typeof words, head: "field" | "cause", counted: Tally): Html {
  const all = Object.entries(counted).toSorted(([, one], [, other]) => other - one);
  if (all.length === 0) return html``;
  return html`<table>
    <caption>
      ${say(caption)}
    </caption>
    <thead>
      <tr>
        <th scope="col">${say(head)}</th>
        <th scope="col">${say("number")}</th>
        ${head === "cause" ? html`<th scope="col">${say("meaning")}</th>` : undefined}
      </tr>
    </thead>
    <tbody>
      ${all.map(
        ([name, count]) =>
          html`<tr>
            <td><code>${name}</code></td>
            <td class="n">${count}</td>
            ${head === "cause" ? html`<td>${sentences(codeOf(name))}</td>` : undefined}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** `rejected conflict (email)` → `conflict`. */
const codeOf = (told: string): string =>
  told
    .replace(/ \([^)]*\)$/, "")
    .split(" ")
    .at(-1) ?? told;

function sentences(code: string): Html {
  const all = (["en", "zh"] as const).map((language) => {
    const explained = explainReason(code, { language });
    if (!explained) return html``;
    return html`<p lang="${language === "zh" ? "zh-CN" : "en"}">
      ${explained.means}${explained.next === undefined ? "" : ` ${explained.next}`}
    </p>`;
  });
  return html`${all}`;
}

function filled({ filled: fields }: RosterReport): Html {
  return html`<table>
    <thead>
      <tr>
        <th scope="col">${say("field")}</th>
        <th scope="col">${say("now")}</th>
        <th scope="col">${say("before")}</th>
      </tr>
    </thead>
    <tbody>
      ${Object.entries(fields).map(
        ([name, { now, before }]) =>
          html`<tr>
            <td><code>${name}</code></td>
            <td class="n">${now}</td>
            <td class="n">${before ?? ""}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
