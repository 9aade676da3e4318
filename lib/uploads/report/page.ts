import { explainReason } from "#lib/reasons/explain-reason.ts";
import type { ImportSummary } from "#lib/uploads/result-files.ts";
import { accountDiffers, type OutcomeCounts } from "#lib/uploads/row-results.ts";
import { html, type Html } from "./html.ts";
import { pageOf, pairs } from "./parts.ts";
import { say, sayDetail, type Word } from "./words.ts";

/** The first rows that a reason was given for: where they are, and the beginnings of their first cells, without secrets. */
export interface ReasonExample {
  readonly place: string;
  readonly cells: readonly string[];
}

/** What the report shows beside the summary. */
export interface ReportDetails {
  /** The columns of the file; `undefined` where each row names its own. */
  readonly columns: readonly string[] | undefined;
  /** Reason, as `column: code` → its first rows. */
  readonly examples: Readonly<Record<string, readonly ReasonExample[]>>;
}

/** One self-contained page about an import, in English and Chinese, for the person who uploaded the file. It loads nothing and runs nothing. */
export function reportPage(summary: ImportSummary, details: ReportDetails): string {
  const title = say(summary.state === "previewed" ? "previewTitle" : "title");
  return pageOf(
    summary.import,
    html`<h1>${title}</h1>
      ${facts(summary)} ${summary.problem && unread(summary.problem)}
      <h2>${say("result")}</h2>
      ${counts(summary)}
      <h2>${say("reasons")}</h2>
      ${Object.keys(summary.reasons).length === 0 ? html`<p>${say("noReasons")}</p>` : reasons(summary.reasons, details)}
      ${
        Object.keys(summary.notes).length > 0
          ? html`<h2>${say("notes")}</h2>
              ${reasons(summary.notes, { ...details, examples: ofNotes(details.examples) })}`
          : undefined
      }
      <h2>${say("howRead")}</h2>
      ${pairs(Object.entries(summary.details).flatMap(([name, value]) => (value === undefined ? [] : [[sayDetail(name), value] as const])))}
      <h2>${say("columns")}</h2>
      ${mapping(summary)}`,
  );
}

function facts({
  import: id,
  object,
  source,
  state,
  startedAt,
  finishedAt,
  estimate,
  preview,
}: ImportSummary): Html {
  return pairs([
    [say("file"), object.key],
    [say("import"), id],
    ...(source === undefined ? [] : ([[say("source"), source]] as const)),
    [html``, say(state)],
    [say("began"), startedAt],
    [say("ended"), finishedAt],
    ...(estimate
      ? ([
          [
            say("estimate"),
            html`${estimate.requests} ${say("requests")}, ${estimate.seconds} ${say("seconds")}`,
          ],
        ] as const)
      : []),
    ...(preview
      ? ([
          [
            say("preview"),
            html`${say("people")} ${preview.people.accepted}, ${say("secrets")} ${preview.secrets.accepted}`,
          ],
        ] as const)
      : []),
  ]);
}

function unread({ reason, path, hint }: NonNullable<ImportSummary["problem"]>): Html {
  return html`<section class="bad">
    <h2>${say("unread")}</h2>
    <p><code>${reason}</code>${path === undefined ? "" : `, ${path}`}</p>
    ${sentences(reason)}${hint === undefined ? undefined : html`<p>${hint}</p>`}
  </section>`;
}

function counts(summary: ImportSummary): Html {
  const isPreview = summary.state === "previewed";
  const columns: readonly (readonly [Word, keyof OutcomeCounts])[] = [
    [isPreview ? "wouldBeAccepted" : "accepted", "accepted"],
    ...(summary.updated > 0 ? [[isPreview ? "wouldBeUpdated" : "updated", "updated"] as const] : []),
    ["alreadyDone", "alreadyDone"],
    ["differing", "differing"],
    ["rejected", "rejected"],
  ];
  const line = (label: Word, of: OutcomeCounts) =>
    html`<tr>
      <th scope="row">${say(label)}</th>
      ${columns.map(([, name]) => html`<td class="n">${of[name]}</td>`)}
    </tr>`;
  return html`<table>
    <caption>
      ${summary.rows}
      ${say("rows")}${summary.skipped > 0 ? html`; ${summary.skipped} ${say("skipped")}` : undefined}
    </caption>
    <thead>
      <tr>
        <td></td>
        ${columns.map(([word]) => html`<th scope="col">${say(word)}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${line("people", summary.people)}${line("secrets", summary.secrets)}${line("total", summary)}
    </tbody>
  </table>`;
}

function reasons(counted: Readonly<Record<string, number>>, details: ReportDetails): Html {
  const all = Object.entries(counted).toSorted(([, one], [, other]) => other - one);
  const rows = all.map(
    ([reason, count]) =>
      html`<tr>
        <td><code>${reason}</code></td>
        <td class="n">${count}</td>
        <td>${sentences(codeOf(reason))}${examples(details, reason)}</td>
      </tr>`,
  );
  return html`<table>
    <thead>
      <tr>
        <th scope="col">${say("why")}</th>
        <th scope="col">${say("count")}</th>
        <th scope="col">${say("meaning")}</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

/** A code may be a reason of one row and a note of another: of notes, only the one about accounts has rows of its own. */
const ofNotes = ({ [accountDiffers.code]: rows }: ReportDetails["examples"]): ReportDetails["examples"] =>
  rows ? { [accountDiffers.code]: rows } : {};

/** The code in `column: code`: codes hold no colon. */
const codeOf = (told: string): string => told.slice(told.lastIndexOf(": ") + 1).trim();

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

function examples({ columns, examples: all }: ReportDetails, told: string): Html {
  const rows = all[told] ?? [];
  if (rows.length === 0) return html``;
  const head =
    columns &&
    html`<thead>
      <tr>
        <td></td>
        ${columns.slice(0, Math.max(...rows.map(({ cells }) => cells.length))).map((column) => html`<th scope="col">${column}</th>`)}
      </tr>
    </thead>`;
  return html`<details open>
    <summary>${say("examples")}</summary>
    <div class="wide">
      <table>
        ${head}
        <tbody>
          ${rows.map(
            ({ place, cells }) =>
              html`<tr>
                <th scope="row">${place}</th>
                ${cells.map((cell) => html`<td>${cell}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

function mapping({ mapping: fields, unusedColumns, columnNotes }: ImportSummary): Html {
  return html`<table>
      <thead>
        <tr>
          <th scope="col">${say("field")}</th>
          <th scope="col">${say("column")}</th>
        </tr>
      </thead>
      <tbody>
        ${Object.entries(fields).map(
          ([field, column]) =>
            html`<tr>
              <td><code>${field}</code></td>
              <td>${column}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    ${unusedColumns.length > 0 ? html`<p>${say("unused")}: ${unusedColumns.join(", ")}</p>` : undefined}
    ${
      columnNotes.length > 0
        ? html`<ul>
            ${columnNotes.map((note) => html`<li><code>${note}</code>${sentences(codeOf(note))}</li>`)}
          </ul>`
        : undefined
    }`;
}
