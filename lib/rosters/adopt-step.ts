import type { ListedUserDto } from "#lib/authing/dto.ts";
import { identifierOf, identifiers } from "#lib/authing/identifiers.ts";
import { maxUsersPerLookUp } from "#lib/authing/limits.ts";
import type { CreateUserInfoDto } from "#lib/contract/person.ts";
import { findByIdentifier } from "#lib/delivery/people.ts";
import type { RosterWork } from "./roster-ports.ts";
import type { Adoptable, DifferenceLine, RosterState } from "./roster-state.ts";
import { added, tallied } from "./tally.ts";

/**
 * Finds accounts without our id that have the identifier of a joiner: the rule that an operator chose for this run alone. An account is
 * linked only where Authing has verified the identifier (a user name needs no verification), the account is open, has no id of ours, and no
 * other identifier of the joiner belongs to another account.
 */
export async function adoptStep(state: RosterState, work: RosterWork): Promise<RosterState> {
  const { part } = state.place;
  const by = state.options.adopt;
  if (by === undefined || part >= state.parts.changes)
    return { ...state, phase: state.isPlan ? "foretell" : "apply", place: { part: 0, line: 0 } };
  const lines = await work.files.read("changes", part);
  const joiners = lines.filter(({ kind }) => kind === "joiner");
  const decided = new Map<DifferenceLine, string>();
  for (let start = 0; start < joiners.length; start += maxUsersPerLookUp) {
    const some = joiners.slice(start, start + maxUsersPerLookUp);
    const people = some.map(personOf);
    const finders = [];
    for (const kind of identifiers) finders.push(await findByIdentifier(work, kind, people));
    for (const [index, line] of some.entries()) {
      const person = people[index] ?? {};
      const found = finders.flatMap((find) => find(person) ?? []);
      const account = found.find((user) => identifierOf(user, by) === identifierOf(person, by));
      if (account && person[by] !== undefined) decided.set(line, verdictOn(account, found, by));
    }
  }
  const marked = lines.map((line) =>
    decided.get(line) === "linked" ? { ...line, adopts: true as const } : line,
  );
  await work.files.write("changes", part, marked);
  return {
    ...state,
    place: { part: part + 1, line: 0 },
    tallies: { ...state.tallies, adopted: added(state.tallies.adopted, tallied(decided.values())) },
  };
}

function verdictOn(account: ListedUserDto, found: readonly ListedUserDto[], by: Adoptable): string {
  const { emailVerified, phoneVerified } = account as { emailVerified?: unknown; phoneVerified?: unknown };
  const isVerified = { email: emailVerified === true, phone: phoneVerified === true, username: true }[by];
  if (account.externalId !== undefined && account.externalId !== "") return "has-an-id";
  if (found.some(({ userId }) => userId !== account.userId)) return "several-accounts";
  if (!isVerified) return "unverified";
  return account.status === undefined || account.status === "Activated" ? "linked" : "closed";
}

function personOf({ message }: DifferenceLine): Partial<CreateUserInfoDto> {
  const joiner = message.changes?.find(({ kind }) => kind === "create");
  return joiner && "person" in joiner ? joiner.person : {};
}
