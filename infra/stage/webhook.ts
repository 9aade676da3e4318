import { randomUUID } from "node:crypto";
import { InboundError } from "#lib/contract/errors.ts";
import type { Source } from "#lib/contract/source.ts";
import {
  addressOf,
  pingRequest,
  sentBody,
  signedRequest,
  type WireRequest,
} from "#infra/fixtures/requests.ts";
import { attention, fine, wrong, type Finding } from "./finding.ts";

/** Longer than any sender waits. */
const answerSeconds = 15;

const secretFirst = "see to its secret first, above";

interface Answer {
  readonly status: number;
  readonly milliseconds: number;
  /** How far this machine's clock is ahead of that of whoever answers. */
  readonly aheadMilliseconds: number;
}

/** A webhook as it is deployed. */
export interface DeployedWebhook<Secret> {
  readonly url: string;
  /** The one in use; without it only the refusal is tried. */
  readonly secret: Secret | undefined;
  /** How to read the log of its function. */
  readonly log: string;
}

/**
 * Whether a webhook refuses what has no proof, and takes what has one. Every path answers 401, so that only a delivery which
 * is taken tells that route, function and secret are right; it is one that nothing comes of. What is signed is signed by the
 * clock of whoever answers: this machine's may be off, and has no part in what is deployed.
 */
export async function checkWebhook<Secret>(
  { name, title, proof, ping }: Source<Secret>,
  { url, secret, log }: DeployedWebhook<Secret>,
): Promise<{ finding: Finding; clockAheadSeconds?: number }> {
  const what = `webhook ${name}`;
  const said = pingRequest(ping ?? { contentType: "application/json", body: "{}" });
  const unproven = await request(url, said);
  if (!unproven) {
    return {
      finding: wrong(
        `${what}: nobody answers at ${url}`,
        "is there a way to it from here? If so, deploy again",
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
    if (unproven.status !== 401) {
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
        `${what}: ${refuses}; what ${title} could send that is about nobody is not known`,
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

  /** The reason where it cannot be done. */
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
      headers: sent.headers,
      // Some proofs are the secret itself.
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
    case 404:
      return "the route is missing: deploy again";
    case 429:
      return "more comes in than the stage's limit: run this again";
    case 503:
      return `it cannot read its secret, or not reach its queue: ${log}`;
    default:
      return log;
  }
}
