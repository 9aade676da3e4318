import type { AuthingClient } from "#lib/authing/client.ts";
import type { UserIdType } from "#lib/authing/dto.ts";
import { InboundError } from "#lib/contract/errors.ts";

/** An account as an operator sees it: ids and a code. */
export interface Account {
  readonly userId: string;
  readonly externalId?: string;
  /** Authing's word, e.g. `Activated`, `Suspended`, `Resigned`. */
  readonly status?: string;
}

/** Authing's ids of users are 24 hexadecimal digits. Asking for one tells Authing nothing about a person. */
export const mayBeUserId = (asked: string): boolean => /^[0-9a-f]{24}$/.test(asked);

export const mayBeEmail = (asked: string) => asked.includes("@");
const isPhone = (asked: string) => /^\+?[0-9][0-9 ()-]{4,20}$/.test(asked);
export const mayBeAddress = (asked: string): boolean => mayBeEmail(asked) || isPhone(asked);

/** The account that has this id, e-mail address or phone number; `undefined` where there is none. Throws `unavailable` where Authing does not say. */
export async function accountOf(
  asked: string,
  authing: Pick<AuthingClient, "getUser">,
): Promise<Account | undefined> {
  for (const [userId, userIdType] of waysToAsk(asked)) {
    const answer = await authing.getUser({ userId, userIdType });
    if (answer.ok) {
      const { externalId, status } = answer.data;
      return {
        userId: answer.data.userId,
        ...(externalId !== undefined && { externalId }),
        ...(status !== undefined && { status }),
      };
    }
    const { kind } = answer.failure;
    if (kind !== "user-not-found" && kind !== "invalid-record") throw new InboundError("unavailable", kind);
  }
  return undefined;
}

/** Authing looks a phone number up by its digits, in mainland China without the country's code. */
function waysToAsk(asked: string): readonly (readonly [string, UserIdType])[] {
  if (mayBeUserId(asked)) return [[asked, "user_id"]];
  if (mayBeEmail(asked)) return [[asked, "email"]];
  const digits = asked.replaceAll(/[^0-9+]/g, "");
  const national = digits.replace(/^\+86/, "");
  return [...new Set([national, digits])].map((each) => [each, "phone"]);
}
