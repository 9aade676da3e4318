import { setTimeout as wait } from "node:timers/promises";
import { InboundError } from "#lib/contract/errors.ts";
import type { ExplainedEvent, Explanation } from "#lib/operations/explain.ts";
import type { EventFixture, Fixture } from "#infra/fixtures/cases.ts";
import { postRequest } from "#infra/fixtures/post.ts";
import type { WireRequest } from "#infra/fixtures/requests.ts";
import { deliveryHeader, type DeliveredEvent, type DeliveredEvents } from "#infra/local/deliveries.ts";
import { say } from "./command.ts";
import { findStack } from "./laptop-stack.ts";
import { openOperations } from "./operations-client.ts";
import { isAsWished, toldEvent } from "./told-event.ts";

// Sends one delivery to the stack on this laptop and says what became of its events.

/** How long an outcome is waited for. */
const outcomeSeconds = 15;
const askAgainMilliseconds = 100;

/**
 * Sends a delivery and prints the answer and the outcome of each event. Resolves to the exit status: 0 where the receiver took it and
 * each event was applied. Throws `no-answer`, `not-this-stack`.
 */
export async function sendDelivery(url: string, fixture: Fixture, request: WireRequest): Promise<number> {
  const { source, name } = fixture;
  await findStack(url);
  if (fixture.kind === "events" && fixture.answers.length > 0) await recordAnswers(url, fixture);
  const answer = await postRequest(url, source, request);
  if (!answer) throw new InboundError("unavailable", "no-answer", { path: url, hint: "npm start has ended" });
  const text = (await answer.text()).trim();
  // The stack gives every delivery of a source that it knows an id.
  const id = answer.headers.get(deliveryHeader);

  say(`${source} ${name}: ${[answer.status, readableReply(text)].filter(Boolean).join(" ")}`);
  if (fixture.kind === "handshake") {
    if (answer.status === fixture.reply.status) return 0;
    say(`  the sender expects ${fixture.reply.status}`, process.stderr);
    return 1;
  }
  if (!answer.ok) {
    say(`  ${nextAfter(answer.status, id !== null, source)}`, process.stderr);
    return 1;
  }
  return tellEvents(url, id ?? "");
}

/** The body of an answer; an encrypted one is only counted. */
const readableReply = (text: string): string =>
  text.includes("encrypt") ? `(${text.length} characters, encrypted)` : text;

/** The answers of the source's API about the people of this case. A stack with the developer's own secrets asks the real API. */
async function recordAnswers(url: string, { source, answers }: EventFixture): Promise<void> {
  const body = JSON.stringify(answers);
  await fetch(`${url}/recorded-answers/${source}`, { method: "PUT", body, ...soon() });
}

async function tellEvents(url: string, delivery: string): Promise<number> {
  const answer = await fetch(`${url}/deliveries/${delivery}`, soon());
  const { events } = (await answer.json()) as DeliveredEvents;
  if (events.length === 0) say("  no event is in it: it is about no person");
  const deadline = Date.now() + outcomeSeconds * 1000;
  let status = 0;
  for (const event of events) {
    const found = await outcomeOf(url, event, deadline);
    for (const line of toldEvent(event, found, outcomeSeconds)) say(line);
    if (!isAsWished(found)) status = 1;
  }
  return status;
}

/** The event once it has an outcome or is parked; `undefined` where it has neither in time. */
async function outcomeOf(
  url: string,
  { source, id }: DeliveredEvent,
  deadline: number,
): Promise<ExplainedEvent | undefined> {
  const operate = await openOperations({ url });
  for (;;) {
    const { events } = await operate<Explanation>({ operation: "explain", asked: `${source}/${id}` });
    const own = events.find((each) => each.source === source && each.id === id);
    if (own || Date.now() >= deadline) return own;
    await wait(askAgainMilliseconds);
  }
}

function nextAfter(status: number, isOfSource: boolean, source: string): string {
  switch (status) {
    case 401:
      return isOfSource
        ? "the receiver refused the proof: npm run refused says why; with secrets of your own, INBOUND_SECRETS names the same file here and " +
            "for npm start"
        : `what runs there does not have ${source}: start it again, with npm start -- --sources ${source} or with today's inbound.config.ts`;
    case 413:
      return "the body is larger than the receiver takes";
    case 503:
      return `the receiver cannot take it now: npm run doctor -- --local says whether the secret of ${source} is right`;
    default:
      return "npm run refused says why; the log of npm start -- --verbose has more";
  }
}

const soon = () => ({ signal: AbortSignal.timeout(outcomeSeconds * 1000) });
