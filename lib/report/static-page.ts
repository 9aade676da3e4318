import { h, type JSX } from "preact";
import { renderToString } from "preact-render-to-string";
import { explainReason } from "#lib/reasons/explain-reason.ts";
import { ImportReport, type ImportDetails, type ShownImport } from "./import-report.ts";
import { head, main } from "./markup.ts";
import type { Explain } from "./parts.ts";
import { RosterReport, type ShownRoster } from "./roster-report.ts";

// Reports as files: each is one HTML file, which loads nothing and runs nothing.

const explain: Explain = (code, language) => explainReason(code, { language });

/** `report.html` of an import. */
export const importPage = (summary: ShownImport, details: ImportDetails): string =>
  page(summary.import, ImportReport({ summary, details, explain }));

/** `report.html` of a run over a roster. */
export const rosterPage = (report: ShownRoster): string =>
  page(`${report.source} ${report.run}`, RosterReport({ report, explain }));

function page(title: string, report: JSX.Element): string {
  const whole = h(
    "html",
    { lang: "en" },
    head(
      h("meta", { charset: "utf-8" }),
      h("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
      h("meta", {
        "http-equiv": "Content-Security-Policy",
        content: "default-src 'none'; style-src 'unsafe-inline'",
      }),
      h("title", null, title),
      // The sheet is constant, and text would be escaped.
      h("style", { dangerouslySetInnerHTML: { __html: style } }),
    ),
    h("body", null, main(report)),
  );
  return `<!doctype html>\n${renderToString(whole)}\n`;
}

const style = `:root{color-scheme:light dark}body{font:15px/1.5 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;margin:0}
main{max-width:72rem;margin:0 auto;padding:1.5rem}h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}
span[lang="zh-CN"]{opacity:.85}table{border-collapse:collapse;width:100%}caption{text-align:left;font-weight:600;padding:.3rem 0}
th,td{border:1px solid #8886;padding:.35rem .6rem;text-align:left;vertical-align:top}td.n{text-align:right;font-variant-numeric:tabular-nums}
code{font-family:ui-monospace,monospace;overflow-wrap:anywhere}.wide{overflow-x:auto}details{margin:.3rem 0}.bad{border-left:4px solid #c33;padding-left:1rem}
@media print{body{font-size:10pt}main{max-width:none;padding:0}details>*{display:block}tr{break-inside:avoid}}`;
