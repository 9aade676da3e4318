import type { ListedUserDto } from "#lib/authing/dto.ts";
import { maxUsersPerLookUp } from "#lib/authing/limits.ts";
import { closesAccount, type Create, type Update } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { CreateUserInfoDto } from "#lib/contract/person.ts";
import { attempt } from "#lib/delivery/attempt.ts";
import type { DeliveryContext } from "#lib/delivery/context.ts";
import { isInOtherDepartments } from "#lib/delivery/departments.ts";
import { differing } from "#lib/delivery/reopen.ts";
import { messageOf } from "./compare-step.ts";
import type { RosterWork } from "./roster-ports.ts";
import type { DifferenceLine, RosterState, SameLine } from "./roster-state.ts";
import { added, tallied } from "./tally.ts";

const mostNames = 500;

/**
 * Compares accounts at Authing with what was told of people without a difference: texts, custom fields and departments. An account that
 * was closed at Authing stays closed, and is counted.
 */
export async function verifyStep(state: RosterState, work: RosterWork): Promise<RosterState> {
  const { part, line } = state.place;
  if (!state.options.verify || part >= state.parts.same)
    return { ...state, phase: "adopt", place: { part: 0, line: 0 } };
  const all = await work.files.read("same", part);
  const some = all.slice(line, line + maxUsersPerLookUp);
  const users = await accountsOf(some, work);
  const changes: DifferenceLine[] = [];
  const drift: string[] = [];
  let closed = 0;
  for (const each of some) {
    const user = users.get(each.userId);
    const { change, subject, at } = each;
    if (!("person" in change)) continue;
    if (user?.status !== undefined && closesAccount(user.status as CreateUserInfoDto["status"])) closed += 1;
    const names = user ? await driftOf(user, change, work) : ["account"];
    if (names.length === 0) continue;
    drift.push(...names);
    const mended = user ? only(change, names) : whole(change);
    changes.push({ kind: "mover", message: messageOf(state, subject, at, "roster.listed", [mended]) });
  }
  if (changes.length > 0) await work.files.write("changes", state.parts.changes, changes);
  const end = line + some.length;
  return {
    ...state,
    place: end >= all.length ? { part: part + 1, line: 0 } : { part, line: end },
    parts: { ...state.parts, changes: state.parts.changes + (changes.length > 0 ? 1 : 0) },
    counts: added(state.counts, { verified: some.length, drifted: changes.length, closedAtAuthing: closed }),
    tallies: { ...state.tallies, drift: added(state.tallies.drift, tallied(drift), mostNames) },
  };
}

async function accountsOf(
  some: readonly SameLine[],
  work: RosterWork,
): Promise<ReadonlyMap<string, ListedUserDto>> {
  const answer = await attempt(work, () =>
    work.authing.getUserBatch({
      userIds: some.map(({ userId }) => userId),
      userIdType: "user_id",
      withCustomData: true,
      withDepartmentIds: true,
    }),
  );
  if (!answer.ok && answer.failure.kind !== "user-not-found")
    throw new InboundError("unavailable", answer.failure.kind);
  return new Map((answer.ok ? answer.data : []).map((user) => [user.userId, user]));
}

/** The fields, under Authing's names, that an account has otherwise. */
async function driftOf(
  user: ListedUserDto,
  change: Create | Update,
  context: DeliveryContext,
): Promise<string[]> {
  const { person } = change;
  const { customData: shown } = user as { readonly customData?: unknown };
  const custom = typeof shown === "object" && shown !== null ? (shown as Record<string, unknown>) : undefined;
  const own = Object.entries(person.customData ?? {}).filter(
    ([key, value]) => custom !== undefined && typeof value === "string" && custom[key] !== value,
  );
  // Whether the account is open is not the source's to mend: an administrator at Authing has closed it.
  const { status: _, ...told } = person;
  const isElsewhere = await isInOtherDepartments(person.departmentIds, change, user, context);
  return [
    ...differing(user, told as CreateUserInfoDto),
    ...own.map(([key]) => `customData.${key}`),
    ...(isElsewhere ? ["departmentIds"] : []),
  ];
}

function only(change: Create | Update, names: readonly string[]): Update {
  const { person } = change;
  const { customData = {}, ...fields } = person;
  const custom = Object.entries(customData).filter(([key]) => names.includes(`customData.${key}`));
  const both = names.includes("phone") ? ["phoneCountryCode"] : [];
  return {
    kind: "update",
    who: whoOf(change),
    person: {
      ...Object.fromEntries(
        Object.entries(fields).filter(([name]) => names.includes(name) || both.includes(name)),
      ),
      ...(custom.length > 0 && { customData: Object.fromEntries(custom) }),
    },
    complete: false,
    ...toldWith(change),
  };
}

/** All that is known of a person whose account is gone: it is made anew. */
function whole(change: Create | Update): Update {
  const { whole: all, person } = change;
  return { kind: "update", who: whoOf(change), person: all ?? person, complete: true, ...toldWith(change) };
}

/** What departments are told with, and where each field came from. */
function toldWith({
  options,
  memberships,
  trail,
}: Create | Update): Pick<Update, "options" | "memberships" | "trail"> {
  const { departmentIdType } = options ?? {};
  return {
    ...(departmentIdType !== undefined && { options: { departmentIdType } }),
    ...(memberships && { memberships }),
    trail,
  };
}

const whoOf = ({ person: { externalId } }: Create | Update) =>
  externalId === undefined ? {} : { externalId };
