import { printed, printedBase64, printedBytes, shellWord } from "#lib/reasons/shell-word.ts";
import type { DeliveryOnPage, SaidOnPage } from "#infra/console/types.ts";

// Texts to paste into a shell. What came from outside reaches the command byte for byte, and neither the shell nor curl obeys it.

/** Headers that curl writes itself. */
const ownHeaders = new Set(["host", "content-length", "connection", "accept-encoding", "transfer-encoding"]);

/** The request as it came, with its signature: it is refused once that is too old. */
export function curlOf(origin: string, request: NonNullable<DeliveryOnPage["request"]>): string {
  const { method, path, headers, body, isBase64 } = request;
  const given = Object.entries(headers).filter(([name]) => !ownHeaders.has(name));
  // curl names a type of its own for a body without one.
  const named = "content-type" in headers ? given : [...given, ["content-type", undefined] as const];
  const line = [
    // An address may hold brackets, of which curl would make several addresses.
    "curl --globoff -X",
    shellWord(method),
    shellWord(`${origin}${path}`),
    ...named.map(([name, value]) => `-H ${headerWord(name, value)}`),
    // A body that begins with @ would be the name of a file, were it written here.
    ...(body === "" ? [] : ["--data-binary @-"]),
  ].join(" ");
  return body === "" ? line : `${isBase64 ? printedBase64(body) : printed(body)} | ${line}`;
}

/** A header as curl takes it: with a semicolon where it is empty, and with nothing where it is not sent. */
function headerWord(name: string, value: string | undefined): string {
  if (value === undefined) return shellWord(`${name}:`);
  if (value === "") return shellWord(`${name};`);
  const header = `${name}: ${value}`;
  // Node reads each byte of a header as a character of its own.
  const isAscii = /^[\x20-\x7e]*$/.test(header);
  return isAscii
    ? shellWord(header)
    : `"$(${printedBytes(Uint8Array.from(header, (each) => each.codePointAt(0) ?? 0))})"`;
}

/** The line that explains an event or a person. */
export const explainCommand = (asked: string, options: string): string =>
  ["npm run explain --", shellWord(asked), options].filter(Boolean).join(" ");

const extensions: readonly (readonly [type: string, extension: string])[] = [
  ["json", "json"],
  ["form", "form"],
  ["xml", "xml"],
];

/** Lines for a shell in the root of the repository, which make a case of a delivery and say what it means. */
export function fixtureOf(source: string, { method, contentType, query, body }: SaidOnPage): string {
  const folder = `lib/sources/${source}/fixtures/my-case`;
  const isQuery = method === "GET";
  const extension = extensions.find(([type]) => contentType.includes(type))?.[1] ?? "json";
  const rest = { ...(isQuery && { method }), ...(Object.keys(query).length > 0 && { query }) };
  const hasRest = Object.keys(rest).length > 0;
  return [
    `mkdir -p ${folder}`,
    ...(isQuery ? [] : [`${printed(body)} > ${folder}/body.${extension}`]),
    ...(hasRest ? [`${printed(JSON.stringify(rest))} > ${folder}/delivery.json`] : []),
    `npm run translate -- ${source} ${folder}/${isQuery ? "delivery.json" : `body.${extension}`} --golden`,
    "",
  ].join("\n");
}
