import type { Dropped, Trail } from "#lib/contract/change.ts";
import type { CreateUserInfoDto } from "#lib/contract/person.ts";
import type { Encoded } from "./encode.ts";
import { recordMaker, type RecordMaker } from "./record-maker.ts";

/** A person out of what the encoders made, and where each field came from. */
export interface Assembled {
  readonly person: Partial<CreateUserInfoDto>;
  readonly trail: Trail;
  readonly dropped: readonly Dropped[];
}

/** Puts people together, one after the other. */
export interface Assembly {
  /** Begins a person: nothing of the one before is left, also where that one was not ended. */
  begin(): void;
  /** Takes what an encoder made. Of a field that was there before, the earlier one stays. */
  add(encoded: Encoded): void;
  /** Takes one field. */
  set(field: keyof CreateUserInfoDto, value: unknown, path: string, rule: string): void;
  /** Notes why a value is not used. */
  drop(path: string, problem: string): void;
  /** The person since `begin`. */
  end(): Assembled;
}

/**
 * The origin of a field, behind those of the fields before it: a tree, in which people with the same fields from the same places end at the
 * same origin. Most people of a file do, so that they share a trail, and a constructor.
 */
interface Origin {
  readonly field: string;
  readonly path: string;
  readonly rule: string;
  readonly before: Origin | undefined;
  /** Those that followed it so far. One whose field is there before leads back. */
  readonly after: { readonly origin: Origin; readonly leadsTo: Origin }[];
  shape: Shape | undefined;
}

/** What all people with the same origins have in common. */
interface Shape {
  readonly trail: Trail;
  readonly personOf: RecordMaker<unknown>;
}

/** A file whose records all have fields of their own shares less. */
const mostKept = 4096;
const mostAfterOne = 64;

const nothingDropped: readonly Dropped[] = [];

export function assembly(): Assembly {
  const none: Origin = originOf("", "", "", undefined);
  let kept = 0;
  let last = none;
  let values: unknown[] = [];
  let dropped: Dropped[] | undefined;

  const follow = (field: string, path: string, rule: string): Origin => {
    const { after } = last;
    for (const { origin, leadsTo } of after)
      if (origin.field === field && origin.path === path && origin.rule === rule) return leadsTo;
    const origin = originOf(field, path, rule, last);
    const leadsTo = has(last, field) ? last : origin;
    if (kept < mostKept && after.length < mostAfterOne) {
      kept += 1;
      after.push({ origin, leadsTo });
    }
    return leadsTo;
  };
  const set = (field: string, value: unknown, path: string, rule: string) => {
    const next = follow(field, path, rule);
    if (next === last) return;
    values.push(value);
    last = next;
  };
  const drop = (path: string, problem: string) => void (dropped ??= []).push({ path, problem });

  return {
    begin() {
      last = none;
      values = [];
      dropped = undefined;
    },
    set,
    drop,
    add({ fields, path, rule, problem }) {
      if (problem !== undefined) drop(path, problem);
      // Object.entries makes a list for each.
      for (const field in fields) set(field, fields[field as keyof typeof fields], path, rule);
    },
    end() {
      const { personOf, trail } = (last.shape ??= shapeOf(last));
      return { person: personOf(values), trail, dropped: dropped ?? nothingDropped };
    },
  };
}

const originOf = (field: string, path: string, rule: string, before: Origin | undefined): Origin => ({
  field,
  path,
  rule,
  before,
  after: [],
  shape: undefined,
});

function has(last: Origin, field: string): boolean {
  for (let origin: Origin | undefined = last; origin !== undefined; origin = origin.before)
    if (origin.field === field) return true;
  return false;
}

function shapeOf(last: Origin): Shape {
  const origins: Origin[] = [];
  for (let origin = last; origin.before !== undefined; origin = origin.before) origins.push(origin);
  origins.reverse();
  return {
    personOf: recordMaker(
      origins.map(({ field }) => field),
      Object.prototype,
    ),
    trail: Object.freeze(
      Object.fromEntries(origins.map(({ field, path, rule }) => [field, `${path} · ${rule}`])),
    ),
  };
}

/** One person out of what the encoders made. Where two give the same field, the earlier one stays. */
export function assemble(all: readonly Encoded[]): Assembled {
  const one = assembly();
  for (const encoded of all) one.add(encoded);
  return one.end();
}
