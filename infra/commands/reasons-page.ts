import { explainReason } from "#lib/reasons/explain-reason.ts";
import type { Language } from "#lib/reasons/reason.ts";
import { reasonGroups } from "#lib/reasons/table.ts";

// docs/reasons.md and its Chinese twin, made from the table of reasons.

/** The file of each language. */
export const reasonPages: Readonly<Record<Language, string>> = {
  en: "docs/reasons.md",
  zh: "docs/reasons.zh-CN.md",
};

const generated =
  "<!-- `npm run reasons` writes this file from lib/reasons/. Change the sentences there. -->";

const introductions: Readonly<Record<Language, readonly string[]>> = {
  en: [
    "# Reasons",
    "[中文](reasons.zh-CN.md)",
    "Every reason that an outcome, a parked event, a refused delivery, a log line or a results file may give: what it means for the person " +
      "and the account, and what to do. Where a failure prints a hint of its own, that hint knows more than this page. Reasons of a source of " +
      "your own are not here.",
    "In the commands, `<source>` is the name of a source, `<event>` the id of an event, and `<stage>` a deployed stage; without " +
      "`--stage <stage>` a command is about this laptop.",
  ],
  zh: [
    "# 原因代码",
    "[English](reasons.md)",
    "这里列出结果、搁置的事件、被拒绝的请求、日志和结果文件中可能出现的每一个原因代码：它对人员和账号意味着什么，以及应当怎么做。" +
      "如果某次失败自带提示，以该提示为准，它比本页更具体。自定义来源自己的原因代码不在其中。",
    "命令中的 `<source>` 是来源名称，`<event>` 是事件 ID，`<stage>` 是已部署的环境；不写 `--stage <stage>` 时，命令针对本机。",
  ],
};

const headings: Readonly<Record<Language, string>> = {
  en: "| reason | what it means | what to do |",
  zh: "| 原因代码 | 含义 | 怎么做 |",
};

/** The text of a page. */
export function reasonsPage(language: Language): string {
  const sections = reasonGroups.map(({ title, about, reasons }) =>
    [
      `## ${title[language]}\n\n${about[language]}\n`,
      headings[language],
      "| --- | --- | --- |",
      ...Object.keys(reasons).map((code) => row(code, language)),
    ].join("\n"),
  );
  const [title = "", ...introduction] = introductions[language];
  return `${[title, generated, ...introduction, ...sections].join("\n\n")}\n`;
}

function row(code: string, language: Language): string {
  const { means = "", next, run = [] } = explainReason(code, { language, place: "--stage <stage>" }) ?? {};
  const todo = [...(next === undefined ? ["—"] : [cell(next)]), ...run.map((command) => `\`${command}\``)];
  return `| \`${code}\` | ${cell(means)} | ${todo.join("<br>")} |`;
}

/** Text within a table: what looks like HTML, or ends a cell, is written as it is meant. */
const cell = (text: string): string => text.replaceAll("<", "&lt;").replaceAll("|", "\\|");
