import { otpSecretProblem } from "#lib/authing/rules.ts";
import { referenceTo, type Change, type Create, type ImportOtp } from "#lib/contract/change.ts";
import type { Outcome } from "#lib/contract/outcome.ts";
import type { DeliveryContext, Settle, Task } from "./context.ts";
import { confirmed, importOtp } from "./import-otp.ts";

/**
 * Changes with the TOTP secret of a joiner as a change of its own, which has an outcome of its own. One that cannot be a
 * secret stays where it is: then the joiner is refused with it, and no account is made that lacks its second factor.
 */
export function separated(changes: readonly Change[]): Change[] {
  return changes.flatMap((change): Change[] => {
    if (change.kind !== "create" || change.person.otp === undefined) return [change];
    const { otp, ...person } = change.person;
    if (otpSecretProblem(otp.secret) !== undefined) return [change];
    return [
      { ...change, person },
      { kind: "import-otp", who: referenceTo(person), otp },
    ];
  });
}

/** A joiner and the TOTP secret that the same event or row brings: an event is about one person. */
export interface Enrolment {
  readonly joiner: Task<Create>;
  readonly secret: Task<ImportOtp>;
  /** The joiner as they are sent: with the secret, where it goes along. */
  readonly sent: Task<Create>;
}

/** Of each secret whose joiner comes with it, by the secret. */
export function enrolmentsOf(
  joiners: readonly Task<Create>[],
  secrets: readonly Task<ImportOtp>[],
  { otpPolicy }: Pick<DeliveryContext, "otpPolicy">,
): ReadonlyMap<Task, Enrolment> {
  const enrolments = new Map<Task, Enrolment>();
  if (secrets.length === 0) return enrolments;
  const joinerBy = new Map(joiners.map((joiner) => [joiner.by, joiner]));
  const withSecret = new Set<Task>();
  for (const secret of secrets) {
    const joiner = joinerBy.get(secret.by);
    if (!joiner) continue;
    const { otp } = secret.change;
    const goesAlong =
      otpPolicy === "inline" && !withSecret.has(joiner) && otpSecretProblem(otp.secret) === undefined;
    if (goesAlong) withSecret.add(joiner);
    const person = { ...joiner.change.person, otp };
    const sent = goesAlong ? { ...joiner, change: { ...joiner.change, person } } : joiner;
    enrolments.set(secret, { joiner, secret, sent });
  }
  return enrolments;
}

/**
 * Brings TOTP secrets to people who are in Authing by now. A secret follows the very account that its joiner came to, and
 * none where they were refused: the person who has their address is another person. One that went along with its joiner is asked
 * about, and imported where it is not there.
 */
export async function bringSecrets(
  secrets: readonly Task<ImportOtp>[],
  enrolments: ReadonlyMap<Task, Enrolment>,
  outcomeOf: (task: Task) => Outcome | undefined,
  context: DeliveryContext,
  settle: Settle,
): Promise<void> {
  const accounts = new Map<Task, string>();
  const along: { task: Task<ImportOtp>; userId: string }[] = [];
  const left = secrets.filter((task) => {
    const enrolment = enrolments.get(task);
    if (!enrolment) return true;
    const { joiner, sent } = enrolment;
    const { kind, reason, userId } = outcomeOf(joiner) ?? {};
    // An operator decides about both.
    if (kind === "held") {
      settle(task, { kind, ...(reason !== undefined && { reason }) });
      return false;
    }
    if ((kind !== "accepted" && kind !== "already-done") || userId === undefined) {
      settle(task, { kind: "rejected", reason: "user-not-created" });
      return false;
    }
    // A file of users brings people: what an existing account signs in with is none of its business.
    if ((kind === "already-done" || reason === "updated") && task.subject === undefined) {
      settle(task, { kind: "rejected", reason: "user-exists", userId });
      return false;
    }
    accounts.set(task, userId);
    // Who was there before, or was let in again, was sent no secret.
    if (sent === joiner || kind !== "accepted" || reason !== undefined) return true;
    along.push({ task, userId });
    return false;
  });
  const missing: Task<ImportOtp>[] = [];
  for (const { task, userId, totpStatus } of await confirmed(along, context)) {
    const requestId = outcomeOf(enrolments.get(task)?.joiner ?? task)?.requestId;
    if (totpStatus !== "enabled") missing.push(task);
    else settle(task, { kind: "accepted", userId, ...(requestId !== undefined && { requestId }) });
  }
  await importOtp([...left, ...missing], accounts, context, settle);
}
