import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ExplainedEvent, Explanation } from "#lib/operations/explain.ts";
import { Failure, operate, useAsked } from "#infra/console/page/api.ts";
import { useKnown, useWords } from "#infra/console/page/context.ts";
import { explainCommand } from "#infra/console/page/copies.ts";
import {
  Chip,
  Code,
  Copy,
  Facts,
  Failed,
  Foreign,
  Loaded,
  Moment,
  Table,
} from "#infra/console/page/parts.tsx";
import { go, linkTo, type Route } from "#infra/console/page/router.ts";
import { EventLink, OutcomeFacts, Times, TrailTable } from "./told.tsx";

/** What became of a person, over all sources and files. */
export function PersonView({ route }: { route: Route }): JSX.Element {
  const asked = route.rest.join("/");
  return (
    <>
      <Find first={asked} />
      {asked === "" ? <Everybody /> : <Told asked={asked} />}
    </>
  );
}

/** An e-mail address or a phone number: these stand in no link and in no history of the browser. */
const mayBeAddress = /@|^\+?[0-9][0-9 ()-]{4,20}$/;

function Find({ first }: { first: string }): JSX.Element {
  const say = useWords();
  const [text, setText] = useState(first);
  const [note, setNote] = useState<string>();
  const asked = text.trim();

  async function find(): Promise<void> {
    setNote(undefined);
    if (!mayBeAddress.test(asked)) return go(linkTo("person", [asked]));
    try {
      const found = await operate<Explanation>({ operation: "explain", asked, askAuthing: true });
      const { person, account, events } = found;
      const id = person?.externalId ?? account?.externalId ?? account?.userId;
      if (id !== undefined) go(linkTo("person", [id]));
      else if (events.length > 0) go(linkTo("person", [asked]));
      else setNote(say("unknownPerson"));
    } catch (error) {
      setNote(error instanceof Failure ? error.message : String(error));
    }
  }

  return (
    <form
      class="bar"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        if (asked !== "") void find();
      }}
    >
      <label class="grow">
        {say("findPerson")}
        <input
          type="search"
          value={text}
          aria-describedby="find-hint"
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
        <span id="find-hint" class="faint">
          {say("findHint")}
        </span>
      </label>
      <button type="submit" class="main">
        {say("find")}
      </button>
      <Failed text={note} />
    </form>
  );
}

/** The invented people of the sandbox. */
function Everybody(): JSX.Element | undefined {
  const say = useWords();
  const { people, place } = useKnown();
  if (!place.isInvented) return undefined;
  return (
    <Table
      caption={say("atAuthing")}
      heads={["externalId", say("name"), "email", "phone", say("status"), say("totp")]}
      rows={[...people].map(([id, { name, email, phone, status, hasTotp }]) => ({
        key: id,
        cells: [
          <a key="id" href={linkTo("person", [id])}>
            <Foreign>{id}</Foreign>
          </a>,
          <Foreign key="name">{name}</Foreign>,
          <Foreign key="email">{email}</Foreign>,
          <Foreign key="phone">{phone}</Foreign>,
          <Code key="status">{status}</Code>,
          hasTotp ? say("yes") : "",
        ],
      }))}
    />
  );
}

function Told({ asked }: { asked: string }): JSX.Element {
  const say = useWords();
  const { place, people } = useKnown();
  const found = useAsked<Explanation>(() => operate({ operation: "explain", asked }), [asked]);
  return (
    <Loaded asked={found}>
      {({ person, account, events, elsewhere }) => {
        const id = person?.externalId ?? events.find(({ externalId }) => externalId)?.externalId;
        const invented = id === undefined ? undefined : people.get(id);
        const status = invented?.status ?? account?.status;
        const command = explainCommand(asked, place.options);
        return (
          <article>
            <header>
              <h1>
                {invented?.name !== undefined && (
                  <>
                    <Foreign>{invented.name}</Foreign>{" "}
                  </>
                )}
                <Code>{id ?? asked}</Code>
              </h1>
              <p class="actions">
                <Copy text={command}>{say("asCommand")}</Copy>
                <Copy text={`${location.origin}/${linkTo("person", [id ?? asked])}`}>{say("asLink")}</Copy>
              </p>
            </header>
            {elsewhere && (
              <div class="empty">
                <p>{say("unknownPerson")}</p>
                <p>
                  {say("switchedOn")}{" "}
                  <Foreign>{elsewhere.sources.map(({ name }) => name).join(", ")}</Foreign>
                </p>
                {elsewhere.unreadable > 0 && (
                  <p>
                    <a href={linkTo("parked", [], { kind: "dead" })}>
                      {elsewhere.unreadable} {say("unreadableOnes")}
                    </a>
                  </p>
                )}
                {elsewhere.unread > 0 && (
                  <p>
                    <a href={linkTo("parked", [], { kind: "waiting" })}>
                      {elsewhere.unread} {say("unreadOnes")}
                    </a>
                  </p>
                )}
                <p>
                  <a href={linkTo("refused")}>{say("refused")}</a>
                </p>
              </div>
            )}
            <Facts
              of={[
                [
                  say("userId"),
                  (person?.userId ?? account?.userId) && <Code>{person?.userId ?? account?.userId}</Code>,
                ],
                [say("status"), status && <Code>{status}</Code>],
                ["email", invented?.email && <Foreign>{invented.email}</Foreign>],
                ["phone", invented?.phone && <Foreign>{invented.phone}</Foreign>],
                [say("totp"), invented?.hasTotp && say("yes")],
                [say("broughtBy"), person && <EventLink name={person.createdBy} />],
                [
                  say("belongsTo"),
                  person && (person.owner ? <Foreign>{person.owner}</Foreign> : say("noOwner")),
                ],
                [say("closedBy"), person?.closedBy && <Foreign>{person.closedBy.join(", ")}</Foreign>],
                [say("formerly"), person?.formerly && <Foreign>{person.formerly.join(", ")}</Foreign>],
              ]}
            />
            {events.length > 0 && (
              <>
                <h2>{say("timeline")}</h2>
                <ol class="timeline">
                  {events.toReversed().map((event) => (
                    <Happened key={`${event.source}/${event.id}`} event={event} />
                  ))}
                </ol>
                <h2>{say("fieldsTold")}</h2>
                <FieldsTold events={events} />
              </>
            )}
          </article>
        );
      }}
    </Loaded>
  );
}

function Happened({ event }: { event: ExplainedEvent }): JSX.Element {
  const { outcome, parked, source, id, type, receivedAt } = event;
  return (
    <li>
      <details>
        <summary>
          <Moment at={receivedAt} />{" "}
          <b>
            <Foreign>{source}</Foreign>
          </b>{" "}
          <Foreign>{type}</Foreign> <Chip outcome={outcome?.kind ?? parked?.kind ?? "retried"} />{" "}
          <Code>{parked?.reason ?? outcome?.reason}</Code>
        </summary>
        <p>
          <EventLink name={`${source}/${id}`} />
        </p>
        <OutcomeFacts event={event} />
        <Times event={event} />
        <TrailTable event={event} />
      </details>
    </li>
  );
}

/** Of each field the event that told it last and was applied. Events are in the order in which they were decided. */
function FieldsTold({ events }: { events: readonly ExplainedEvent[] }): JSX.Element {
  const say = useWords();
  const told = new Map<string, { event: ExplainedEvent; from: string }>();
  for (const event of events) {
    if (event.outcome?.kind !== "accepted" && event.outcome?.kind !== "already-done") continue;
    for (const [field, from] of Object.entries(event.trail)) told.set(field, { event, from });
    if (event.changes.includes("leave")) told.set("access", { event, from: "" });
  }
  return (
    <Table
      heads={[say("field"), say("when"), say("by"), say("path"), say("rule")]}
      rows={[...told].map(([field, { event, from }]) => {
        const [path = "", rule = ""] = from.split(" · ");
        return {
          key: field,
          cells: [
            <Code key="field">{field}</Code>,
            <Moment key="when" at={event.occurredAt} />,
            <EventLink key="by" name={`${event.source}/${event.id}`} />,
            <Code key="path">{path}</Code>,
            <Foreign key="rule">{rule}</Foreign>,
          ],
        };
      })}
    />
  );
}
