import { sourceFailure } from "./failures.ts";

/**
 * A parameter in the query of the link with this relation, in a `Link` header (RFC 8288): of
 * `<https://x.example.com/users?after=u2>; rel="next"`, `after` of `next` is `u2`. Only the parameter is taken: a link of a
 * source's answer must not decide which host is asked. `undefined` where there is no such link; `""` where it lacks the parameter.
 */
export function linkParameter(
  header: string | undefined,
  relation: string,
  parameter: string,
): string | undefined {
  for (const [, target = "", parameters = ""] of (header ?? "").matchAll(/<([^<>]*)>([^<]*)/g)) {
    const [, quoted, plain] = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))/i.exec(parameters) ?? [];
    if (!(quoted ?? plain ?? "").split(/\s+/).includes(relation)) continue;
    return parameterIn(target, parameter);
  }
  return undefined;
}

/**
 * The cursor in the link to the next page that an answer has in its body. Only this parameter is taken, as of a header's link.
 *
 * @throws InboundError `unavailable` `source-answer-unexpected` for a link without it: a next page that cannot be asked for would be
 *   taken for the end of the list.
 */
export function cursorInLink(link: unknown, parameter: string): string {
  const cursor = typeof link === "string" ? parameterIn(link, parameter) : "";
  if (cursor === "") throw sourceFailure("source-answer-unexpected");
  return cursor;
}

/** A cursor may be base64, whose plus is no space. */
function parameterIn(link: string, parameter: string): string {
  const url = URL.parse(link, "https://relative.invalid");
  return url?.searchParams.get(parameter)?.replaceAll(" ", "+") ?? "";
}
