import type { Answer } from "#lib/authing/answer.ts";
import type { UserDto } from "#lib/authing/dto.ts";
import type { DepartmentDto } from "#lib/authing/organizations.ts";
import type { Failure } from "#lib/authing/failures.ts";
import type { Create } from "#lib/contract/change.ts";
import type { DepartmentIdType } from "#lib/contract/person.ts";
import type { Outcome } from "#lib/contract/outcome.ts";
import { attemptAgain } from "./attempt.ts";
import type { DeliveryContext } from "./context.ts";
import { userIdTypes, type Who } from "./people.ts";
import { rejection } from "./rejection.ts";

/**
 * Puts a person who is there into the departments that were told (ids of the kind that `options` names, with what the person is there), and into no others. Does nothing when none were told, or
 * when Authing's answer to the call before (`user`) shows them there. Resolves to why Authing refuses them.
 */
export async function moveToDepartments(
  told: readonly string[] = [],
  { options = {}, memberships = {} }: Pick<Create, "options" | "memberships">,
  who: Who,
  user: UserDto | undefined,
  context: DeliveryContext,
): Promise<Failure | undefined> {
  if (told.length === 0) return undefined;
  const found = await idsAtAuthing(told, options.departmentIdType ?? "department_id", context);
  if ("failure" in found) return found.failure;
  const departmentIds = found.ids;
  const isThere = user?.departmentIds !== undefined && areSame(user.departmentIds, departmentIds);
  const main = told.findIndex((id) => memberships[id]?.isMainDepartment);
  const isMainThere = main === -1 || user?.mainDepartmentId === departmentIds[main];
  // Which departments the person leads is in no answer of Authing.
  if (isThere && isMainThere && !told.some((id) => memberships[id]?.isLeader)) return undefined;
  const { kind, value } = user ? ({ kind: "userId", value: user.userId } as const) : who;
  const answer = await attemptAgain(context, () =>
    context.authing.setUserDepartments({
      userId: value,
      departments: departmentIds.map((departmentId, index) => ({
        departmentId,
        ...memberships[told[index] ?? ""],
      })),
      options: { userIdType: userIdTypes[kind] },
    }),
  );
  return answer.ok ? undefined : answer.failure;
}

/**
 * Whether Authing shows a person in other departments than were told. `false` where none were told, where Authing shows none of any
 * person, and where it does not know a department that was told. Which department is the main one, and which ones the person leads, is
 * not compared: Authing does not show it in a list.
 */
export async function isInOtherDepartments(
  told: readonly string[] = [],
  { options = {} }: Pick<Create, "options">,
  { departmentIds: shown }: Pick<UserDto, "departmentIds">,
  context: DeliveryContext,
): Promise<boolean> {
  if (told.length === 0 || shown === undefined) return false;
  const found = await idsAtAuthing(told, options.departmentIdType ?? "department_id", context);
  return "ids" in found && !areSame(shown, found.ids);
}

/** Departments have no order, and several that were told may be one at Authing. */
const areSame = (...both: readonly [readonly string[], readonly string[]]): boolean => {
  const [one, other] = both.map((ids) => [...new Set(ids)].toSorted().join());
  return one === other;
};

/** For so long an id that Authing has told is used again, in milliseconds: departments are seldom made anew. */
const keptMilliseconds = 10 * 60_000;
/** More than a company has departments. */
const maxKept = 50_000;
interface Kept {
  /** Told, or being asked for: people of one department are brought at the same time. */
  readonly answer: Promise<Answer<DepartmentDto>>;
  readonly until: number;
}
const keptIds = new WeakMap<DeliveryContext["pace"], Map<string, Kept>>();

/** `set-user-departments` takes Authing's own ids only: those of another kind are looked up, each once in ten minutes. */
async function idsAtAuthing(
  told: readonly string[],
  departmentIdType: DepartmentIdType,
  context: DeliveryContext,
): Promise<{ readonly ids: readonly string[] } | { readonly failure: Failure }> {
  if (departmentIdType === "department_id") return { ids: told };
  // One for all calls of a process, as the pace is.
  const kept = keptIds.get(context.pace) ?? new Map<string, Kept>();
  keptIds.set(context.pace, kept);
  const ids: string[] = [];
  for (const departmentId of told) {
    const key = `${departmentIdType} ${departmentId}`;
    const now = context.clock.now();
    let known = kept.get(key);
    if (!known || known.until <= now) {
      const answer = attemptAgain(context, () =>
        context.authing.getDepartment({ departmentId, departmentIdType }),
      );
      known = { answer, until: now + keptMilliseconds };
      if (kept.size >= maxKept) kept.clear();
      kept.set(key, known);
    }
    const forget = () => kept.get(key) === known && kept.delete(key);
    const answer = await known.answer.catch((error: unknown) => {
      forget();
      throw error;
    });
    if (!answer.ok) {
      forget();
      return { failure: answer.failure };
    }
    ids.push(answer.data.departmentId);
  }
  return { ids };
}

/** What becomes of a change whose departments were refused; `isPartly`: it had more, which was applied. */
export function departmentsRefused(failure: Failure, isPartly: boolean): Outcome {
  return { ...rejection(failure), field: "departmentIds", ...(isPartly && { partly: true }) };
}
