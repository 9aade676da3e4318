import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { DeliveryOnPage } from "#infra/console/types.ts";
import { Failure } from "#infra/console/page/api.ts";
import { useKnown, useWords } from "#infra/console/page/context.ts";
import { curlOf, fixtureOf } from "#infra/console/page/copies.ts";
import {
  Body,
  Code,
  Copy,
  Dialog,
  Facts,
  Failed,
  Foreign,
  Id,
  Moment,
  Reason,
  Table,
} from "#infra/console/page/parts.tsx";
import { go, linkTo } from "#infra/console/page/router.ts";
import { send } from "#infra/console/page/sending.ts";

/** How a delivery came in: as it was on the wire, how its sender was verified, and which events were in it. */
export function CameIn({
  source,
  proof,
  delivery,
  own,
  isEditing = false,
}: {
  source: string;
  /** As the ledger has it. */
  proof?: string;
  delivery: DeliveryOnPage | undefined;
  /** The event that is looked at. */
  own?: string;
  isEditing?: boolean;
}): JSX.Element {
  const say = useWords();
  const { place } = useKnown();
  const [isOpen, setOpen] = useState(isEditing);
  const { request, answer, said } = delivery ?? {};
  return (
    <>
      <section>
        <h2>{say("received")}</h2>
        {!request && <p class="faint">{say(place.isInvented ? "rawForgotten" : "rawNotKept")}</p>}
        {delivery && (
          <Facts
            of={[
              [say("time"), <Moment key="at" at={delivery.at} />],
              [say("answer"), `HTTP ${delivery.status ?? "—"} · ${delivery.milliseconds ?? 0} ${say("ms")}`],
              [say("bytes"), String(delivery.bytes)],
            ]}
          />
        )}
        {delivery?.refusal !== undefined && <Reason code={delivery.refusal} />}
        {request && (
          <details>
            <summary>
              {say("raw")}: {request.method} <Foreign>{request.path}</Foreign>
            </summary>
            <Table
              heads={[say("headers"), ""]}
              rows={Object.entries(request.headers).map(([name, value]) => ({
                key: name,
                cells: [<Code key="name">{name}</Code>, <Foreign key="value">{value}</Foreign>],
              }))}
            />
            <Body text={request.body} />
            {answer && answer.body !== "" && (
              <>
                <h3>{say("answer")}</h3>
                <Body text={answer.body} />
              </>
            )}
          </details>
        )}
        {request && (
          <p class="actions">
            {said && (
              <button type="button" onClick={() => setOpen(true)}>
                {say("edit")}
              </button>
            )}
            <Copy text={curlOf(location.origin, request)}>{say("asCurl")}</Copy>
            {said && <Copy text={fixtureOf(source, said)}>{say("asFixture")}</Copy>}
          </p>
        )}
      </section>
      {(delivery?.refusal === undefined || proof !== undefined) && (
        <section>
          <h2>{say("verified")}</h2>
          <Facts of={[[say("provenBy"), <Code key="proof">{proof ?? delivery?.proof.name}</Code>]]} />
          {delivery && (
            <p class="faint">
              {say(delivery.proof.coversBody ? "coversBody" : "coversNotBody")}{" "}
              {delivery.proof.refusesStale && say("refusesStale")}
            </p>
          )}
        </section>
      )}
      {delivery && delivery.events.length > 0 && (
        <section>
          <h2>{say("split")}</h2>
          <p>
            {say("eventsInside")}: {delivery.events.length}
          </p>
          <ul>
            {delivery.events.map((each) => (
              <li key={each.id}>
                <a
                  href={linkTo("event", [each.source, each.id])}
                  {...(each.id === own && { "aria-current": "true" })}
                >
                  <Foreign>{each.type}</Foreign> · <Id>{each.id}</Id>
                </a>{" "}
                {each.isRepeated && <span class="chip is-already-done">{say("repeated")}</span>}
              </li>
            ))}
          </ul>
        </section>
      )}
      {isOpen && said && <Edit source={source} said={said} onClose={() => setOpen(false)} />}
    </>
  );
}

/** Lets a delivery be edited, signs it as its sender would, sends it, and goes to what became of it. */
function Edit({
  source,
  said,
  onClose,
}: {
  source: string;
  said: NonNullable<DeliveryOnPage["said"]>;
  onClose: () => void;
}): JSX.Element {
  const say = useWords();
  const isQuery = said.method === "GET";
  const [text, setText] = useState(isQuery ? JSON.stringify(said.query, undefined, 2) : readable(said.body));
  const [failure, setFailure] = useState<string>();

  async function sign(): Promise<void> {
    setFailure(undefined);
    try {
      const edited = isQuery ? { query: JSON.parse(text) as Record<string, string> } : { body: text };
      const { link } = await send({ source, said: { ...said, ...edited } });
      onClose();
      go(link);
    } catch (error) {
      setFailure(error instanceof Failure || error instanceof SyntaxError ? error.message : String(error));
    }
  }

  return (
    <Dialog title={say("edit")} onClose={onClose}>
      <label>
        {say("body")}
        <textarea
          rows={20}
          value={text}
          spellcheck={false}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </label>
      <Failed text={failure} />
      <p class="actions">
        <button type="button" class="main" onClick={() => void sign()}>
          {say("send")}
        </button>
        <button type="button" onClick={onClose}>
          {say("cancel")}
        </button>
      </p>
    </Dialog>
  );
}

function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}
