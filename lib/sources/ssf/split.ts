import { instant } from "#lib/fields/date.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { isJsonObject, readId, readJsonObject, type JsonObject } from "#lib/payloads/body.ts";

/** The claims of an event about a person's account; nothing of any other event. */
export interface SsfEvent {
  readonly said?: JsonObject;
}

/** A token holds one event; RFC 8417 allows several, which then say the same in the words of several standards. */
const maxEvents = 16;

/**
 * The events of a security event token (RFC 8417): `{iss, aud, iat, jti, sub_id, events: {<URI>: {…}}}`. Transmitters of the drafts say the
 * subject inside the event. https://openid.net/specs/openid-sharedsignals-framework-1_0.html
 */
export function split(delivery: VerifiedDelivery): (SourceEvent | InboundError)[] {
  const token = readJsonObject(delivery.payload);
  const { events } = token;
  const id = readId(token.jti);
  if (id === undefined) throw new InboundError("malformed", "id-missing", { path: "jti" });
  const named = isJsonObject(events) ? Object.entries(events) : [];
  if (named.length === 0 || named.length > maxEvents) {
    throw new InboundError("malformed", "data-missing", { path: "events" });
  }
  return named.map(([uri, said]) => {
    try {
      return readEvent(id, uri, isJsonObject(said) ? said : {}, token);
    } catch (error) {
      if (error instanceof InboundError) return error;
      throw error;
    }
  });
}

function readEvent(id: string, uri: string, said: JsonObject, token: JsonObject): SourceEvent {
  const type = shortened(uri);
  if (!/^[\x21-\x7e]{1,128}$/.test(type)) {
    throw new InboundError("malformed", "type-missing", { path: "events" });
  }
  // When it happened: in the event, or in the token; else when the token was made.
  const occurredAt =
    instant(said.event_timestamp) ?? instant(token.toe, "seconds") ?? instant(token.iat, "seconds");
  if (occurredAt === undefined) throw new InboundError("malformed", "time-unreadable", { path: "iat" });
  const isAboutAccount = isOfAccount(type);
  return {
    id: `${id}:${type}`,
    subject: isAboutAccount ? subjectOf(said, token) : "none",
    type,
    occurredAt,
    payload: (isAboutAccount ? { said } : {}) satisfies SsfEvent,
  };
}

function subjectOf(said: JsonObject, token: JsonObject): string {
  const person = personIn(token.sub_id ?? said.subject);
  if (person === undefined) {
    throw new InboundError("malformed", "id-missing", {
      path: "sub_id",
      hint: "an address is no id: let the transmitter say iss_sub or opaque; then redrive what it sends anew",
    });
  }
  const { iss } = token;
  if (person.issuer !== undefined && !isOwn(person.issuer, typeof iss === "string" ? iss : "")) {
    throw new InboundError("malformed", "subject-of-another-issuer", { path: "sub_id.iss" });
  }
  return person.id;
}

/** `https://schemas.openid.net/secevent/risc/event-type/account-disabled` is `risc/account-disabled`; any other stays as it is. */
function shortened(uri: string): string {
  const [, profile, type] =
    /^https:\/\/schemas\.openid\.net\/secevent\/([a-z]+)\/event-type\/([a-z-]+)$/.exec(uri) ?? [];
  return profile === undefined ? uri : `${profile}/${type}`;
}

const isOfAccount = (type: string): boolean =>
  type === "caep/token-claims-change" ||
  /^risc\/(?:account-(?:disabled|enabled|purged)|identifier-changed)$/.test(type);

/** Who a signal is about. */
interface Subject {
  /** The transmitter's id of the person. */
  readonly id: string;
  /** Whose id that is, where the subject says so. */
  readonly issuer?: string;
}

/** Aliases and complex subjects hold subjects; no person nests them deeper. */
const maxDepth = 4;

/**
 * The person in a subject (RFC 9493, and SSF 1.0, section 3): `iss_sub`, `opaque`, the `user` of a complex one, the first of `aliases` that
 * has an id. Transmitters of the drafts say `subject_type` for `format`, and write dashes. An e-mail address or a telephone number is no id:
 * no account is its person's by that alone.
 */
function personIn(subject: unknown, depth = 0): Subject | undefined {
  if (!isJsonObject(subject) || depth > maxDepth) return undefined;
  const format = formatOf(subject);
  if (format === "aliases") {
    const { identifiers } = subject;
    if (!Array.isArray(identifiers)) return undefined;
    for (const identifier of identifiers) {
      const person = personIn(identifier, depth + 1);
      if (person) return person;
    }
    return undefined;
  }
  if (format === "complex" || isJsonObject(subject.user)) return personIn(subject.user, depth + 1);
  const isBySub = format === "iss_sub" || format === "id_token_claims";
  const id = isBySub ? readId(subject.sub) : format === "opaque" ? readId(subject.id) : undefined;
  if (id === undefined) return undefined;
  const { iss } = subject;
  return { id, ...(isBySub && { issuer: typeof iss === "string" ? iss : "" }) };
}

function formatOf({ format, subject_type: type }: JsonObject): string {
  const said = format ?? type;
  return typeof said === "string" ? said.replaceAll("-", "_") : "";
}

/** Whether an account of `issuer` is one of the transmitter's own: both are of one host, as `https://id.acme.com/` and `https://id.acme.com/t/1`. */
function isOwn(issuer: string, transmitter: string): boolean {
  const host = URL.parse(issuer)?.host;
  return issuer === transmitter || (host !== undefined && host === URL.parse(transmitter)?.host);
}
