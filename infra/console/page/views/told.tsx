import type { JSX } from "preact";
import type { ExplainedEvent } from "#lib/operations/explain.ts";
import { useKnown, useWords } from "#infra/console/page/context.ts";
import { Chip, Code, Facts, Foreign, Id, Moment, Person, Reason, Table } from "#infra/console/page/parts.tsx";
import { linkTo } from "#infra/console/page/router.ts";

// What became of an event, as the ledger and the parked messages tell it.

/** A link to an event that another one names: `source/id`. */
export function EventLink({ name }: { name: string }): JSX.Element {
  const slash = name.indexOf("/");
  return (
    <a href={linkTo("event", [name.slice(0, slash), name.slice(slash + 1)])}>
      <Id>{name}</Id>
    </a>
  );
}

export function OutcomeFacts({ event }: { event: ExplainedEvent }): JSX.Element {
  const say = useWords();
  const { outcome, parked, otherExternalId, leftBefore } = event;
  const code = parked?.reason ?? outcome?.reason;
  return (
    <>
      <p class="outcome">
        <Chip outcome={outcome?.kind ?? parked?.kind ?? "retried"} />{" "}
        {outcome?.field !== undefined && <Code>{outcome.field}</Code>}
      </p>
      {code !== undefined && <Reason code={code} hint={parked?.hint} />}
      <Facts
        of={[
          [say("userId"), outcome?.userId && <Code>{outcome.userId}</Code>],
          [say("requestId"), outcome?.requestId && <Code>{outcome.requestId}</Code>],
          [say("by"), outcome?.by && <EventLink name={outcome.by} />],
          [say("otherPerson"), otherExternalId && <Person id={otherExternalId} />],
          [say("path"), parked?.path && <Code>{parked.path}</Code>],
          [say("until"), parked?.dueAt && <Moment at={parked.dueAt} />],
          [say("paused"), parked?.pausedSince && <Moment at={parked.pausedSince} />],
          [say("supersededBy"), parked?.lapsedBy && <EventLink name={parked.lapsedBy} />],
          [say("tried"), parked && `${parked.attempts} ${say("times")}`],
          [
            say("leftBefore"),
            leftBefore &&
              leftBefore.map((id) => (
                <span key={id} class="listed">
                  <Person id={id} />
                </span>
              )),
          ],
        ]}
      />
      {parked && parked.kind !== "waiting" && (
        <p>
          <a class="button" href={linkTo("parked", [], { source: event.source, id: event.id })}>
            {say("parked")} …
          </a>
        </p>
      )}
    </>
  );
}

/**
 * Each field of an event: the path that it was read from, the rule that was applied; which were not used, and why.
 *
 * @param values what was sent to Authing, where that is known.
 */
export function TrailTable({
  event,
  values,
}: {
  event: ExplainedEvent;
  values?: Readonly<Record<string, unknown>> | undefined;
}): JSX.Element {
  const say = useWords();
  const { trail, dropped = [], superseded = {} } = event;
  const cells = (field: string, path: string, rule: JSX.Element) => [
    field === "" ? <span class="faint">—</span> : <Code>{field}</Code>,
    ...(values ? [valueOf(values, field)] : []),
    path === "" ? <span class="faint">—</span> : <Code>{path}</Code>,
    rule,
  ];
  const rows = [
    ...Object.entries(trail).map(([field, from]) => {
      const [path = "", rule = ""] = from.split(" · ");
      return { key: field, cells: cells(field, path, <Foreign>{rule}</Foreign>) };
    }),
    ...Object.entries(superseded).map(([field, by]) => ({
      key: `superseded ${field}`,
      cells: cells(
        field,
        "",
        <>
          {say("supersededBy")} <EventLink name={by} />
        </>,
      ),
    })),
    ...dropped.map(({ path, problem }) => ({
      key: `dropped ${path}`,
      cells: cells("", path, <DroppedWhy code={problem} />),
    })),
  ];
  if (rows.length === 0) return <p class="faint">{say("noTrail")}</p>;
  return (
    <Table heads={[say("field"), ...(values ? [say("value")] : []), say("path"), say("rule")]} rows={rows} />
  );
}

function DroppedWhy({ code }: { code: string }): JSX.Element {
  const say = useWords();
  const { reasons } = useKnown();
  const means = Object.hasOwn(reasons, code) ? reasons[code]?.means : undefined;
  return (
    <>
      {say("droppedField")}: <Code>{code}</Code> {means}
    </>
  );
}

/** The value of a field such as `customData.title` in what was sent. */
function valueOf(values: Readonly<Record<string, unknown>>, field: string): JSX.Element {
  let value: unknown = values;
  for (const part of field.split(".")) {
    value =
      typeof value === "object" && value !== null ? (value as Record<string, unknown>)[part] : undefined;
  }
  if (value === undefined) return <span class="faint">—</span>;
  return <Foreign>{typeof value === "string" ? value : JSON.stringify(value)}</Foreign>;
}

/** When an event happened, came, and had its outcome. */
export function Times({ event }: { event: ExplainedEvent }): JSX.Element {
  const say = useWords();
  const { occurredAt, receivedAt, readAt, settledAt, changes } = event;
  const took = settledAt === undefined ? undefined : Date.parse(settledAt) - Date.parse(receivedAt);
  return (
    <Facts
      of={[
        [say("happened"), <Moment key="at" at={occurredAt} />],
        [say("received"), <Moment key="at" at={receivedAt} />],
        [say("readAt"), readAt && <Moment at={readAt} />],
        [
          say("settled"),
          settledAt && (
            <>
              <Moment at={settledAt} />{" "}
              <span class="faint">
                +{took} {say("ms")}
              </span>
            </>
          ),
        ],
        [say("doneThere"), changes.length > 0 && <Code>{changes.join(" + ")}</Code>],
      ]}
    />
  );
}
