import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Explanation } from "#lib/operations/explain.ts";
import type { EventOnPage, RequestOnPage } from "#infra/console/types.ts";
import { operate, read, useAsked } from "#infra/console/page/api.ts";
import { useKnown, useWords } from "#infra/console/page/context.ts";
import { explainCommand } from "#infra/console/page/copies.ts";
import { Body, Chip, Code, Copy, Facts, Foreign, Id, Loaded, Person } from "#infra/console/page/parts.tsx";
import { linkTo, type Route } from "#infra/console/page/router.ts";
import { CameIn } from "./came-in.tsx";
import { OutcomeFacts, Times, TrailTable } from "./told.tsx";

/** An event on its way from the delivery that brought it to Authing's answer. */
export function EventView({ route }: { route: Route }): JSX.Element {
  const { place } = useKnown();
  const [source = "", ...rest] = route.rest;
  const id = rest.join("/");
  const asked = useAsked<EventOnPage>(
    () => (place.kind === "laptop" ? read("events", source, id) : elsewhere(source, id)),
    [source, id],
  );
  const isOpen = asked.value !== undefined && asked.value.event?.outcome === undefined;
  useEffect(() => {
    // An event that has just come in has its outcome soon.
    const timer = isOpen ? setTimeout(asked.again, 1000) : undefined;
    return () => clearTimeout(timer);
  }, [isOpen, asked.value]);
  return (
    <Loaded asked={asked}>{(value) => <Way source={source} id={id} value={value} route={route} />}</Loaded>
  );
}

async function elsewhere(source: string, id: string): Promise<EventOnPage> {
  const { events } = await operate<Explanation>({ operation: "explain", asked: `${source}/${id}` });
  return { event: events.find((each) => each.source === source && each.id === id), requests: [] };
}

function Way({
  source,
  id,
  value: { event, delivery, requests },
  route,
}: {
  source: string;
  id: string;
  value: EventOnPage;
  route: Route;
}): JSX.Element {
  const say = useWords();
  const { place } = useKnown();
  const command = explainCommand(`${source}/${id}`, place.options);
  if (!event && !delivery) return <p class="empty">{say("unknownEvent")}</p>;
  const outcome = event?.outcome?.kind ?? event?.parked?.kind;
  return (
    <article class="way">
      <header>
        <h1>
          <Foreign>{event?.type ?? delivery?.events.find((each) => each.id === id)?.type}</Foreign>{" "}
          {outcome !== undefined && <Chip outcome={outcome} />}
        </h1>
        <p>
          <b>{place.sources.find(({ name }) => name === source)?.title ?? source}</b> · <Id>{id}</Id>
          {event && (
            <>
              {" "}
              · <Person id={event.externalId ?? event.subject} />
            </>
          )}
        </p>
        <p class="actions">
          <Copy text={command}>{say("asCommand")}</Copy>
          <Copy text={`${location.origin}/${linkTo("event", [source, id])}`}>{say("asLink")}</Copy>
        </p>
      </header>
      {source === "uploads" ? (
        <p>
          <a href={linkTo("files", [id.replace(/\/.*/s, "")])}>
            {say("importId")} <Id>{id.replace(/\/.*/s, "")}</Id>
          </a>
        </p>
      ) : (
        <CameIn
          source={source}
          {...(event && { proof: event.proof })}
          delivery={delivery}
          own={id}
          isEditing={route.query.get("edit") === "1"}
        />
      )}
      {event && (
        <>
          <section>
            <h2>{say("translated")}</h2>
            <Times event={event} />
            <TrailTable event={event} values={sentValues(requests)} />
          </section>
          <section>
            <h2>{say("request")}</h2>
            {!place.isInvented && <p class="faint">{say("requestsElsewhere")}</p>}
            {place.isInvented && requests.length === 0 && <p class="faint">{say("noRequest")}</p>}
            {requests.map((each) => (
              <Request key={each.number} request={each} />
            ))}
          </section>
          <section>
            <h2>{say("answer")}</h2>
            <OutcomeFacts event={event} />
          </section>
        </>
      )}
    </article>
  );
}

/** What the deciding request said of the person. */
function sentValues(requests: readonly RequestOnPage[]): Readonly<Record<string, unknown>> | undefined {
  const body = requests.findLast(({ decides }) => decides)?.body as Record<string, unknown> | undefined;
  const list = body?.["list"];
  return Array.isArray(list) ? (list[0] as Record<string, unknown>) : body;
}

function Request({ request }: { request: RequestOnPage }): JSX.Element {
  const say = useWords();
  const { operation, milliseconds, httpStatus, statusCode, apiCode, fault, people, decides, body } = request;
  return (
    <details open={decides}>
      <summary>
        <Code>{operation}</Code>{" "}
        <span class={statusCode === 200 ? "" : "warn"}>
          HTTP {httpStatus ?? "—"} · statusCode {statusCode ?? "—"}
          {apiCode !== undefined && ` · apiCode ${apiCode}`}
        </span>{" "}
        {milliseconds !== undefined && (
          <span class="faint">
            {milliseconds} {say("ms")}
          </span>
        )}{" "}
        {decides && <span class="chip is-accepted">{say("decides")}</span>}{" "}
        {fault !== undefined && <span class="chip is-held">{fault}</span>}
      </summary>
      <Facts
        of={[
          [say("requestId"), request.requestId && <Code>{request.requestId}</Code>],
          people > 1 && [say("peopleAtOnce"), String(people)],
        ]}
      />
      {body !== undefined && <Body text={JSON.stringify(body)} />}
    </details>
  );
}
