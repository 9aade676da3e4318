import type * as z from "zod/mini";
import { failedBeforehand, parseJson, type Answer } from "./answer.ts";
import * as dto from "./dto.ts";
import type { AuthingCredentials } from "./signature.ts";

/** A management token, which authenticates requests for some hours. */
export interface ManagementToken {
  readonly value: string;
  /** The user pool of the token; the API requires it in a header of its own. */
  readonly poolId: string;
  /** Milliseconds since 1970. */
  readonly renewAt: number;
  readonly boughtWith: AuthingCredentials;
}

export interface ManagementTokens {
  /**
   * The token in use while it is valid and was obtained with this access key; otherwise all waiting calls share one request for a new one.
   */
  current(by: AuthingCredentials): Promise<Answer<ManagementToken>>;
  /** Forgets a token that Authing refused. When another call has obtained a new one in the meantime, the new one stays. */
  discard(refused: ManagementToken): void;
}

/** Keeps one management token per process. `buy` obtains one from Authing; an unneeded second one does no harm. */
export function createManagementTokens({
  buy,
  now,
}: {
  readonly buy: (by: AuthingCredentials) => Promise<Answer<z.infer<typeof dto.ManagementTokenDto>>>;
  readonly now: () => number;
}): ManagementTokens {
  let token: ManagementToken | undefined;
  let purchase: { by: AuthingCredentials; token: Promise<Answer<ManagementToken>> } | undefined;

  async function purchased(by: AuthingCredentials): Promise<Answer<ManagementToken>> {
    const answer = await buy(by);
    if (!answer.ok) return { ok: false, failure: failedBeforehand(answer.failure, "credentials-refused") };
    const { access_token: value, expires_in: lifetimeSeconds } = answer.data;
    const marginSeconds = Math.min(300, lifetimeSeconds / 10);
    return {
      ok: true,
      data: {
        value,
        poolId: poolOf(value) ?? by.accessKeyId,
        renewAt: now() + (lifetimeSeconds - marginSeconds) * 1000,
        boughtWith: by,
      },
    };
  }

  return {
    async current(by) {
      if (token && now() < token.renewAt && isSameKey(token.boughtWith, by)) return { ok: true, data: token };
      if (!purchase || !isSameKey(purchase.by, by)) purchase = { by, token: purchased(by) };
      const own = purchase;
      try {
        const bought = await own.token;
        if (bought.ok) token = bought.data;
        return bought;
      } finally {
        if (purchase === own) purchase = undefined;
      }
    },
    discard(refused) {
      if (token === refused) token = undefined;
    },
  };
}

function isSameKey(one: AuthingCredentials, other: AuthingCredentials): boolean {
  return one.accessKeyId === other.accessKeyId && one.accessKeySecret === other.accessKeySecret;
}

function poolOf(token: string): string | undefined {
  const claims = dto.objectOf(parseJson(Buffer.from(token.split(".")[1] ?? "", "base64url")));
  const poolId = claims?.["scoped_userpool_id"];
  return typeof poolId === "string" ? poolId : undefined;
}
