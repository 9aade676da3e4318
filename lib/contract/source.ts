import type * as z from "zod/mini";
import type { CalendarDay, Change } from "./change.ts";
import type { InboundError } from "./errors.ts";
import type { DepartmentMap, DepartmentPage, DepartmentRule } from "./departments.ts";
import type { DepartmentIdType } from "./person.ts";
import type { PasswordHashPolicy } from "./policies.ts";
import type { Delivery, Proof, RefusedProof } from "./proof.ts";
import type { ApiHosts, SourceApi } from "./source-api.ts";
import { isKeepableHeader, isSourceName, keepableHeaderRule, sourceNameRule } from "./source-names.ts";

// The contract of a source. Everything else in the pipeline imports it.

/**
 * What a delivery whose proof held says, without what proved it: all that `split` reads. A delivery that cannot be read is
 * kept as exactly this, so that `split` sees the same when an operator redrives it.
 */
export interface VerifiedDelivery {
  readonly method: string;
  /** `content-type`, and what the source names in `readsHeaders`; no other header is kept. */
  readonly headers: Readonly<Record<string, string>>;
  /** As it came, without the proof's own parameters (`proofParameters`). */
  readonly rawQuery: string;
  /** The same, parsed. */
  readonly query: URLSearchParams;
  /** The body, decrypted where the sender encrypts; `rawQuery` where there is no body, as in a GET. */
  readonly payload: Uint8Array;
  /** Milliseconds since 1970, as `sentAt`. */
  readonly receivedAt: number;
  readonly sentAt: number | undefined;
  readonly deliveryId: string | undefined;
}

/** One thing that happened to one person. */
export interface SourceEvent {
  /** Stable over retries of the sender; unique within the source. */
  readonly id: string;
  /** The source's id of the person. Events of one subject are applied in order. */
  readonly subject: string;
  /** What happened, in the source's own words, e.g. `user.created`. */
  readonly type: string;
  /** When it happened, ISO 8601 in UTC with milliseconds. */
  readonly occurredAt: string;
  /** What `translate` needs, plain JSON. */
  readonly payload: unknown;
  /**
   * The id is made of the payload alone, which holds neither an id nor a time, so that two events may have the same payload: it is a
   * new event when something else about the person was applied in between.
   */
  readonly isUndated?: true;
}

/** What a sender says that is about no person: posted with a body, or sent with GET and a query. */
export type Ping =
  | { readonly contentType: string; readonly body: string }
  | { readonly query: Readonly<Record<string, string>> };

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** How the worker completes events that only say an id. */
export interface Fetch<Secret> {
  /**
   * The schemes and hosts of the source's API, from its secret, never from a payload: `https://…`; http for this very
   * machine only. Where the secret has an `apiHost`, it replaces each of them.
   */
  hosts(secret: Secret): ApiHosts;
  /**
   * The payload that `translate` gets: what the event says and what the source knows of the person today. Events that are
   * complete go through as they are. Throws `unavailable` when it must be retried later, e.g. because the API does not
   * show the change yet, and `misconfigured` when the source refuses our credentials.
   */
  read(event: SourceEvent, api: SourceApi<Secret>): Promise<unknown>;
  /**
   * For events that announce changes of several people ("people have changed, ask for the list"): the next page of what has changed
   * since `cursor`, which the ledger keeps for the source; `undefined` for every other event.
   */
  changedSince?(
    event: SourceEvent,
    api: SourceApi<Secret>,
    cursor: string | undefined,
  ): Promise<ChangedPage | undefined>;
  /**
   * For `npm run doctor`: whether the vendor's own webhook to this address is on, where its API says so. `undefined` where it does not
   * show that: the webhook may have been made by another user.
   *
   * @param url of our function, as the vendor was given it.
   * @throws InboundError as `read`.
   */
  isHookOn?(api: SourceApi<Secret>, url: string): Promise<boolean | undefined>;
}

/** A page of a source's list of changes. */
interface ChangedPage {
  /** One for each person, dated by what says when it happened, or when the page was asked for. */
  readonly events: readonly SourceEvent[];
  /** Where the next page begins; kept when the events of this one are queued. Absent: the cursor stays. */
  readonly cursor?: string;
  /** Nothing more has changed. */
  readonly isComplete: boolean;
}

/**
 * One person of a list, as an event about them would be: `translate` reads it once the reader has given it an id and a time.
 * `type` is the source's word for a change of what is known of a person, so that it opens no account that was closed at
 * Authing; a person that the source lists as gone becomes a leaver.
 */
export type ListedPerson = Pick<SourceEvent, "subject" | "type" | "payload"> & {
  /**
   * The source shows that the person is active, and `translate` does not say so of an event of this type, since a sender that repeats a
   * status with each edit must not open an account that an operator has closed. A roster opens the account again if this source had closed it.
   */
  readonly isActive?: true;
};

/** A page of a list of people. */
export interface ListPage {
  /** May be empty. A person may be on several pages, where the list changes while it is read. */
  readonly people: readonly ListedPerson[];
  /** Where the next page begins, for `page`; absent on the last one. */
  readonly next?: string;
  /**
   * Whether this page lets a list be called complete. `false` where the source shows that it omitted people, or one of its entries
   * could not be read. Only when every page of a list is complete, the source may be asked about a person who is not in it: such a
   * person need not have left, since a list may be older than what the source knows.
   */
  readonly isComplete: boolean;
  /** How many people the source says that the whole list has, where it does. */
  readonly total?: number;
}

/** How all people of a source are read. Each source says in its `list.ts` which people its list does not hold by the vendor's rule. */
export interface Listing<Secret> {
  /** As for `fetch`. */
  hosts(secret: Secret): ApiHosts;
  /**
   * One page. A reader may stop after any page and go on later, or elsewhere, from its `next`.
   *
   * @param cursor `next` of the page before; `undefined` for the first page.
   * @throws InboundError the failures of `fetch`: a page that cannot be read is never an empty one.
   */
  page(api: SourceApi<Secret>, cursor: string | undefined): Promise<ListPage>;
  /**
   * One person, by the source's id, in the shape of the list. `undefined` only where the source says, as its vendor documents it, that it
   * has no such person, or has deleted them: together with a person that `translate` makes a leaver, that alone proves a departure.
   *
   * @throws InboundError the failures of `fetch`.
   */
  person(api: SourceApi<Secret>, subject: string): Promise<ListedPerson | undefined>;
  /**
   * The vendor documents no answer that proves a departure: `person` never returns `undefined`, and no person who has left. Then a whole
   * staff that comes as a file is believed about who is missing, as that of a source without a list.
   */
  readonly provesNoDeparture?: true;
  /** The departments of the source, page by page, where its API has them: for `npm run departments`. */
  departments?(api: SourceApi<Secret>, cursor: string | undefined): Promise<DepartmentPage>;
}

/** How what a sender was asked for is asked for anew before it ends: a subscription, a channel. */
export interface Renewal<Secret> {
  /** As for `fetch`. */
  hosts(secret: Secret): ApiHosts;
  /**
   * Renews what ends soon. Asked about once an hour, so that it has to leave alone what still lasts; two may run at once.
   *
   * @param known what the last run returned, e.g. when it ends; `undefined` before the first one, and where a run returned nothing.
   * @throws InboundError the failures of `fetch`; the next run tries again.
   */
  run(api: SourceApi<Secret>, known: string | undefined): Promise<string | undefined>;
}

/** What translation may know beside the event: settings, never clocks or networks. */
export interface TranslationContext {
  /** ISO 3166 code of the country that a phone number without `+` belongs to, e.g. `CN`. */
  readonly region: string;
  /** Which of several ids of the source is the `externalId`, where the source lets one choose. */
  readonly externalId?: string;
  /** The source's departments at Authing; `departments` of lib/fields reads it. */
  readonly departments: DepartmentRule;
  /** Custom fields of the user pool → path in the payload. Nothing else becomes custom data. */
  readonly customData: Readonly<Record<string, string>>;
  /** The company's own labels and states → those that the source knows. */
  readonly words?: Readonly<Record<string, string>>;
  /** Whether a joiner brings the password hash that the source sends; absent: it does not. */
  readonly passwordHashes?: PasswordHashPolicy;
}

/** What the translation of rows may know beside the row. */
export interface RowContext extends TranslationContext {
  /** Departments as files write them → ids at Authing. */
  readonly departments: DepartmentMap;
  /** What the ids are that `departments` gives; absent: Authing's own. */
  readonly departmentIdType?: DepartmentIdType;
  /** The day of the upload in the company's time zone, after which no person in it was born. */
  readonly today?: CalendarDay;
}

/** What kind of system a source is; a workplace suite is one with an address book, as DingTalk. */
export type SourceKind = "aggregator" | "ats" | "hr" | "identity" | "workplace";

/** What a source is built on: the vendor's documentation, the vendor's own code or SDK, or reports of third parties. */
export type KnownFrom = "code" | "documentation" | "reports";

/**
 * How AWS itself tells of people, in place of a webhook: it invokes the source's function, with rights of IAM. Such a source has neither a
 * route nor a secret; its proof is `awsInvocation`, which takes no delivery over HTTP.
 */
interface Trigger {
  /** The principal as which AWS invokes the function, e.g. `cognito-idp.amazonaws.com`. `invokedBy` of the configuration says for which resources. */
  readonly principal: string;
  /**
   * What an invocation says: only the fields that `split` and `translate` read, so that no password or code is queued or kept.
   * `undefined` where it says nothing of a person. Pure, and never throws.
   */
  told(invocation: unknown): Readonly<Record<string, unknown>> | undefined;
}

/** 4 MiB: Lambda takes 6 MB of JSON, in which the text of a body is longer than the body, by the quotes in it. */
const largestDeliveryBytes = 4 * 1024 * 1024;

export const deliverySizeRule = "must be a whole number of bytes, from 1 byte to 4 MiB";

export function isDeliverySize(bytes: unknown): boolean {
  return Number.isSafeInteger(bytes) && (bytes as number) > 0 && (bytes as number) <= largestDeliveryBytes;
}

/** Everything there is to know about a source, in one object. */
export interface Source<Secret = never> {
  /** Its folder, its path segment, the name of its secret, its log field: lower case, digits and dashes. */
  readonly name: string;
  /** How people call it, e.g. `BambooHR`. */
  readonly title: string;
  /** Both are said by every built-in source; docs/sources.md is made of them. */
  readonly kind?: SourceKind;
  readonly knownFrom?: KnownFrom;
  /**
   * What the vendor never tells of a person. Absent: it tells of joiners, movers and leavers. Without joiners, it sends signals about people
   * that others bring: `people: "shared"`.
   */
  readonly neverTells?: readonly ("joiner" | "mover" | "leaver")[];
  /** The shape of its secret in Secrets Manager. Current and previous versions are both tried. */
  readonly secret: z.core.$ZodType<Secret>;
  /** What `externalId` of the configuration may name, where the source has several ids of a person. The first one is the default. */
  readonly externalIds?: readonly string[];
  /** How it shows who it is, over the raw bytes. */
  readonly proof: Proof<Secret>;
  /** Seconds over which the sender repeats a delivery it got no 2xx for; duplicates are known for at least that long. */
  readonly redeliversForSeconds: number;
  /** For a sender whose deliveries may be larger than the 1 MiB that is taken of any other; at most `largestDeliveryBytes`. */
  readonly maxDeliveryBytes?: number;
  /** For a source that AWS itself invokes. `split` then reads what `told` returns, as JSON, and reads the same of the whole. */
  readonly trigger?: Trigger;
  /**
   * Answers an exchange that only checks the URL, before the proof is asked: such exchanges are proven in ways of their own,
   * or only by a token. `undefined` for any other delivery, and for one that does not prove itself; save where the vendor sends the check
   * before there is a secret: then the reply says nothing which the request does not say. No side effects.
   */
  handshake?(delivery: Delivery, secret: Secret): Reply | undefined;
  /**
   * Fields of the secret that a delivery brings, for a sender that makes the secret itself and posts it before anything is
   * signed; `undefined` for any other delivery. Asked only while the source has no secret that could prove anything. What it
   * returns is unproven: it is kept for the operator, who finishes with `npm run enrol`. Pure.
   */
  enrol?(delivery: Delivery): Readonly<Record<string, string>> | undefined;
  /**
   * Headers that `split` reads beside `content-type`, in lower case. Headers that hold proofs or secrets are refused here:
   * what is named here is kept with a delivery that cannot be read.
   */
  readonly readsHeaders?: readonly string[];
  /**
   * The events in a delivery. Pure. Throws `InboundError` `malformed` for a body it cannot read; one event among others
   * that it cannot read is such an error in the list, and the others go on.
   */
  split(delivery: VerifiedDelivery): readonly (SourceEvent | InboundError)[];
  /** The answer to a delivery whose events are safely queued; `delivery` is the request as it came. Without it: 202, no body. */
  acknowledge?(verified: VerifiedDelivery, secret: Secret, delivery: Delivery): Reply;
  /**
   * The answer to a delivery whose proof did not hold, for a sender whose standard words it: a 4xx that says what `reason` says, and no
   * value. Without it: 401, no body.
   */
  refuse?(refused: Pick<RefusedProof, "reason" | "differs">): Reply;
  /** For events that name the person and not what changed: asks the source for the rest, behind the queue. */
  readonly fetch?: Fetch<Secret>;
  /** All people of the source, page by page, where its API has such a list. */
  readonly list?: Listing<Secret>;
  /** For a sender that sends for a time only, until it is asked again. */
  readonly renew?: Renewal<Secret>;
  /**
   * A delivery that is about no person, for `npm run doctor`: it signs this with the secret in use and sends it to what is
   * deployed. No change may come of it. A body is posted; a query is sent with GET.
   */
  readonly ping?: Ping;
  /**
   * What an event means. Pure: no clock, no I/O. `[]` when it says nothing about a person's account; throws `InboundError` `malformed` when
   * its meaning is unknown.
   */
  translate(event: SourceEvent, context: TranslationContext): Change[];
}

/**
 * The parts of a source that receiving needs. The meaning of an event is not among them: this bundle has neither `fetch`, `list`,
 * `renew` nor `translate`.
 */
export type Receiver<Secret = never> = Omit<
  Source<Secret>,
  "fetch" | "list" | "renew" | "translate" | "ping"
>;

/** A source of the operator's own, defined in `inbound.config.ts`: its key there is its name. */
export type OwnSource<Secret = unknown> = Omit<Source<Secret>, "name">;

/** Types a source's definition and refuses a wrong one while it is built. */
export function defineSource<Secret>(source: Source<Secret>): Source<Secret>;
export function defineSource<Secret>(source: OwnSource<Secret>): OwnSource<Secret>;
export function defineSource<Secret>(source: OwnSource<Secret> & { readonly name?: string }) {
  if (source.name !== undefined && !isSourceName(source.name)) {
    throw new TypeError(`source name "${source.name}": ${sourceNameRule}`);
  }
  if (!(source.redeliversForSeconds > 0)) {
    throw new TypeError(
      `source "${source.name ?? source.title}": redeliversForSeconds must be above 0: for how long does the sender repeat a delivery?`,
    );
  }
  if (source.maxDeliveryBytes !== undefined && !isDeliverySize(source.maxDeliveryBytes)) {
    throw new TypeError(`source "${source.name ?? source.title}": maxDeliveryBytes ${deliverySizeRule}`);
  }
  for (const header of source.readsHeaders ?? []) {
    if (isKeepableHeader(header)) continue;
    throw new TypeError(
      `source "${source.name ?? source.title}": readsHeaders "${header}": ${keepableHeaderRule}`,
    );
  }
  return source;
}
