import { InboundError } from "#lib/contract/errors.ts";

// The stack of `npm start` or `npm run serve`, as other commands on this machine find it.

/** A stack that runs answers at once. */
const answerSeconds = 5;

export interface FoundStack {
  /** `npm start`, or `npm run serve`. */
  readonly command: "npm start" | "npm run serve";
  /** Messages that were received too often. */
  readonly dead: number;
}

/** Finds the stack at this address. Throws `no-answer` and `not-this-stack`. */
export async function findStack(url: string): Promise<FoundStack> {
  const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(answerSeconds * 1000) }).catch(
    () => undefined,
  );
  if (!answer) {
    throw new InboundError("unavailable", "no-answer", {
      path: url,
      hint: "run npm start first, or npm run serve; where it has another PORT, set the same PORT here",
    });
  }
  const health: unknown = await answer.json().catch(() => undefined);
  if (answer.ok && typeof health === "object" && health !== null && "stack" in health) {
    const { stack, dead } = health as { stack: unknown; dead?: unknown };
    return { command: stack === "machine" ? "npm run serve" : "npm start", dead: Number(dead ?? 0) };
  }
  throw new InboundError("misconfigured", "not-this-stack", {
    path: url,
    hint: `another server answers there (${answer.status}): set PORT to the port of npm start or npm run serve`,
  });
}
