import { isDeepStrictEqual } from "node:util";
import * as z from "zod/mini";
import type { Change, Create, Trail, Update } from "#lib/contract/change.ts";
import { isDepartmentsBy, type DepartmentRule } from "#lib/contract/departments.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { PersonMap, Scope, ToldPerson } from "#lib/contract/people-rules.ts";
import { CreateUserInfoDto } from "#lib/contract/person.ts";
import type { OutOfScopePolicy } from "#lib/contract/policies.ts";
import type { SourceEvent } from "#lib/contract/source.ts";
import { maxDepartments } from "#lib/fields/departments.ts";
import { canLogIn } from "#lib/fields/person.ts";

// What the configuration says of the people of a source (`scope`, `map`, `departments: { by }`), applied to what `translate` made of an
// event. Everything that reads people from a source goes through here: events, rosters, and one person who is asked about.

export interface PeopleRules {
  readonly scope?: Scope;
  readonly outOfScope: OutOfScopePolicy;
  readonly map?: PersonMap;
  readonly departments: DepartmentRule;
}

/** Of a source about whose people the configuration says nothing. */
export const noRules: PeopleRules = { outOfScope: "keep", departments: {} };

/** A person that a source is not to bring. */
export interface OutOfScope {
  /** `leave`: if the source has brought the person, the person leaves. */
  readonly policy: OutOfScopePolicy;
  /** Our id of the person, as the event says it. */
  readonly externalId?: string;
}

/** What is left of an event's changes. */
export interface Ruled {
  readonly changes: readonly Change[];
  /** The event is about a person out of scope: only a departure is left of it. */
  readonly outOfScope?: OutOfScope;
}

/** More text than any person at Authing has, in characters of JSON. */
const maxPersonLength = 256 * 1024;
const configuration = "inbound.config.ts";

/**
 * Applies the rules of a source to what an event means. A departure is always taken: it may be of a person who was in scope before.
 *
 * @throws InboundError `malformed` `scope-failed`, `map-failed` where a function of the configuration throws or answers later;
 *   `map-result-wrong` with the field for a person that Authing does not take. None of them holds what the function has said.
 */
export function ruled(
  source: string,
  changes: readonly Change[],
  event: SourceEvent,
  rules: PeopleRules,
): Ruled {
  const { scope, map, departments } = rules;
  const told = changes.filter((change) => "person" in change);
  if (scope) {
    const outside = told.filter((change) => !isInScope(source, change, event, scope));
    if (outside.length > 0) {
      // What an event leaves unsaid may be what decides: such a person has not left.
      const isKnownWhole = outside.every((change) => toldOf(change, event).isWhole);
      const externalId = outside.find(({ person }) => person.externalId !== undefined)?.person.externalId;
      return {
        changes: changes.filter(({ kind }) => kind === "leave"),
        outOfScope: {
          policy: isKnownWhole ? rules.outOfScope : "keep",
          ...(externalId !== undefined && { externalId }),
        },
      };
    }
  }
  return {
    changes: changes.map((change) => {
      if (!("person" in change)) return change;
      const mapped = map ? mappedOf(source, change, event, map) : change;
      return isDepartmentsBy(departments) && mapped.person.departmentIds !== undefined
        ? { ...mapped, options: { ...mapped.options, departmentIdType: departments.by } }
        : mapped;
    }),
  };
}

/** The person of a change, as whole as the event tells of them. */
function toldOf(change: Create | Update, { payload }: SourceEvent): ToldPerson {
  const { whole } = change;
  const isWhole =
    change.kind === "create" || change.complete || change.lacksLogin === true || whole !== undefined;
  return { person: frozen(whole ?? change.person), isWhole, payload: frozen(payload) };
}

function isInScope(source: string, change: Create | Update, event: SourceEvent, scope: Scope): boolean {
  const answer = called(() => scope(toldOf(change, event)), "scope-failed", source, "scope");
  if (typeof answer === "boolean") return answer;
  throw failed("scope-failed", source, "scope", "it has to return true or false, and at once");
}

function mappedOf<Told extends Create | Update>(
  source: string,
  change: Told,
  event: SourceEvent,
  map: PersonMap,
): Told {
  const { id, subject, type, occurredAt } = event;
  const about = { payload: frozen(event.payload), event: { id, subject, type, occurredAt } };
  const isWhole = toldOf(change, event).isWhole;
  const of = (person: CreateUserInfoDto, whole: boolean) =>
    checked(
      source,
      person,
      called(() => map({ person: frozen(person), isWhole: whole, ...about }), "map-failed", source, "map"),
    );
  const { whole } = change;
  const person = of(change.person, isWhole && whole === undefined);
  const mappedWhole = whole && of(whole, true);
  // A person without a field to sign in with may have been given one.
  const hasLogin = "lacksLogin" in change && canLogIn(mappedWhole ?? person);
  return {
    ...change,
    person,
    ...(mappedWhole && { whole: mappedWhole }),
    ...(hasLogin && { complete: true }),
    trail: trailOf(change.person, person, change.trail),
  };
}

/** The person that `map` returned, as a value of its own. */
function checked(source: string, before: CreateUserInfoDto, returned: unknown): CreateUserInfoDto {
  if (typeof returned !== "object" || returned === null || Array.isArray(returned)) {
    throw failed("map-failed", source, "map", "it has to return a person, and at once");
  }
  if ("then" in returned)
    throw failed("map-failed", source, "map", "it has to return a person, not a promise");
  const { success, data, error } = z.safeParse(CreateUserInfoDto, copyOf(source, returned));
  if (!success) throw wrong(source, pathOf(error));
  if (data.externalId !== before.externalId) {
    throw wrong(
      source,
      "externalId",
      "every event about a person has to say the same id: choose another one with externalId of the source",
    );
  }
  if ((data.departmentIds?.length ?? 0) > maxDepartments) throw wrong(source, "departmentIds");
  return data;
}

/** As JSON has it, which is how it goes to Authing: without what is undefined. */
function copyOf(source: string, returned: object): unknown {
  let text: string | undefined;
  try {
    text = JSON.stringify(returned);
  } catch {
    throw wrong(source, "", "it holds what JSON cannot hold");
  }
  if (text === undefined || text.length > maxPersonLength) throw wrong(source, "");
  return JSON.parse(text);
}

function pathOf({ issues: [issue] }: z.core.$ZodError): string {
  const keys =
    issue?.code === "unrecognized_keys" ? [...issue.path, issue.keys[0] ?? ""] : (issue?.path ?? []);
  // A key of custom data may be a person's own.
  return keys.map(String).slice(0, 2).join(".").slice(0, 64);
}

/** A field that `map` made or changed says so. */
function trailOf(before: CreateUserInfoDto, after: CreateUserInfoDto, trail: Trail): Trail {
  const values = (person: CreateUserInfoDto) => person as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.keys(after).flatMap((field) => {
      const isSame = isDeepStrictEqual(values(before)[field], values(after)[field]);
      const origin = isSame ? trail[field] : `${configuration} · map`;
      return origin === undefined ? [] : [[field, origin]];
    }),
  );
}

/** What a function throws may quote a person, so nothing of it is kept. */
function called<Answer>(
  call: () => Answer,
  reason: "scope-failed" | "map-failed",
  source: string,
  name: string,
): Answer {
  try {
    return call();
  } catch {
    throw failed(reason, source, name, "it throws: npm run translate shows with which body");
  }
}

function failed(
  reason: "scope-failed" | "map-failed",
  source: string,
  name: string,
  hint: string,
): InboundError {
  return new InboundError("malformed", reason, { path: `${configuration} sources.${source}.${name}`, hint });
}

function wrong(
  source: string,
  field: string,
  hint = "lib/contract/person.ts has the fields of a person",
): InboundError {
  const path = [`${configuration} sources.${source}.map`, field].filter(Boolean).join(" → ");
  return new InboundError("malformed", "map-result-wrong", { path, hint });
}

/** Frozen at every level: a function that changes what it is given would change it for everybody. */
function frozen<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
}
