import type { Answer } from "#lib/authing/answer.ts";
import type { ListedUserDto } from "#lib/authing/dto.ts";
import { inParallel } from "#lib/parallel.ts";
import { sayAgain } from "./attempt.ts";
import type { DeliveryContext } from "./context.ts";

/** Of each call in flight so many people may have calls of their own after it: together no more than an exchange has connections, 16. */
const batchesAtOnce = 4;
const peopleAtOnce = 4;

/** Works on what is about one person each, some at a time. */
export const peopleInParallel = <Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> => inParallel(items, peopleAtOnce, work);

/** How one call tells Authing of several people, none of them twice: each by Authing's id. */
export interface Together<Item extends { readonly userId: string }> {
  readonly size: number;
  /** Without users, where the answer says only that the call was taken. */
  readonly call: (items: readonly Item[]) => Promise<Answer<readonly ListedUserDto[] | undefined>>;
  /** Who they are now, where the answer does not say. */
  readonly look?: (items: readonly Item[]) => Promise<readonly ListedUserDto[]>;
  /** Settles an item, if `user`, as Authing has the person now, shows that the call did it. */
  readonly settle: (item: Item, user: ListedUserDto | undefined, requestId?: string) => Promise<void>;
}

/**
 * Tells Authing of many people in few calls, several of them in flight; by halves where it refuses a call for one of its people. Who is left
 * alone, and who is in a call without a plain answer, is not settled here: what is told may be told again, of each of them alone.
 */
export async function tellTogether<Item extends { readonly userId: string }>(
  items: readonly Item[],
  context: DeliveryContext,
  together: Together<Item>,
): Promise<void> {
  const batches = Array.from({ length: Math.ceil(items.length / together.size) }, (_, index) =>
    items.slice(index * together.size, (index + 1) * together.size),
  );
  await inParallel(batches, batchesAtOnce, (batch) => send(batch, context, together));
}

async function send<Item extends { readonly userId: string }>(
  batch: readonly Item[],
  context: DeliveryContext,
  together: Together<Item>,
): Promise<void> {
  if (batch.length < 2) return;
  const answer = await sayAgain(context, () => together.call(batch));
  if (answer.ok) {
    const users = answer.data ?? (await together.look?.(batch)) ?? [];
    const byId = new Map(users.map((user) => [user.userId, user]));
    return peopleInParallel(batch, (item) => together.settle(item, byId.get(item.userId), answer.requestId));
  }
  // Authing has not answered: the first person alone shows whether it is down, or refuses one of these.
  if (answer.failure.retry === "after-lookup") return;
  const middle = Math.ceil(batch.length / 2);
  await send(batch.slice(0, middle), context, together);
  await send(batch.slice(middle), context, together);
}

/** Items in rounds: in each round at most one of a person, in the order of the items. */
export function roundsOf<Item>(items: readonly Item[], personOf: (item: Item) => string): Item[][] {
  const rounds: Item[][] = [];
  const roundOf = new Map<string, number>();
  for (const item of items) {
    const person = personOf(item);
    const round = (roundOf.get(person) ?? -1) + 1;
    roundOf.set(person, round);
    (rounds[round] ??= []).push(item);
  }
  return rounds;
}
