import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { LastRosters } from "#lib/rosters/last-rosters.ts";
import type { BegunRoster } from "#lib/rosters/operations.ts";
import { RosterReport } from "#lib/report/roster-report.ts";
import type { RosterReport as Report } from "#lib/rosters/report.ts";
import { Failure, operate, useAsked } from "#infra/console/page/api.ts";
import { useKnown, useWords } from "#infra/console/page/context.ts";
import { explainWith } from "#infra/console/page/explain.ts";
import { Failed, Foreign, Loaded, Moment, Table } from "#infra/console/page/parts.tsx";
import { go, linkTo, type Route } from "#infra/console/page/router.ts";

/** The comparisons of sources' complete lists with what they have told. */
export function RostersView({ route }: { route: Route }): JSX.Element {
  const say = useWords();
  const [source, run] = route.rest;
  return (
    <>
      <h1>{say("rosters")}</h1>
      <p>{say("rosterWhat")}</p>
      {source !== undefined && run !== undefined ? <Run source={source} run={run} /> : <Last />}
    </>
  );
}

function Last(): JSX.Element {
  const say = useWords();
  const { place } = useKnown();
  const [failure, setFailure] = useState<string>();
  const asked = useAsked<LastRosters>(() => operate({ operation: "last-rosters" }), []);
  async function plan(source: string): Promise<void> {
    try {
      const begun = await operate<BegunRoster>({ operation: "start-roster", source, plan: true });
      go(linkTo("rosters", [begun.source, begun.run]));
    } catch (error) {
      setFailure(error instanceof Failure ? error.message : String(error));
    }
  }
  return (
    <>
      <Failed text={failure} />
      <Loaded asked={asked}>
        {({ rosters }) => (
          <Table
            heads={[say("source"), say("lastCompared"), say("people"), ""]}
            rows={place.sources.map(({ name, title, hasList }) => {
              const last = rosters.find(({ source }) => source === name);
              return {
                key: name,
                cells: [
                  title,
                  last ? (
                    <a key="at" href={linkTo("rosters", [name, last.run])}>
                      <Moment at={last.at} />
                    </a>
                  ) : (
                    say("never")
                  ),
                  last ? String(last.people) : "",
                  !hasList ? (
                    <span class="faint">{say("noList")}</span>
                  ) : (
                    place.allowsChanges && (
                      <button type="button" onClick={() => void plan(name)}>
                        {say("plan")}
                      </button>
                    )
                  ),
                ],
              };
            })}
          />
        )}
      </Loaded>
    </>
  );
}

function Run({ source, run }: { source: string; run: string }): JSX.Element {
  const say = useWords();
  const { place, reasons } = useKnown();
  const [failure, setFailure] = useState<string>();
  const asked = useAsked<Report>(() => operate({ operation: "follow-roster", source, run }), [source, run]);
  const state = asked.value?.state;
  useEffect(() => {
    const isOver = state === "planned" || state === "finished" || state === "refused";
    const timer = isOver ? undefined : setTimeout(asked.again, 1000);
    return () => clearTimeout(timer);
  }, [state, asked.value, asked.failure]);
  async function apply(): Promise<void> {
    try {
      await operate({ operation: "apply-roster", source, run });
      asked.again();
    } catch (error) {
      setFailure(error instanceof Failure ? error.message : String(error));
    }
  }
  return (
    <>
      <p>
        <a href={linkTo("rosters")}>← {say("rosters")}</a> · <Foreign>{source}</Foreign>
      </p>
      {state === "planned" && place.allowsChanges && (
        <p class="actions">
          <button type="button" class="main" onClick={() => void apply()}>
            {say("applyPlan")}
          </button>
        </p>
      )}
      <Failed text={failure} />
      {asked.value ? (
        <div class="report">
          <RosterReport report={asked.value} explain={explainWith(reasons)} />
        </div>
      ) : (
        // A roster that came as a file is known once its run has begun.
        <p class="faint">{say("reading")}</p>
      )}
    </>
  );
}
