import type { DeliveryOnPage, SaidOnPage } from "#infra/console/types.ts";

// Texts to paste elsewhere. What came from outside is quoted for a shell.

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** Headers that curl writes itself. */
const ownHeaders = new Set(["host", "content-length", "connection", "accept-encoding"]);

/** The request as it came, with its signature: it is refused once that is too old. */
export function curlOf(origin: string, request: NonNullable<DeliveryOnPage["request"]>): string {
  const headers = Object.entries(request.headers)
    .filter(([name]) => !ownHeaders.has(name))
    .map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
  const isEmpty = request.body === "";
  const body = isEmpty
    ? []
    : [request.isBase64 ? "--data-binary @-" : `--data-binary ${quoted(request.body)}`];
  const line = ["curl", "-X", request.method, quoted(`${origin}${request.path}`), ...headers, ...body].join(
    " ",
  );
  return request.isBase64 && !isEmpty ? `printf %s ${quoted(request.body)} | base64 -d | ${line}` : line;
}

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
    ...(isQuery ? [] : [`printf %s ${quoted(body)} > ${folder}/body.${extension}`]),
    ...(hasRest ? [`printf %s ${quoted(JSON.stringify(rest))} > ${folder}/delivery.json`] : []),
    `npm run translate -- ${source} ${folder}/${isQuery ? "delivery.json" : `body.${extension}`} --golden`,
    "",
  ].join("\n");
}
