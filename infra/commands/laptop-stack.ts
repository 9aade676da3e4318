import { InboundError } from "#lib/contract/errors.ts";

// The stack of `npm start`, as other commands on this laptop find it.

/** A stack that runs answers at once. */
const answerSeconds = 5;

/** Checks that the stack of `npm start` answers at this address. Throws `no-answer` and `not-this-stack`. */
export async function findStack(url: string): Promise<void> {
  const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(answerSeconds * 1000) }).catch(
    () => undefined,
  );
  if (!answer) {
    throw new InboundError("unavailable", "no-answer", {
      path: url,
      hint: "run npm start first; where it has another PORT, set the same PORT here",
    });
  }
  const health: unknown = await answer.json().catch(() => undefined);
  if (answer.ok && typeof health === "object" && health !== null && "stack" in health) return;
  throw new InboundError("misconfigured", "not-this-stack", {
    path: url,
    hint: `another server answers there (${answer.status}): set PORT to the port of npm start`,
  });
}
