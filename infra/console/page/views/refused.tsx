import type { JSX } from "preact";
import { differsText } from "#lib/operations/refusal-text.ts";
import type { RefusedReport } from "#lib/operations/refused.ts";
import { operate, useAsked } from "#infra/console/page/api.ts";
import { useKnown, useWords } from "#infra/console/page/context.ts";
import { Chip, Code, Foreign, Loaded, Moment, Reason, Table } from "#infra/console/page/parts.tsx";
import { linkTo, type Route } from "#infra/console/page/router.ts";

const dayMilliseconds = 24 * 3600 * 1000;
/** How far back the reader may look: the log is read for it. */
const dayChoices = [1, 7, 30];

/** Deliveries that were refused at the door, and what would have had to differ. */
export function RefusedView({ route }: { route: Route }): JSX.Element {
  const say = useWords();
  const { language } = useKnown();
  const source = route.query.get("source");
  const days = dayChoices.find((each) => String(each) === route.query.get("days")) ?? 1;
  const asked = useAsked<RefusedReport>(() => {
    const since = new Date(Date.now() - days * dayMilliseconds).toISOString();
    return operate({ operation: "refused", since, ...(source !== null && { source }) });
  }, [source, days]);
  return (
    <>
      <h1>{say("refused")}</h1>
      <p class="chips">
        {dayChoices.map((each) => (
          <a
            key={each}
            class="button"
            href={linkTo("refused", [], { source: source ?? undefined, days: String(each) })}
            {...(each === days && { "aria-current": "true" })}
          >
            {each * 24} h
          </a>
        ))}
      </p>
      <Loaded asked={asked}>
        {({ totals, refusals, isComplete }) => (
          <>
            {totals.length === 0 && <p class="empty">{say("nothingRefused")}</p>}
            {totals.map((total) => (
              <section class="cause" key={`${total.source}/${total.nearSource}/${total.reason}`}>
                <h2>
                  <Chip outcome="refused" />{" "}
                  <Foreign>{total.source ?? `(${total.nearSource ?? "?"}?)`}</Foreign> ·{" "}
                  <Code>{total.reason}</Code> · {total.count}
                </h2>
                <p class="faint">
                  {say("first")} <Moment at={total.firstAt} /> · {say("last")} <Moment at={total.lastAt} />
                </p>
                <Reason code={total.reason} />
                <Table
                  heads={[say("time"), say("wouldDiffer"), say("came")]}
                  rows={refusals
                    .filter(
                      (each) =>
                        each.source === total.source &&
                        each.nearSource === total.nearSource &&
                        each.reason === total.reason,
                    )
                    .slice(0, 20)
                    .map((each, index) => ({
                      key: String(index),
                      cells: [
                        <Moment key="at" at={each.at} />,
                        <Foreign key="differs">{differsText(each, language)}</Foreign>,
                        <span key="came">
                          {each.method} · {each.bodyBytes} {say("bytes")} · {say("headers")}{" "}
                          <Foreign>{each.headers.replaceAll(",", ", ")}</Foreign>
                        </span>,
                      ],
                    }))}
                />
              </section>
            ))}
            {!isComplete && <p class="faint">{say("isPartial")}</p>}
          </>
        )}
      </Loaded>
    </>
  );
}
