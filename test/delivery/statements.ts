import type { Change } from "#lib/contract/change.ts";
import { tellsOf, type Kind, type Statement } from "#infra/prove/statement.ts";
import * as fc from "../properties.ts";
import { personOf, told, type Message } from "./world.ts";

// What two sources say about a few people: random, and true when it is said. Each statement has a rank, its place in the order in
// which things happened; it may be delivered in any order.

export type SourceName = "hr" | "idp";
export const sources = ["hr", "idp"] as const;

/** A draw: what `statementsOf` makes a statement of. */
export interface Draw {
  readonly source: SourceName;
  readonly person: number;
  readonly kind: Kind;
  /** Which fields an update tells: a bit each. */
  readonly fields: number;
  /** How many days ahead a day lies. */
  readonly days: number;
  /** Its place among all. */
  readonly place: number;
  /** A mapping bug makes it dead until the operator redrives it. */
  readonly isBroken: boolean;
}

/**
 * The people, by number. Both sources speak about 0, 1 and 2. The others are HR's alone: 3 gets another id of ours; 4 gets another
 * id at HR, which is ours as well; 5 gives up an e-mail address that 6 takes; 7 gets the id that 3 had; 8 has a first day.
 */
export const cast = { common: 3, renamed: 3, moved: 4, giver: 5, taker: 6, heir: 7, later: 8 } as const;

/** What may be said about which person, beside updates. */
const kindsOf: Readonly<Record<number, readonly Kind[]>> = {
  [cast.renamed]: [
    "create",
    "complete",
    "edit",
    "open",
    "close",
    "leave",
    "leave-later",
    "withdraw",
    "rename",
  ],
  [cast.moved]: ["create", "complete", "close", "open", "leave", "rename"],
  [cast.giver]: ["create", "complete", "rename"],
  [cast.taker]: ["create", "complete"],
  [cast.later]: ["create-later", "complete", "edit", "open", "close", "leave", "leave-later", "withdraw"],
};

const addressGivenUp = "the-address@example.com";
const firstDay = Date.UTC(2026, 2, 2);
const dayIn = (days: number) => new Date(firstDay + days * 86_400_000).toISOString().slice(0, 10);

export const drawn = (departures: number, people: fc.Arbitrary<number>): fc.Arbitrary<Draw> =>
  fc.record({
    source: fc.constantFrom(...sources),
    person: people,
    kind: fc.oneof(
      { weight: 8, arbitrary: fc.constant<Kind>("create") },
      { weight: 8, arbitrary: fc.constant<Kind>("update") },
      { weight: 4, arbitrary: fc.constant<Kind>("complete") },
      { weight: 4, arbitrary: fc.constant<Kind>("edit") },
      { weight: 3, arbitrary: fc.constant<Kind>("open") },
      { weight: departures, arbitrary: fc.constant<Kind>("leave") },
      { weight: departures / 2, arbitrary: fc.constant<Kind>("close") },
      { weight: departures / 2, arbitrary: fc.constant<Kind>("leave-later") },
      { weight: 2, arbitrary: fc.constant<Kind>("withdraw") },
      { weight: 3, arbitrary: fc.constant<Kind>("import-otp") },
      { weight: 2, arbitrary: fc.constant<Kind>("create-with-otp") },
      { weight: 4, arbitrary: fc.constant<Kind>("rename") },
      { weight: 1, arbitrary: fc.constant<Kind>("create-later") },
    ),
    fields: fc.integer({ min: 1, max: 7 }),
    days: fc.nat({ max: 3 }),
    place: fc.nat({ max: 1_000 }),
    isBroken: fc.integer({ min: 0, max: 15 }).map((value) => value === 0),
  });

/** Statements of these draws, in the order of the draws; no two happen at the same moment. */
export function statementsOf(draws: readonly Draw[]): Statement[] {
  const byPlace = draws
    .map((_, index) => index)
    .toSorted((one, other) => (draws[one]?.place ?? 0) - (draws[other]?.place ?? 0) || one - other);
  const teller = storyteller();
  const told = byPlace.map((index, rank) => ({ index, statement: teller(draws[index] as Draw, rank) }));
  return told.toSorted((one, other) => one.index - other.index).map(({ statement }) => statement);
}

/** Tells one draw after the other, as things happen: later statements are true of what earlier ones brought about. */
function storyteller(): (draw: Draw, rank: number) => Statement {
  const renamed = new Set<number>();
  const closed = new Map<string, boolean>();

  return (draw, rank) => {
    const { person } = draw;
    const source = person < cast.common ? draw.source : "hr";
    const kind = kindFor(person, draw.kind, renamed);
    if (kind === "rename") renamed.add(person);
    const isMoved = person === cast.moved && renamed.has(person);
    const number = person === cast.moved ? "4a" : person;
    const subject = isMoved && kind !== "rename" ? "hr-4b" : `${source}-${number}`;
    const voice = `${source}#${person}`;
    const words = wordsOf({ ...draw, source, kind, rank }, renamed, closed.get(voice) ?? false);
    const { changes, ...meaning } = words;
    if (words.access !== undefined && kind !== "leave-later") closed.set(voice, words.access === "closed");
    const payload = draw.isBroken ? ({ broken: true } as const) : {};
    const message = told(source, `${kind}-${rank}`, subject, rank, changes, payload);
    const isAnnounced = kind === "leave-later";
    return { source, person, kind, rank, message, tells: tellsOf(changes), isAnnounced, ...meaning };
  };
}

interface Words extends Pick<Statement, "brings" | "access" | "secret"> {
  readonly changes: readonly Change[];
}

/** What a statement means. `isClosed`: what its source has said of the person's access until then. */
function wordsOf(
  { source, person, kind, rank, fields, days }: Draw & { readonly rank: number },
  renamed: ReadonlySet<number>,
  isClosed: boolean,
): Words {
  const externalId = idOf(person, renamed.has(person));
  const value = `${source}-${rank}`;
  const whole = personOf(externalId, {
    name: `张三 ${person}`,
    email: addressOf(person, renamed),
    nickname: value,
  });
  const ofHr = source === "hr";
  const place = ofHr ? { city: value, departmentIds: [value] } : { company: value };
  const some = {
    ...(fields & 1 && { nickname: value }),
    ...(fields & 2 && place),
    ...(fields & 4 && { customData: { [ofHr ? "title" : "badge"]: value } }),
  };
  // An identity provider deletes a person by its own id alone.
  const who = !ofHr && kind.startsWith("leave") ? {} : { externalId };
  const secret = secretOf(rank);
  const otp = { kind: "import-otp", who, otp: { secret } } as const;
  const create = { kind: "create", person: whole, trail: {} } as const;
  const update = { kind: "update", who, person: some, complete: false, trail: {} } as const;
  switch (kind) {
    case "create":
      return { changes: [create], access: "open", brings: true };
    case "create-later":
      return { changes: [{ ...create, firstDay: dayIn(days + 1) }], access: "open", brings: true };
    case "create-with-otp": {
      // In either of the two places where it may stand.
      const inOne = { ...create, person: { ...whole, otp: otp.otp } };
      return { changes: rank % 2 === 0 ? [create, otp] : [inOne], access: "open", brings: true, secret };
    }
    case "update":
      return { changes: [update], brings: false };
    case "complete": {
      const isMoved = person === cast.moved && renamed.has(person);
      const complete = { ...update, person: { ...whole, ...some }, complete: true };
      return { changes: [{ ...complete, ...(isMoved && { createsAfterSeconds: 3600 }) }], brings: true };
    }
    case "edit": {
      // Some senders repeat the status with every edit.
      const status = isClosed ? "Suspended" : "Activated";
      const edit = { ...update, person: { ...some, status } } as const;
      return { changes: [edit], access: isClosed ? "closed" : "open", brings: false };
    }
    case "open":
    case "close": {
      const status = kind === "open" ? "Activated" : "Suspended";
      const change = { ...update, person: { ...(days === 0 && some), status } } as const;
      return { changes: [change], access: kind === "open" ? "open" : "closed", brings: false };
    }
    case "leave":
      return { changes: [{ kind: "leave", who }], access: "closed", brings: false };
    case "leave-later":
      return { changes: [{ kind: "leave", who, lastDay: dayIn(days) }], access: "closed", brings: false };
    case "withdraw":
      return { changes: [{ ...update, departure: "none" }], brings: false };
    case "import-otp":
      return { changes: [otp], brings: false, secret };
    case "rename": {
      if (person === cast.giver)
        return { changes: [{ ...update, person: whole, complete: true }], brings: true };
      const rename = { ...update, person: { externalId } };
      const isMoved = person === cast.moved;
      const moved = { ...rename, who: { externalId: "4a" }, newSubject: "hr-4b" };
      return { changes: [isMoved ? moved : rename], brings: false };
    }
  }
}

function kindFor(person: number, kind: Kind, renamed: ReadonlySet<number>): Kind {
  if (person < cast.common) return kind === "rename" || kind === "create-later" ? "update" : kind;
  const allowed = kindsOf[person] ?? [];
  if (person === cast.later && kind.startsWith("create")) return "create-later";
  if (!allowed.includes(kind)) return "update";
  if (kind === "rename" && renamed.has(person)) return "update";
  // Who was moved to another id is known by it: they are not brought once more.
  return kind === "create" && person === cast.moved && renamed.has(person) ? "complete" : kind;
}

function idOf(person: number, isRenamed: boolean): string {
  if (person === cast.moved) return isRenamed ? "4b" : "4a";
  if (person === cast.renamed && isRenamed) return "3b";
  return person === cast.heir ? "3" : String(person);
}

/** The address of 5 is that of 6 once 5 has given it up. */
function addressOf(person: number, renamed: ReadonlySet<number>): string {
  const isGivenUp = renamed.has(cast.giver);
  if (person === cast.giver) return isGivenUp ? "p5@example.com" : addressGivenUp;
  if (person === cast.taker) return isGivenUp ? addressGivenUp : "p6@example.com";
  return `p${person}@example.com`;
}

/** A TOTP secret that tells its rank. */
const secretOf = (rank: number) =>
  `JBSWY3DPEHPK3PXP${String.fromCharCode(65 + (rank % 26))}${rank < 26 ? "AAAAAAA" : "BBBBBBB"}`;

/** 7 is given the id that 3 had. */
export const heir = (rank: number): Message =>
  told("hr", `create-${rank}`, "hr-7", rank, [
    { kind: "create", person: personOf("3", { name: "张三 7", email: "p7@example.com" }), trail: {} },
  ]);
