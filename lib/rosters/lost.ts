import { attempt } from "#lib/delivery/attempt.ts";
import type { DeliveryContext } from "#lib/delivery/context.ts";

const toldDepartments = 5;

/** The departments at Authing that lose most people, first: their ids and how many. */
const mostLosing = (lost: Readonly<Record<string, number>>): (readonly [id: string, count: number])[] =>
  Object.entries(lost)
    .toSorted(([, one], [, other]) => other - one)
    .slice(0, toldDepartments);

/** `−612 研发部`: the departments that lose most, by their names at Authing, or by their ids where Authing does not tell them. */
export async function mostLost(
  lost: Readonly<Record<string, number>>,
  context: DeliveryContext,
): Promise<string[]> {
  const told: string[] = [];
  for (const [departmentId, count] of mostLosing(lost)) {
    const name = await nameOf(departmentId, context).catch(() => undefined);
    told.push(`−${count} ${name ?? departmentId}`);
  }
  return told;
}

async function nameOf(departmentId: string, context: DeliveryContext): Promise<string | undefined> {
  const answer = await attempt(context, () => context.authing.getDepartment({ departmentId }));
  return answer.ok ? answer.data.name : undefined;
}
