import type { UserDto } from "#lib/authing/dto.ts";
import type { EventRecord, Ledger, PersonRecord } from "#lib/contract/ledger.ts";
import type { PeoplePolicy } from "#lib/contract/policies.ts";
import { textOf, type Statement } from "./statement.ts";

// A small reference: what the statements of each source come to in the order in which they happened, whatever order they were
// delivered in. Where the outcome may depend on the order, it says on what, and only that is allowed.

/** What is known of a person in the end. */
export interface End {
  /** Everything that was said about the person. */
  readonly said: readonly Told[];
  /** What has happened to the person without being told: what the worker reads may show it. */
  readonly unsent: readonly Statement[];
  readonly user: UserDto | undefined;
  readonly secret: string | undefined;
  readonly known: PersonRecord | undefined;
  /** Whether a departure deletes accounts, by the policy of its source. */
  readonly deletes: (source: string) => boolean;
  /** Of each source that is switched on. */
  readonly policies: Readonly<Record<string, PeoplePolicy>>;
}

/** A statement and what became of it. */
export interface Told extends Statement {
  readonly record: EventRecord;
}

const byRank = (one: Statement, other: Statement) => one.rank - other.rank;
const isLeaving = ({ kind }: Statement) => kind === "leave" || kind === "leave-later";

/** Sources that may speak about a person: who brought them, and who speaks about the same people as others. */
const speakersOf = ({ known, policies }: End): readonly string[] =>
  Object.keys(policies).filter(
    (source) => policies[source] === "shared" || known === undefined || known.owner === source,
  );

/** What an operator has decided against, or has not decided yet, was not said; nor was what a later run over the list decides anew. */
function counts({ record: { outcome } }: Told): boolean {
  const isAnew = outcome.kind === "superseded" && /\/roster\/[^/]+$/.test(outcome.by ?? "");
  return outcome.kind !== "held" && outcome.kind !== "dead" && outcome.reason !== "discarded" && !isAnew;
}

/**
 * What a source says of access last: joiners, departures and status words alike. An announced departure counts unless it was
 * withdrawn; what is said of access after it was announced makes it lapse.
 */
function accessOf(said: readonly Told[]): Told | undefined {
  const withdrawn =
    said
      .filter(({ kind }) => kind === "withdraw")
      .toSorted(byRank)
      .at(-1)?.rank ?? -1;
  return said
    .filter(({ access, isAnnounced, rank }) => access !== undefined && !(isAnnounced && rank < withdrawn))
    .toSorted(byRank)
    .at(-1);
}

/**
 * What was said of a person who had left before anything else was heard of them makes no account for the sake of closing it: it is
 * gone when they come back. Only while there was no account.
 */
export function isGone(name: string, { record, tells }: Told): boolean {
  const { kind, reason } = record.outcome;
  const isLate = kind === "superseded" || reason === "person-has-left";
  const onlyCloses = kind === "already-done" && reason === "user-unknown" && name in tells;
  return onlyCloses || (isLate && record.superseded?.[name] === undefined);
}

/** Whether what the worker read for an event may be what happened later: only the newest is read as it was said. */
export const isPassed = (told: Statement, said: readonly Statement[]): boolean =>
  told.isRead === true && said.some(({ source, rank }) => source === told.source && rank > told.rank);

/** Whether the newest statement of a name may not hold, by what else its source has said of the person, or shown. */
function isUnsure(told: Told, name: string, own: readonly Told[], unsent: readonly Statement[]): boolean {
  if (told.isTied || isPassed(told, [...own, ...unsent])) return true;
  if (!told.unchanged) return false;
  const older = own.filter(({ rank }) => rank < told.rank);
  const speaksOf = ({ access, tells }: Statement) =>
    name === "access" ? access !== undefined : name in tells;
  // Nothing is noted of what a list finds unchanged: what is older and comes after it counts, until the next list.
  const isFollowed = older.some(
    (each) => (each.isRead || speaksOf(each)) && each.record.settledAt > told.record.settledAt,
  );
  // A list that shows a person who had left, and not that they are back, is about one who is gone; so is one who has left since.
  const isGoneBefore = told.access === undefined && older.some(({ access }) => access === "closed");
  const isGoneAfter = own.some(({ access, rank }) => access === "closed" && rank > told.rank);
  return isFollowed || isGoneBefore || (isGoneAfter && name !== "access");
}

/** Whether an event after the last word about access may have shown what came after, and was not told. */
const mayHaveShown = (
  last: Told | undefined,
  own: readonly Told[],
  unsent: readonly Statement[],
): boolean => {
  const rank = last?.rank ?? -1;
  return (
    own.some((each) => each.isRead && each.rank > rank) &&
    unsent.some((each) => each.source === own[0]?.source && each.rank > rank && each.access !== undefined)
  );
};

/** Our id of a person is no news where nothing else is left of an event. */
const isSameId = (name: string, { tells }: Told, known: PersonRecord | undefined): boolean =>
  name === "externalId" && tells[name] === known?.externalId;

/** The rules that do not hold for a person. */
export function brokenFor(person: number, end: End): string[] {
  const { said, unsent, user } = end;
  const broken: string[] = [];
  const rule = (holds: boolean, name: string) => void (holds || broken.push(`${person}: ${name}`));
  const speakers = speakersOf(end);
  const bySource = Object.keys(end.policies).map((source) => ({
    source,
    maySpeak: speakers.includes(source),
    own: said.filter((each) => each.source === source && counts(each)),
  }));

  // When the ledger learned of the account.
  const bringer = said.find(({ record: { source, id } }) => end.known?.createdBy === `${source}/${id}`);
  const came = [user?.createdAt ?? "", bringer?.record.settledAt ?? ""].toSorted()[1] ?? "";
  const renamed = said.find(({ kind }) => kind === "rename");
  for (const told of said) {
    const holds = mayBeRefused(told, end, speakers);
    rule(holds, `${told.source}/${told.message.event.id} is not ${told.record.outcome.reason}`);
    const names = isPassed(told, [...said, ...unsent])
      ? []
      : Object.keys(told.tells).filter((name) => isGone(name, told) && !isSameId(name, told, end.known));
    // Under its new id a person is not known before the event that says so.
    const isUnderNewId = renamed !== undefined && told.record.subject !== renamed.record.subject;
    const knownSince = isUnderNewId ? renamed.record.settledAt : "";
    const wasAway = user === undefined || [came, knownSince].some((at) => at >= told.record.settledAt);
    const hadLeft = said.some((other) => other.source === told.source && isLeaving(other));
    rule(
      names.length === 0 || (wasAway && hadLeft),
      `${told.message.event.id} is superseded by what tells ${names.join(", ")}`,
    );
  }

  // Access.
  const voices = bySource.filter(({ maySpeak }) => maySpeak).map(({ own }) => ({ own, last: accessOf(own) }));
  // What was read for it may be what happened later.
  const isSure = voices.every(
    ({ own, last }) =>
      (last === undefined || !isUnsure(last, "access", own, unsent)) && !mayHaveShown(last, own, unsent),
  );
  const closing = voices.filter(({ last }) => last?.access === "closed");
  // There was no account to close when it came: what another source brings later is not closed by it.
  const hasClosed = closing.filter(({ last }) => last?.record.outcome.reason !== "user-unknown");
  const isOpen = user?.status === "Activated";
  rule(!isSure || hasClosed.length === 0 || !isOpen, "no account is open that should be closed");
  const opening = voices.filter(({ last }) => last?.access !== "closed");
  const isBrought = opening.some(({ own }) =>
    own.some(({ brings, record }) => brings && record.outcome.kind !== "rejected"),
  );
  // After a departure a status alone brings no person back who is not there: an account was deleted, or was never made.
  const cannotReturn = opening.some(({ own, last }) => own.some(isLeaving) && last?.brings !== true);
  const leftFirst = opening.some(({ own }) => own.some((told) => isGone("access", told)));
  if (isSure && closing.length === 0 && isBrought) {
    rule(
      isOpen || (user === undefined && (cannotReturn || leftFirst)),
      "no account is closed that should be open",
    );
  }
  const isShown = said.some(({ isRead }) => isRead) && unsent.some(({ brings }) => brings);
  rule(user === undefined || isBroughtBy(said) || isShown, "no person is there that no source brought");

  // Fields.
  const hasBeenDeleted = said.some((told) => isLeaving(told) && end.deletes(told.source));
  const names = new Set(said.flatMap(({ tells }) => Object.keys(tells)));
  names.delete("externalId");
  const shown = user && fieldsOf(user);
  for (const name of shown ? names : []) {
    const value = shown?.[name];
    // What has created the account may have been cut off after it, and have another outcome.
    const allowed = new Set<string | undefined>(
      bringer ? [bringer.tells[name], bringer.whole?.[name]].filter((each) => each !== undefined) : [],
    );
    let isSure = false;
    for (const { source, maySpeak, own } of bySource) {
      if (!maySpeak) continue;
      const telling = own
        .filter((told) => name in told.tells && !isGone(name, told))
        .toSorted(byRank)
        .toReversed();
      // An account is made of all that is known of the person.
      for (const { whole } of own) if (whole && name in whole) allowed.add(whole[name]);
      // An earlier event may have read what this one would have told.
      for (const told of own) if (told.isRead && isGone(name, told)) allowed.add(told.tells[name]);
      if (own.some(({ isRead }) => isRead))
        for (const { source: by, tells } of unsent) if (by === source) allowed.add(tells[name]);
      for (const told of telling) {
        allowed.add(told.tells[name]);
        const isRefused = told.record.outcome.kind === "rejected";
        // The joiner of a source that did not bring the person says that they are there; more only if it was not its first word.
        const isFirst = told.kind.startsWith("create") && end.known?.owner !== source;
        if (isRefused || isFirst || isUnsure(told, name, own, unsent) || hasBeenDeleted) continue;
        isSure = true;
        break;
      }
    }
    // The pool shows `U` of a person whose gender it was not told.
    if (!isSure) allowed.add(undefined).add(name === "gender" ? "U" : undefined);
    // Who leaves loses them.
    if (name === "departments" && (said.some(isLeaving) || said.some(({ access }) => access === "closed")))
      continue;
    rule(allowed.has(value), `${name} is ${value}, which is none of ${[...allowed].join(", ")}`);
  }
  return broken.concat(brokenSecret(person, end, speakers, hasBeenDeleted));
}

const isBroughtBy = (said: readonly Told[]) => said.some(({ brings }) => brings);

function brokenSecret(
  person: number,
  { said, secret, user }: End,
  speakers: readonly string[],
  hasBeenDeleted: boolean,
) {
  const secrets = said.filter((told) => told.secret !== undefined && counts(told));
  if (!user || secrets.length === 0) return [];
  const newest = speakers.flatMap((source) => {
    const own = secrets
      .filter((told) => told.source === source && !isGone("otp", told))
      .toSorted(byRank)
      .toReversed();
    const sure = own.findIndex(({ record }) => record.outcome.kind !== "rejected");
    return sure === -1 ? own : own.slice(0, sure + 1);
  });
  const isSure = newest.some(({ record }) => record.outcome.kind !== "rejected") && !hasBeenDeleted;
  const allowed = newest.map((told) => told.secret);
  const holds = secret === undefined ? !isSure : allowed.includes(secret) || hasBeenDeleted;
  return holds ? [] : [`${person}: the second factor is the one that was told last`];
}

/** Whether a refusal is right, in the end: what was refused for a moment is redriven before the end. */
function mayBeRefused(told: Told, end: End, speakers: readonly string[]): boolean {
  const { kind, reason } = told.record.outcome;
  if (kind !== "rejected" || reason === "discarded") return true;
  const others = end.said.filter(({ source }) => source !== told.source);
  switch (reason) {
    case "person-of-another-source":
      return !speakers.includes(told.source) && end.policies[told.source] === "own";
    case "user-unknown":
      return end.user === undefined || !speakers.includes(told.source);
    case "account-not-active":
    case "user-not-created":
      return others.some(({ access }) => access === "closed");
    default:
      return false;
  }
}

/** The fields of an account under the names of the ledger. */
function fieldsOf(user: UserDto): Record<string, string | undefined> {
  const {
    customData = {},
    departmentIds,
    ...fields
  } = user as unknown as Record<string, unknown> & {
    customData?: Record<string, string>;
    departmentIds?: string[];
  };
  const texts = (values: object) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, textOf(value)]));
  return {
    ...texts(fields),
    ...texts(
      Object.fromEntries(Object.entries(customData).map(([name, value]) => [`customData.${name}`, value])),
    ),
    departments: departmentIds?.length ? departmentIds.join() : undefined,
  };
}

/** What the ledger says is what is there. */
export async function brokenLedger(users: readonly UserDto[], ledger: Ledger): Promise<string[]> {
  const broken: string[] = [];
  for (const { externalId = "", userId, status } of users) {
    const known = await ledger.person(externalId);
    if (known?.userId !== userId) broken.push(`the ledger knows ${externalId}`);
    if (known?.externalId !== externalId) broken.push(`the ledger knows the id of ${externalId}`);
    if ((known?.closedBy === undefined) !== (status === "Activated")) {
      broken.push(`the ledger knows who closed ${externalId}`);
    }
  }
  return broken;
}
