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
    return URL.parse(target, "https://relative.invalid")?.searchParams.get(parameter) ?? "";
  }
  return undefined;
}
