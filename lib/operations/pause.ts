import { InboundError } from "#lib/contract/errors.ts";
import type { ApplyPorts } from "#lib/pipeline/applying.ts";
import type { PauseRequest } from "./requests.ts";
import { pagesOf } from "./selection.ts";

/** Events that a resume brings back itself, at most; the rest comes by itself within minutes. */
const mostBroughtBack = 1000;

/** What a pause or a resume has done. */
export interface PauseResult {
  /** Since when the source is paused, ISO 8601, UTC; absent when it is not. */
  readonly pausedSince?: string;
  /** Stored events that come back now. */
  readonly broughtBack: number;
}

/** Begins or ends a pause. What was stored meanwhile comes back. Throws `malformed` for a source that is neither switched on nor paused. */
export async function pauseOrResume(
  { operation, source }: PauseRequest,
  ports: ApplyPorts,
): Promise<PauseResult> {
  const { ledger, events, clock } = ports;
  // A pause that goes on keeps its beginning, which alarms go by.
  const pausedSince = await ledger.pausedSince(source);
  if (!ports.source(source) && pausedSince === undefined) {
    throw new InboundError("malformed", "source-not-enabled", {
      path: source,
      hint: "name a source of inbound.config.ts that is switched on",
    });
  }
  if (operation === "pause") {
    const since = pausedSince ?? new Date(clock.now()).toISOString();
    await ledger.pause(source, since);
    return { pausedSince: since, broughtBack: 0 };
  }
  await ledger.pause(source, undefined);
  let broughtBack = 0;
  const paused = { kinds: ["waiting"], source, reason: "source-paused" } as const;
  for await (const { messages } of pagesOf(paused, ports)) {
    await events.send(
      messages.map(({ kind, message, ledgerId }) => ({ ...message, parkedAs: { kind, ledgerId } })),
    );
    broughtBack += messages.length;
    if (broughtBack >= mostBroughtBack) break;
  }
  return { broughtBack };
}
