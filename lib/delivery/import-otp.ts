import { maxSecretsPerImport } from "#lib/authing/limits.ts";
import type { Failure } from "#lib/authing/failures.ts";
import type { ListedUserDto } from "#lib/authing/dto.ts";
import { identifierOf, identifiers, type Identifier } from "#lib/authing/identifiers.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { ImportOtp } from "#lib/contract/change.ts";
import { attempt } from "./attempt.ts";
import { packed } from "./batches.ts";
import type { DeliveryContext, Settle, Task } from "./context.ts";
import { findByIdentifier, findUsers, firstReference, type Who } from "./people.ts";
import { rejection } from "./rejection.ts";

interface Account {
  readonly userId: string;
  /** Our id of the person whose account the ledger remembers; the account may have been made anew since. */
  readonly remembered?: string;
  /** The account as the look-up has shown it. */
  readonly user?: ListedUserDto;
}

interface Resolved extends Account {
  readonly task: Task<ImportOtp>;
}

/** How often a call is sent anew after an answer that did not tell whether it arrived: setting the same secret twice is harmless. */
const maxUnknownOutcomes = 3;

/**
 * Brings TOTP secrets to people who are in Authing, 50 at a call. Authing's ids of those who are not among `accounts` are
 * looked up first: the endpoint knows no other.
 */
export async function importOtp(
  tasks: readonly Task<ImportOtp>[],
  accounts: ReadonlyMap<Task, string>,
  context: DeliveryContext,
  settle: Settle,
): Promise<void> {
  const resolved = await resolve(tasks, accounts, context, settle);
  // No person stands twice in one call: the later secret of a person goes in a later call and is the one that stays.
  for (const batch of packed(resolved, maxSecretsPerImport, ({ userId }) => [userId])) {
    const suspects: { task: Task<ImportOtp>; failure: Failure }[] = [];
    const succeeded = await place(batch, context, settle, suspects, 0);
    if (suspects.length > 0 && !succeeded) throw new InboundError("unavailable", "server-error");
    for (const { task, failure } of suspects) settle(task, rejection(failure));
  }
}

/** Returns whether Authing took anything of it. */
async function place(
  batch: readonly Resolved[],
  context: DeliveryContext,
  settle: Settle,
  suspects: { task: Task<ImportOtp>; failure: Failure }[],
  unknownOutcomes: number,
): Promise<boolean> {
  const [only, ...more] = batch;
  if (only === undefined) return false;
  const answer = await attempt(context, () =>
    context.authing.importOtp({ list: batch.map(({ task, userId }) => ({ userId, otp: task.change.otp })) }),
  );
  if (answer.ok) {
    const { requestId } = answer;
    for (const { task, userId, totpStatus } of await confirmed(batch, context)) {
      settle(task, {
        // Only a plain no counts; an answer that does not say leaves the import's own word.
        ...(totpStatus === "disabled" ? { kind: "rejected", reason: "not-confirmed" } : { kind: "accepted" }),
        userId,
        ...(requestId !== undefined && { requestId }),
      });
    }
    return true;
  }
  const { failure } = answer;
  if (failure.retry === "after-lookup" && unknownOutcomes < maxUnknownOutcomes) {
    return place(batch, context, settle, suspects, unknownOutcomes + 1);
  }
  if (failure.kind === "unknown-outcome") throw new InboundError("unavailable", failure.kind);
  if (more.length === 0) {
    if (failure.kind === "user-not-found" && only.remembered !== undefined) {
      const [user] = await findUsers(context, "externalId", [only.remembered]);
      if (user) return place([{ task: only.task, userId: user.userId }], context, settle, suspects, 0);
      settle(only.task, { kind: "rejected", reason: "user-unknown", field: "externalId" });
    } else if (failure.retry === "never") settle(only.task, rejection(failure));
    else suspects.push({ task: only.task, failure });
    return false;
  }
  const middle = Math.ceil(batch.length / 2);
  const first = await place(batch.slice(0, middle), context, settle, suspects, 0);
  const second = await place(batch.slice(middle), context, settle, suspects, 0);
  return first || second;
}

/** Questions at once after an import. */
const questionsAtOnce = 8;

/** Success says nothing about single people: Authing is asked about each one's second factor, `enabled` or `disabled`. */
export async function confirmed<Asked extends { readonly userId: string }>(
  batch: readonly Asked[],
  context: DeliveryContext,
): Promise<(Asked & { totpStatus: string | undefined })[]> {
  const answers: (Asked & { totpStatus: string | undefined })[] = [];
  for (let start = 0; start < batch.length; start += questionsAtOnce) {
    const asked = batch.slice(start, start + questionsAtOnce).map(async (resolved) => {
      const answer = await attempt(context, () =>
        context.authing.getUserMfaInfo({ userId: resolved.userId }),
      );
      return { ...resolved, totpStatus: answer.ok ? answer.data.totpStatus : undefined };
    });
    answers.push(...(await Promise.all(asked)));
  }
  return answers;
}

/**
 * By what the person of a secret is looked for. A source's event goes by the account that the ledger knows, or by our id where the
 * task may link an account; a row of a file by whatever it names.
 */
function referenceOf(
  { known, person, links, subject, change }: Task<ImportOtp>,
  account?: string,
): Who | undefined {
  const userId = account ?? known?.userId ?? person?.userId;
  if (userId !== undefined) return { kind: "userId", value: userId };
  if (subject === undefined) return firstReference(change.who);
  const { externalId } = change.who;
  const isOurs = links || person !== undefined;
  return isOurs && externalId !== undefined ? { kind: "externalId", value: externalId } : undefined;
}

async function resolve(
  tasks: readonly Task<ImportOtp>[],
  accounts: ReadonlyMap<Task, string>,
  context: DeliveryContext,
  settle: Settle,
): Promise<readonly Resolved[]> {
  const userIds = new Map<Task<ImportOtp>, Account>();
  const asked = new Map<Identifier, Task<ImportOtp>[]>();
  for (const task of tasks) {
    const account = accounts.get(task);
    const reference = referenceOf(task, account);
    if (!reference) {
      settle(task, {
        kind: "rejected",
        reason: task.subject === undefined ? "user-missing" : "user-unknown",
      });
    } else if (reference.kind === "userId") {
      const remembered = account === undefined ? task.person?.externalId : undefined;
      userIds.set(task, { userId: reference.value, ...(remembered !== undefined && { remembered }) });
    } else {
      const known =
        reference.kind === "externalId" ? await context.ledger.person(reference.value) : undefined;
      if (known?.userId !== undefined)
        userIds.set(task, { userId: known.userId, remembered: reference.value });
      else asked.set(reference.kind, [...(asked.get(reference.kind) ?? []), task]);
    }
  }
  for (const [kind, waiting] of asked) {
    const found = await findByIdentifier(
      context,
      kind,
      waiting.map(({ change: { who } }) => who),
    );
    for (const task of waiting) {
      const user = found(task.change.who);
      if (user === undefined) settle(task, { kind: "rejected", reason: "user-unknown", field: kind });
      else userIds.set(task, { userId: user.userId, user });
    }
  }
  await refuseTwoPeople(userIds, accounts, context, settle);
  return tasks.flatMap((task) => {
    const account = userIds.get(task);
    return account === undefined ? [] : { task, ...account };
  });
}

/**
 * Refuses rows of files that name two people: one by their id, another by their e-mail address. Nothing tells whose the secret is, and the
 * wrong one of them could sign in with it. An identifier that no account has names no other person.
 */
async function refuseTwoPeople(
  userIds: Map<Task<ImportOtp>, Account>,
  accounts: ReadonlyMap<Task, string>,
  context: DeliveryContext,
  settle: Settle,
): Promise<void> {
  for (const kind of identifiers) {
    const asked = [...userIds].filter(([task, { user }]) => {
      const { who } = task.change;
      const isRow = task.subject === undefined && !accounts.has(task);
      const isWhole = kind !== "phone" || who.phoneCountryCode !== undefined;
      const isSame = user !== undefined && identifierOf(user, kind) === identifierOf(who, kind);
      return isRow && isWhole && who[kind] !== undefined && !isSame;
    });
    const found = await findByIdentifier(
      context,
      kind,
      asked.map(([{ change }]) => change.who),
    );
    for (const [task, { userId, remembered }] of asked) {
      const other = found(task.change.who);
      if (other === undefined || other.userId === userId) continue;
      // The ledger's account may have been made anew since.
      const [current] = remembered === undefined ? [] : await findUsers(context, "externalId", [remembered]);
      if (current?.userId === other.userId) {
        userIds.set(task, { userId: other.userId, user: other });
        continue;
      }
      settle(task, { kind: "rejected", reason: "identities-differ", field: kind });
      userIds.delete(task);
    }
  }
}
