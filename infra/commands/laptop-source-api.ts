import type { Clock } from "#lib/contract/clock.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { Fetch, Source, SourceEvent } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { sourceApis } from "#lib/source-apis/source-api.ts";
import { fixtureSecret, fixtureSigner, readFixtures } from "#infra/fixtures/cases.ts";
import { eventsOf } from "#infra/local/case-meaning.ts";
import { attention, fine, wrong, type Finding } from "#infra/stage/finding.ts";

/** How long the API of a source may take, with all its retries. */
const answerSeconds = 20;

/**
 * Whether the API of a source accepts the credentials in its secret: it is asked about the invented person of a case, as the worker
 * would ask. That it does not know that person is the answer that is wanted; nothing is changed there. Without such a case only
 * the host is reached.
 */
export async function checkSourceApi(definition: Source, secret: unknown, clock: Clock): Promise<Finding> {
  const source = definition as unknown as Source<unknown>;
  const { name, title, fetch: asks } = source;
  if (!asks) return fine(`API of ${name}: is not needed`);
  const what = `API of ${name}`;
  const api = sourceApis(clock)(asks, secret, clock.now() + answerSeconds * 1000);
  const hosts = hostsOf(asks, secret);
  let requests = 0;
  const counted: SourceApi<unknown> = {
    ...api,
    async request(request) {
      requests += 1;
      return api.request(request);
    },
  };
  try {
    const event = await eventThatAsks(source);
    if (!event) return await reach(what, Object.values(asks.hosts(secret)).join(", "));
    await asks.read(event, counted);
  } catch (error) {
    if (!(error instanceof InboundError)) throw error;
    const { code, reason, hint } = error;
    // The API has answered about a person, so that it took the credentials: `malformed` is about that person.
    const isAnswer = code === "malformed" || reason === "person-not-visible-yet";
    if (reason === "source-unreachable") {
      return wrong(
        `${what}: ${hosts} does not answer`,
        "check this machine's network, and the host in the secret",
      );
    }
    if (!isAnswer)
      return wrong(`${what}: ${reason} (${hosts})`, hint ?? `compare the secret with what ${title} shows`);
  }
  if (requests === 0) {
    return attention(
      `${what}: its secret has no credentials for it`,
      "events that hold only an id cannot be applied, departures are not confirmed, people cannot be listed: the source's README names the fields",
    );
  }
  return fine(`${what}: ${hosts} takes the credentials`);
}

/** Empty where the secret names no host: a source that works without its API has none then. */
function hostsOf(asks: Pick<Fetch<unknown>, "hosts">, secret: unknown): string {
  try {
    return Object.values(asks.hosts(secret)).join(", ");
  } catch (error) {
    if (error instanceof InboundError) return "";
    throw error;
  }
}

/** The first event of the source's cases for which the worker asks the API. */
async function eventThatAsks(source: Source<unknown>): Promise<SourceEvent | undefined> {
  const secret = fixtureSecret(source.name);
  const asking = readFixtures(source.name).filter(
    (each) => each.kind === "events" && each.answers.length > 0,
  );
  for (const each of asking) {
    if (each.kind !== "events" || secret === undefined) continue;
    const events = await eventsOf({ source, secret, signer: fixtureSigner(source.name) }, each);
    const event = events.find((one) => !(one instanceof InboundError));
    if (event && !(event instanceof InboundError)) return event;
  }
  return undefined;
}

/** Whether the hosts answer at all, whatever they answer. */
async function reach(what: string, hosts: string): Promise<Finding> {
  for (const host of hosts.split(", ")) {
    const isThere = await fetch(host, {
      method: "HEAD",
      redirect: "manual",
      signal: AbortSignal.timeout(answerSeconds * 1000),
    }).then(
      () => true,
      () => false,
    );
    if (!isThere)
      return wrong(
        `${what}: ${host} does not answer`,
        "check apiHost in its secret, and this machine's network",
      );
  }
  const next = "no case asks it, so that its credentials were not tried: send an event with npm run send";
  return attention(`${what}: ${hosts} answers`, next);
}
