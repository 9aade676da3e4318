import { existsSync } from "node:fs";
import type { KnownFrom, Source, SourceKind } from "#lib/contract/source.ts";
import { readFixtures, type EventFixture } from "#infra/fixtures/cases.ts";
import { changesOf, isJoiner } from "#infra/fixtures/sample-case.ts";

// docs/sources.md, its Chinese twin, and the lists of sources in both READMEs, made from the definitions and cases of the sources.

type Language = "en" | "zh";

/** The file of each language, and the README that holds its list. */
export const sourcePages: Readonly<Record<Language, { readonly page: string; readonly readme: string }>> = {
  en: { page: "docs/sources.md", readme: "README.md" },
  zh: { page: "docs/sources.zh-CN.md", readme: "README.zh-CN.md" },
};

const begin = "<!-- `npm run sources` writes this list -->";
const end = "<!-- the end of the list -->";

const kinds: Readonly<Record<SourceKind, Readonly<Record<Language, string>>>> = {
  hr: { en: "HR systems", zh: "人事系统" },
  workplace: { en: "Workplace suites", zh: "办公协同平台" },
  identity: { en: "Identity providers", zh: "身份提供商" },
  aggregator: { en: "Aggregators of HR systems", zh: "人事系统聚合平台" },
  ats: { en: "Applicant tracking systems", zh: "招聘系统" },
};

const colons: Readonly<Record<Language, string>> = { en: ": ", zh: "：" };

interface Words {
  readonly title: string;
  readonly introduction: readonly string[];
  readonly heading: string;
  readonly people: Readonly<Record<"event" | "api" | "both", string>>;
  readonly weak: string;
  readonly knownFrom: Readonly<Record<KnownFrom, string>>;
}

const words: Readonly<Record<Language, Words>> = {
  en: {
    title: "# Sources",
    introduction: [
      "[中文](sources.zh-CN.md)",
      "Every system that Authing Inbound receives webhooks of. The README of each says how to set it up, what each field becomes, and what is not " +
        "confirmed. `npm start -- --sources <name>,<name>` tries any of them on a laptop; `inbound.config.ts` switches them on.",
      [
        "- **joins, moves, leaves**: what the vendor tells of a person. **TOTP**: its events bring secrets of authenticators. **list**: all its people can be read from its API.",
        "- **person**: where the fields of a person come from: the event itself, or the vendor's API, which the worker asks and which therefore needs credentials.",
        "- **proof**: how a delivery proves who sent it. A weak proof does not cover the body: a stranger who learns the secret can state anything. [SECURITY.md](../SECURITY.md)",
        "- **known from**: what this is built on: the vendor's documentation, the vendor's own code or SDK, or reports of third parties. None of it was tried with a live vendor.",
      ].join("\n"),
    ],
    heading: "| source | name | joins | moves | leaves | TOTP | list | person | proof | known from |",
    people: { event: "event", api: "API", both: "event, API" },
    weak: "weak",
    knownFrom: { documentation: "documentation", code: "code", reports: "reports" },
  },
  zh: {
    title: "# 来源",
    introduction: [
      "[English](sources.md)",
      "这里列出可以接收其 webhook 的每一个系统。各自的 README 说明如何配置、每个字段对应什么、哪些内容尚未证实。" +
        "`npm start -- --sources <名称>,<名称>` 可以在本机试用其中任何一个；在 `inbound.config.ts` 中启用。",
      [
        "- **入职、变动、离职**：该系统会告知人员的哪些变化。**TOTP**：事件中带有验证器密钥。**列表**：可以通过其 API 读取全部人员。",
        "- **人员**：人员的字段来自事件本身，还是来自该系统的 API（由 worker 查询，因此需要凭据）。",
        "- **证明**：请求如何证明是谁发送的。弱证明不覆盖请求体：知道密钥的人可以声称任何内容。见 [SECURITY.md](../SECURITY.md)",
        "- **依据**：实现依据的是厂商的文档、厂商自己的代码或 SDK，还是第三方的说明。均未在真实的厂商环境中验证过。",
      ].join("\n"),
    ],
    heading: "| 来源 | 名称 | 入职 | 变动 | 离职 | TOTP | 列表 | 人员 | 证明 | 依据 |",
    people: { event: "事件", api: "API", both: "事件、API" },
    weak: "弱",
    knownFrom: { documentation: "文档", code: "代码", reports: "第三方说明" },
  },
};

/** The text of a page. Throws a `TypeError` that names the sources which do not say what they are. */
export function sourcesPage(sources: readonly Source[], language: Language): string {
  const { title, introduction, heading } = words[language];
  const sections = byKind(sources).map(([kind, group]) =>
    [
      `## ${kinds[kind][language]}\n`,
      heading,
      heading.replaceAll(/[^|]+/g, " --- "),
      ...group.map((source) => row(source, language)),
    ].join("\n"),
  );
  const generated =
    "<!-- `npm run sources` writes this file from the definitions and cases in lib/sources/. -->";
  return `${[title, generated, ...introduction, ...sections].join("\n\n")}\n`;
}

/** A README with the list of the sources as it should be. Throws a `TypeError` for one that has no place for it. */
export function withSourceList(readme: string, sources: readonly Source[], language: Language): string {
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end);
  if (from === -1 || to < from) throw new TypeError(`write ${begin} and ${end} where the list belongs`);
  const lines = byKind(sources).map(([kind, group]) => {
    const links = group.map((source) => `[${source.title}](${readmeOf(source, language)})`);
    return `- **${kinds[kind][language]}**${colons[language]}${links.join(" · ")}`;
  });
  return `${readme.slice(0, from)}${begin}\n\n${lines.join("\n")}\n\n${readme.slice(to)}`;
}

/** The sources of each kind, by their titles. */
function byKind(sources: readonly Source[]): [SourceKind, Source[]][] {
  const silent = sources.filter(({ kind, knownFrom }) => kind === undefined || knownFrom === undefined);
  if (silent.length > 0) {
    const names = silent.map(({ name }) => name).join(", ");
    throw new TypeError(`say kind and knownFrom in lib/sources/<source>/index.ts: ${names}`);
  }
  return (Object.keys(kinds) as SourceKind[]).flatMap((kind) => {
    const group = sources.filter((source) => source.kind === kind);
    const sorted = group.toSorted((one, other) =>
      one.title.toLowerCase() < other.title.toLowerCase() ? -1 : 1,
    );
    return group.length > 0 ? [[kind, sorted] satisfies [SourceKind, Source[]]] : [];
  });
}

function row(source: Source, language: Language): string {
  const { people, weak, knownFrom } = words[language];
  const cases = readFixtures(source.name).filter((each) => each.kind === "events");
  const changes = cases.flatMap(changesOf);
  const { coversBody, name } = source.proof;
  return `| ${[
    `[${source.title}](../${readmeOf(source, language)})`,
    `\`${source.name}\``,
    mark(changes.some(isJoiner)),
    ...["update", "leave", "import-otp"].map((kind) => mark(changes.some((change) => change.kind === kind))),
    mark(source.list !== undefined),
    people[personFrom(cases)],
    `\`${name}\`${coversBody ? "" : ` **${weak}**`}`,
    source.knownFrom === undefined ? "" : knownFrom[source.knownFrom],
  ].join(" | ")} |`;
}

const mark = (isSo: boolean) => (isSo ? "✓" : "–");

/** Whether joiners need answers of the source's API. */
function personFrom(cases: readonly EventFixture[]): "event" | "api" | "both" {
  const joiners = cases.filter((each) => changesOf(each).some(isJoiner));
  const asking = joiners.filter(({ answers }) => answers.length > 0);
  if (asking.length === 0) return "event";
  return asking.length === joiners.length ? "api" : "both";
}

function readmeOf({ name }: Source, language: Language): string {
  const chinese = `lib/sources/${name}/README.zh-CN.md`;
  const isThere = existsSync(new URL(`../../${chinese}`, import.meta.url));
  return language === "zh" && isThere ? chinese : `lib/sources/${name}/README.md`;
}
