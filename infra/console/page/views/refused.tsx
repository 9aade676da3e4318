import type { JSX } from "preact";
import { differsText } from "#lib/operations/refusal-text.ts";
import type { RefusedReport } from "#lib/operations/refused.ts";
import { operate, useAsked } from "#infra/console/page/api.ts";
import { useKnown, useWords } from "#infra/console/page/context.ts";
import { Chip, Code, Foreign, Loaded, Moment, Reason, Table } from "#infra/console/page/parts.tsx";
import type { Route } from "#infra/console/page/router.ts";

/** Deliveries that were refused at the door, and what would have had to differ. */
export function RefusedView({ route }: { route: Route }): JSX.Element {
  const say = useWords();
  const { language } = useKnown();
  const source = route.query.get("source");
  const asked = useAsked<RefusedReport>(
    () => operate({ operation: "refused", ...(source !== null && { source }) }),
    [source],
  );
  return (
    <>
      <h1>{say("refused")}</h1>
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
