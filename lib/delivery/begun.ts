import type { ListedUserDto } from "#lib/authing/dto.ts";
import { identifierOf, identifiers, type Identified } from "#lib/authing/identifiers.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { BegunCreate, EventKey } from "#lib/contract/ledger.ts";
import type { DeliveryContext } from "./context.ts";
import { clockToleranceMilliseconds } from "./made-by.ts";
import { findUsers, isOnlyLinked } from "./people.ts";

// A worker may end after Authing has created an account and before the ledger knows whose person it is. The source may show the person
// otherwise by then, so that the account does not look like what its event says. Therefore the lock of a person that the ledger does not
// know names the event that may create them, with digests of what it may send. Whatever event of the person comes next, of any source,
// notes first whose person the account is.

/** Authing's look-up may show an account so many milliseconds after it was created. */
const lookUpLagMilliseconds = 15_000;
/** Our id is what the account is looked up by. */
const compared = identifiers.filter((kind) => kind !== "externalId");

/** The keyed digest of the value of an identifier of one person. */
export type IdentifierDigest = (kind: string, value: string) => string;

/** The digests of the identifiers of a person, beside our id. */
export const identifierDigests = (person: Identified, digest: IdentifierDigest): BegunCreate["digests"] =>
  Object.fromEntries(
    compared.flatMap((kind) => {
      const value = identifierOf(person, kind);
      return value === undefined ? [] : [[kind, digest(kind, value)]];
    }),
  );

/**
 * Notes whose person an account is that a worker has created and could not note. An event whose outcome is recorded has noted what it
 * created.
 *
 * @param ended An event that had an outcome, and that an operator has tried again since: an account that is not shown yet is none of it.
 * @throws InboundError `unavailable` where Authing cannot say it now.
 */
export async function noteBegun(
  externalId: string,
  begun: readonly BegunCreate[],
  digest: IdentifierDigest,
  context: DeliveryContext,
  ended?: EventKey,
): Promise<void> {
  const { ledger, clock } = context;
  const outcomes = await Promise.all(begun.map((each) => ledger.event(keyOf(each))));
  const open = begun.filter((_, index) => outcomes[index] === undefined);
  if (open.length === 0) return;
  const known = await ledger.person(externalId);
  if (known && !isOnlyLinked(known)) return;
  const [user] = await findUsers(context, "externalId", [externalId]);
  const unknown = open.filter(({ source, id }) => source !== ended?.source || id !== ended.id);
  const latest = Math.max(...unknown.map(({ at }) => Date.parse(at)));
  if (user === undefined && clock.now() < latest + lookUpLagMilliseconds)
    throw new InboundError("unavailable", "person-busy");
  const made = user && open.findLast((each) => isMadeBy(each, user, digest));
  if (!made) return;
  const { userId } = user;
  const { source, id } = made;
  await ledger.recordPeople([{ externalId, userId, createdBy: `${source}/${id}`, owner: source }]);
}

const keyOf = ({ source, id }: BegunCreate): EventKey => ({ source, id });

/** Whether an account with the person's id began after this, and has what this may have sent. */
function isMadeBy({ at, digests }: BegunCreate, user: ListedUserDto, digest: IdentifierDigest): boolean {
  const isLater = Date.parse(user.createdAt ?? "") >= Date.parse(at) - clockToleranceMilliseconds;
  const own = identifierDigests(user, digest);
  const shared = compared.filter((kind) => own[kind] !== undefined && digests[kind] !== undefined);
  const isAlike = shared.every((kind) => own[kind] === digests[kind]);
  return isLater && isAlike && (shared.length > 0 || Object.keys(digests).length === 0);
}
