import { randomUUID } from "node:crypto";
import { InboundError } from "#lib/contract/errors.ts";
import { isRefusalStatus } from "#lib/contract/refusals.ts";
import { pingHeader } from "#lib/pipeline/receive.ts";
import type { Source } from "#lib/contract/source.ts";
import {
  addressOf,
  pingRequest,
  sentBody,
  signedRequest,
  type WireRequest,
} from "#infra/fixtures/requests.ts";
import { attention, fine, wrong, type Finding } from "./finding.ts";

/** Longer than any sender waits for an answer. */
const answerSeconds = 15;

const secretFirst = "put its secret first: see above";

interface Answer {
  readonly status: number;
  readonly milliseconds: number;
  /** By how much this machine's clock is ahead of the webhook's, whose answer has a `Date` header. */
  readonly aheadMilliseconds: number;
}

/** A deployed webhook. */
export interface DeployedWebhook<Secret> {
  readonly url: string;
  /** The current value; without it the check only sends a delivery without a proof. */
  readonly secret: Secret | undefined;
  /** The command that prints the log of its function. */
  readonly log: string;
}

/**
 * Checks that a webhook refuses a delivery without a proof and accepts a signed one. Every path answers 401, a missing route too:
 * only an accepted delivery shows that route, function and secret are right. The delivery is the source's ping, which changes
 * nothing. It is signed by the clock of the webhook: this machine's clock may be wrong, and is not a part of the deployment.
 */
export async function checkWebhook<Secret>(
  { name, title, proof, ping, refuse }: Source<Secret>,
  { url, secret, log }: DeployedWebhook<Secret>,
): Promise<{ finding: Finding; clockAheadSeconds?: number }> {
  const what = `webhook ${name}`;
  const said = pingRequest(ping ?? { contentType: "application/json", body: "{}" });
  const unproven = await request(url, said);
  if (!unproven) {
    return {
      finding: wrong(
        `${what}: no server answers at ${url}`,
        "check whether this machine can reach it; if it can, deploy again",
      ),
    };
  }
  const { aheadMilliseconds } = unproven;
  return {
    finding: await checkAnswer(unproven),
    clockAheadSeconds: Math.round(aheadMilliseconds / 1000),
  };

  async function checkAnswer(unproven: Answer): Promise<Finding> {
    if (unproven.status === 503 && secret === undefined) {
      return attention(`${what}: answers ${timeOf(unproven)}, as it does without a secret`, secretFirst);
    }
    // Some senders' standards want another answer.
    const isRefused = unproven.status === 401 || (refuse !== undefined && isRefusalStatus(unproven.status));
    if (!isRefused) {
      return wrong(
        `${what}: answers ${timeOf(unproven)} to what has no proof, in place of 401`,
        nextAfter(unproven.status, log),
      );
    }
    const refuses = `refuses what has no proof (${timeOf(unproven)})`;
    if (secret === undefined) {
      return attention(`${what}: ${refuses}; nothing signed was tried`, secretFirst);
    }
    if (!ping) {
      return attention(
        `${what}: ${refuses}; the source has no ping, a delivery of ${title} that is about no person`,
        "let it send a test, or give the source a ping: docs/own-source.md",
      );
    }
    const signed = sign(secret);
    if (signed === "signer-missing") {
      return attention(
        `${what}: ${refuses}; only ${title} itself can sign`,
        `let ${title} send a test, then look for its delivery: ${log}`,
      );
    }
    if (typeof signed === "string") {
      return wrong(
        `${what}: nothing can be signed with its secret (${signed})`,
        `compare the secret with what ${title} shows`,
      );
    }
    const answer = await request(url, signed);
    if (answer && answer.status >= 200 && answer.status < 300) {
      return fine(`${what}: ${refuses}, takes what is signed (${timeOf(answer)}): ${url}`);
    }
    return wrong(
      `${what}: answers ${timeOf(answer)} to what is signed with its secret`,
      answer?.status === 401
        ? `run this again in ten seconds, since a function reads its secret anew when a proof fails; then ${log}`
        : nextAfter(answer?.status, log),
    );
  }

  /** The ping, signed with a secret; the reason where signing fails. */
  function sign(by: Secret): WireRequest | string {
    try {
      const at = { now: Date.now() - aheadMilliseconds, id: `msg_${randomUUID()}` };
      return signedRequest(proof, by, said, at);
    } catch (error) {
      return error instanceof InboundError ? error.reason : "sign-failed";
    }
  }
}

/** `undefined` when there is no answer. */
async function request(url: string, sent: WireRequest): Promise<Answer | undefined> {
  const startedAt = performance.now();
  try {
    const response = await fetch(addressOf(url, sent), {
      ...sentBody(sent),
      headers: { ...sent.headers, [pingHeader]: "doctor" },
      // A redirect is not followed: some proofs are the secret itself, and no other host may get it.
      redirect: "manual",
      signal: AbortSignal.timeout(answerSeconds * 1000),
    });
    const ahead = Date.now() - Date.parse(response.headers.get("date") ?? "");
    await response.arrayBuffer();
    return {
      status: response.status,
      milliseconds: Math.round(performance.now() - startedAt),
      aheadMilliseconds: Number.isNaN(ahead) ? 0 : ahead,
    };
  } catch {
    return undefined;
  }
}

function timeOf(answer: Answer | undefined): string {
  return answer ? `${answer.status} in ${answer.milliseconds} ms` : "nothing";
}

function nextAfter(status: number | undefined, log: string): string {
  switch (status) {
    case 403:
      // https://docs.amazonaws.cn/en_us/aws/latest/userguide/api-gateway.html
      return "API Gateway itself refuses it: in China the account needs an ICP filing for this region (docs/deployment.md); elsewhere deploy again";
    case 404:
      return "the route is missing: deploy again";
    case 429:
      return "requests exceed the stage's rate limit: run this again";
    case 503:
      return `it cannot read its secret or cannot reach its queue: ${log}`;
    default:
      return log;
  }
}
