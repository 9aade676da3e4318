import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { SourcesReport } from "#lib/operations/sources.ts";
import { Failure, operate, useAsked, useRepeated } from "#infra/console/page/api.ts";
import { useKnown, useWords } from "#infra/console/page/context.ts";
import { useFeed, type Line } from "#infra/console/page/feed.ts";
import { Chip, Dialog, Failed, Foreign, Moment, Person } from "#infra/console/page/parts.tsx";
import { go, linkTo, replaceRoute, type Route } from "#infra/console/page/router.ts";
import { isWord } from "#infra/console/page/words.ts";

/** Height of a line in pixels, as page.css has it: only those in sight are drawn. */
const lineHeight = 36;
const linesBeyond = 12;
const parkedOutcomes = new Set(["dead", "held", "rejected", "waiting"]);

/** Deliveries and events as they come, the newest first. */
export function LiveView({ route }: { route: Route }): JSX.Element {
  const say = useWords();
  const { people } = useKnown();
  const { lines, failure, missingBefore } = useFeed();
  const search = useRef<HTMLInputElement>(null);
  const asked = route.query.get("q") ?? "";
  const outcome = route.query.get("outcome") ?? "";
  const source = route.query.get("source") ?? "";
  const filter = (change: Readonly<Record<string, string>>) =>
    replaceRoute(linkTo("live", [], { q: asked, outcome, source, ...change }));

  const counts = useMemo(() => countBy(lines), [lines]);
  const shown = useMemo(() => {
    const words = asked.toLowerCase().split(/\s+/).filter(Boolean);
    const nameOf = (id = "") => people.get(id)?.name ?? "";
    return lines
      .filter(
        (line) =>
          (outcome === "" || line.outcome === outcome) &&
          (source === "" || line.source === source) &&
          words.every((word) =>
            `${line.key} ${line.what} ${line.outcome} ${line.reason ?? ""} ${line.person ?? ""} ${nameOf(line.person)}`
              .toLowerCase()
              .includes(word),
          ),
      )
      .toReversed();
  }, [lines, asked, outcome, source, people]);

  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const isTyping =
        event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
      if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      search.current?.focus();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);

  return (
    <>
      <h1 class="unseen">{say("live")}</h1>
      <Sources chosen={source} choose={(name) => filter({ source: name === source ? "" : name })} />
      <div class="bar">
        <input
          ref={search}
          type="search"
          value={asked}
          placeholder={say("search")}
          aria-label={say("search")}
          onInput={({ currentTarget }) => filter({ q: currentTarget.value })}
          onKeyDown={({ key, currentTarget }) => key === "Escape" && currentTarget.blur()}
        />
        <div class="chips" role="group" aria-label={say("outcome")}>
          <button type="button" aria-pressed={outcome === ""} onClick={() => filter({ outcome: "" })}>
            {say("allOutcomes")} {lines.length}
          </button>
          {[...counts].map(([name, count]) => (
            <button
              type="button"
              key={name}
              class={`is-${name}`}
              aria-pressed={outcome === name}
              onClick={() => filter({ outcome: outcome === name ? "" : name })}
            >
              {isWord(name) ? say(name) : name} {count}
            </button>
          ))}
        </div>
      </div>
      {failure !== undefined && <Failed text={`${say("notTold")}: ${failure}`} />}
      {shown.length === 0 ? <Nothing isFiltered={lines.length > 0} /> : <Lines lines={shown} />}
      {missingBefore !== undefined && (
        <p class="faint hint">
          <Moment at={missingBefore} isShort /> {say("missing")}
        </p>
      )}
      <p class="faint hint">{say("keys")}</p>
    </>
  );
}

function countBy(lines: readonly Line[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { outcome } of lines) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return counts;
}

function Nothing({ isFiltered }: { isFiltered: boolean }): JSX.Element {
  const say = useWords();
  const { place } = useKnown();
  return (
    <div class="empty">
      <p>{say(isFiltered ? "nothingFound" : "nothingYet")}</p>
      {!isFiltered && place.kind === "laptop" && <a href={linkTo("try")}>{say("sendSample")}</a>}
    </div>
  );
}

/** The lines in sight, in a list that the arrow keys go through. */
function Lines({ lines }: { lines: readonly Line[] }): JSX.Element {
  const say = useWords();
  const { place } = useKnown();
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(800);
  const [chosen, setChosen] = useState<string>();
  const index = lines.findIndex(({ key }) => key === chosen);
  /** The first line in sight, and how much of it is not, in pixels; absent at the very top. */
  const first = useRef<{ readonly key: string | undefined; readonly hidden: number }>(undefined);
  useLayoutEffect(() => {
    // Who has scrolled looks at certain lines: these stay where they are while others come in above them.
    const at = first.current ? lines.findIndex(({ key }) => key === first.current?.key) : -1;
    if (at >= 0) scrollTo(at * lineHeight + (first.current?.hidden ?? 0));
  }, [lines]);
  useEffect(() => {
    const own = box.current;
    if (!own) return undefined;
    const watch = new ResizeObserver(() => setHeight(own.clientHeight));
    watch.observe(own);
    return () => watch.disconnect();
  }, []);

  function scrollTo(y: number): void {
    if (!box.current) return;
    box.current.scrollTop = y;
    hasScrolled(box.current.scrollTop);
  }

  function hasScrolled(y: number): void {
    setTop(y);
    first.current =
      y === 0 ? undefined : { key: lines[Math.floor(y / lineHeight)]?.key, hidden: y % lineHeight };
  }

  function choose(next: number): void {
    const line = lines[Math.min(Math.max(next, 0), lines.length - 1)];
    if (!line || !box.current) return;
    setChosen(line.key);
    const y = lines.indexOf(line) * lineHeight;
    const { scrollTop, clientHeight } = box.current;
    if (y < scrollTop) scrollTo(y);
    else if (y + lineHeight > scrollTop + clientHeight) scrollTo(y + lineHeight - clientHeight);
  }

  function pressed(event: KeyboardEvent): void {
    const line = lines[index];
    const page = Math.max(1, Math.floor(height / lineHeight) - 1);
    const steps: Readonly<Record<string, () => void>> = {
      ArrowDown: () => choose(index + 1),
      ArrowUp: () => choose(index - 1),
      PageDown: () => choose(index + page),
      PageUp: () => choose(index - page),
      Home: () => choose(0),
      End: () => choose(lines.length - 1),
      Enter: () => line && go(linkOf(line)),
      r: () => line?.event && go(againLink(line, place.kind === "laptop")),
    };
    const step = event.ctrlKey || event.metaKey || event.altKey ? undefined : steps[event.key];
    if (!step) return;
    event.preventDefault();
    step();
  }

  const from = Math.max(0, Math.floor(top / lineHeight) - linesBeyond);
  const inSight = lines.slice(from, Math.ceil((top + height) / lineHeight) + linesBeyond);
  return (
    <div
      class="lines"
      ref={box}
      role="listbox"
      tabIndex={0}
      aria-label={say("live")}
      aria-activedescendant={index >= 0 ? `line-${index}` : undefined}
      onScroll={({ currentTarget }) => hasScrolled(currentTarget.scrollTop)}
      onKeyDown={pressed}
      onFocus={() => chosen === undefined && choose(0)}
    >
      <div role="presentation" style={{ height: `${lines.length * lineHeight}px` }}>
        {inSight.map((line, offset) => {
          const at = from + offset;
          return (
            <div
              key={line.key}
              id={`line-${at}`}
              class="line"
              role="option"
              aria-selected={line.key === chosen}
              aria-posinset={at + 1}
              aria-setsize={lines.length}
              style={{ transform: `translateY(${at * lineHeight}px)` }}
              onClick={() => go(linkOf(line))}
            >
              <Moment at={line.at} isShort />
              <b>
                <Foreign>{line.source}</Foreign>
              </b>
              <span>
                <Foreign>{line.what}</Foreign>
              </span>
              <span>
                <Person id={line.person} isLink={false} />
              </span>
              <span>
                <Chip outcome={line.outcome} />{" "}
                <span class="faint">
                  <Foreign>{line.reason}</Foreign>
                </span>
              </span>
              <span class="faint number">
                {line.milliseconds === undefined ? "" : `${line.milliseconds} ${say("ms")}`}
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
}

const linkOf = ({ event, delivery, file }: Line): string =>
  file !== undefined
    ? linkTo("files", [file])
    : event
      ? linkTo("event", [event.source, event.id])
      : linkTo("delivery", [delivery ?? ""]);

/** Where an event is redriven or, on a laptop, sent again. */
function againLink({ event, outcome }: Line, isLaptop: boolean): string {
  if (parkedOutcomes.has(outcome)) return linkTo("parked", [], { source: event?.source, id: event?.id });
  return linkTo("event", [event?.source ?? "", event?.id ?? ""], isLaptop ? { edit: "1" } : {});
}

/** Each source, when it was heard last, and how often. */
function Sources({
  chosen,
  choose,
}: {
  chosen: string;
  choose: (name: string) => void;
}): JSX.Element | undefined {
  const say = useWords();
  const { place } = useKnown();
  const isLaptop = place.kind === "laptop";
  const asked = useAsked(() => operate<SourcesReport>({ operation: "sources" }), []);
  useRepeated(true, isLaptop ? 2000 : 60_000, asked.again);
  const [deciding, setDeciding] = useState<SourcesReport["sources"][number]>();
  if (asked.value === undefined) return undefined;
  return (
    <>
      <ul class="sources">
        {asked.value.sources.map((each) => (
          <li key={each.name} class={each.pausedSince === undefined ? "" : "is-paused"}>
            <button type="button" aria-pressed={chosen === each.name} onClick={() => choose(each.name)}>
              <b>{each.title}</b>
              <span>
                {each.deliveries24h} {say("today")}
              </span>
              <span class="faint">
                {each.lastHeardAt === undefined ? (
                  `${say("lastHeard")}: ${say("never")}`
                ) : (
                  <Moment at={each.lastHeardAt} isShort />
                )}
              </span>
              {each.pausedSince !== undefined && (
                <span class="chip is-held">
                  {say("paused")} <Moment at={each.pausedSince} isShort />
                </span>
              )}
            </button>
            {place.allowsChanges && (
              <button type="button" class="quiet" onClick={() => setDeciding(each)}>
                {say(each.pausedSince === undefined ? "pause" : "resume")}
              </button>
            )}
          </li>
        ))}
      </ul>
      {deciding && (
        <PauseOrResume source={deciding} onClose={() => (setDeciding(undefined), asked.again())} />
      )}
    </>
  );
}

/** Asks before a source is paused or resumed. */
function PauseOrResume({
  source: { name, title, pausedSince },
  onClose,
}: {
  source: SourcesReport["sources"][number];
  onClose: () => void;
}): JSX.Element {
  const say = useWords();
  const [failure, setFailure] = useState<string>();
  const operation = pausedSince === undefined ? "pause" : "resume";
  async function decide(): Promise<void> {
    try {
      await operate({ operation, source: name });
      onClose();
    } catch (error) {
      setFailure(error instanceof Failure ? error.message : String(error));
    }
  }
  return (
    <Dialog title={`${say(operation)}: ${title}`} onClose={onClose}>
      <p>{say(operation === "pause" ? "pauseDoes" : "resumeDoes")}</p>
      <Failed text={failure} />
      <p class="actions">
        <button type="button" class="main" onClick={() => void decide()}>
          {say("doIt")}
        </button>
        <button type="button" onClick={onClose}>
          {say("cancel")}
        </button>
      </p>
    </Dialog>
  );
}
