import { html, type Html } from "./html.ts";

// What reports are made of. A report is one self-contained page, which loads nothing and runs nothing.

export function pageOf(title: string, body: Html): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${title}</title>
        <style>
          ${style}
        </style>
      </head>
      <body>
        <main>${body}</main>
      </body>
    </html> `;
  return page.html;
}

const style: Html = {
  html: `:root{color-scheme:light dark}body{font:15px/1.5 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;margin:0}
main{max-width:72rem;margin:0 auto;padding:1.5rem}h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}
span[lang="zh-CN"]{opacity:.85}table{border-collapse:collapse;width:100%}caption{text-align:left;font-weight:600;padding:.3rem 0}
th,td{border:1px solid #8886;padding:.35rem .6rem;text-align:left;vertical-align:top}td.n{text-align:right;font-variant-numeric:tabular-nums}
code{font-family:ui-monospace,monospace;overflow-wrap:anywhere}.wide{overflow-x:auto}details{margin:.3rem 0}.bad{border-left:4px solid #c33;padding-left:1rem}
@media print{body{font-size:10pt}main{max-width:none;padding:0}details>*{display:block}tr{break-inside:avoid}}`,
};

/** A table of labels and their values. */
export function pairs(all: readonly (readonly [label: Html, value: Html | string])[]): Html {
  return html`<table>
    <tbody>
      ${all.map(
        ([label, value]) =>
          html`<tr>
            <th scope="row">${label}</th>
            <td>${value}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** A label in both languages, each marked as what it is, so that a screen reader speaks it rightly. */
export function inBoth([en, zh]: readonly [en: string, zh: string]): Html {
  return html`<span lang="en">${en}</span> <span lang="zh-CN">${zh}</span>`;
}
