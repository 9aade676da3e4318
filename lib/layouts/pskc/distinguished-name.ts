/**
 * Who a `UserId` names: itself, or of a distinguished name (RFC 4514, `UID=jsmith,DC=example,DC=net`) its first UID, else its first CN.
 * `undefined` where a distinguished name has neither, and for what is no text.
 */
export function namedBy(userId: unknown): string | undefined {
  if (typeof userId !== "string") return undefined;
  if (!/^\s*(?:[a-z][\w-]*|(?:oid\.)?\d[\d.]*)\s*=/i.test(userId)) return userId;
  const attributes = attributesOf(userId);
  const valueOf = (...types: readonly string[]) =>
    attributes.find(([type, value]) => types.includes(type) && value !== "")?.[1];
  // Also by the object identifiers of the two.
  return valueOf("uid", "userid", "0.9.2342.19200300.100.1.1") ?? valueOf("cn", "commonname", "2.5.4.3");
}

/** The attributes of a distinguished name in their order, types in lower case. Character by character, since values may be escaped or quoted. */
function attributesOf(name: string): (readonly [type: string, value: string])[] {
  const attributes: (readonly [string, string])[] = [];
  let [start, isQuoted] = [0, false];
  for (let at = 0; at <= name.length; at += 1) {
    const character = name[at];
    if (character === "\\") at = Math.min(at + 1, name.length - 1);
    else if (character === '"') isQuoted = !isQuoted;
    else if (at === name.length || (!isQuoted && /[,;+]/.test(character as string))) {
      const written = name.slice(start, at);
      const equals = written.indexOf("=");
      attributes.push([
        written
          .slice(0, Math.max(equals, 0))
          .trim()
          .toLowerCase()
          .replace(/^oid\./, ""),
        valueOf(written.slice(equals + 1).trim()),
      ]);
      start = at + 1;
    }
  }
  return attributes;
}

/** A value without quotation marks and escapes; empty for one in hexadecimal, which is no text. */
function valueOf(written: string): string {
  if (written.startsWith("#")) return "";
  const inner =
    written.length > 1 && written.startsWith('"') && written.endsWith('"') ? written.slice(1, -1) : written;
  return inner.replaceAll(
    /(?:\\[0-9a-f]{2})+|\\(.)/gi,
    (escaped, character: string | undefined) =>
      character ?? Buffer.from(escaped.replaceAll("\\", ""), "hex").toString("utf8"),
  );
}
