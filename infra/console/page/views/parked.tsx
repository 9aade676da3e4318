import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ParkedKind } from "#lib/contract/parked.ts";
import type { OperationRequest } from "#lib/handlers/operations.ts";
import type { ParkedList } from "#lib/operations/list.ts";
import type { ChangedMessages } from "#lib/operations/operate.ts";
import type { ParkedRow } from "#lib/operations/parked-row.ts";
import { shellWord } from "#lib/reasons/shell-word.ts";
import { Failure, operate, useAsked } from "#infra/console/page/api.ts";
import { useKnown, useWords } from "#infra/console/page/context.ts";
import {
  Chip,
  Code,
  Copy,
  Dialog,
  Failed,
  Foreign,
  Loaded,
  Moment,
  Person,
  Reason,
  Table,
} from "#infra/console/page/parts.tsx";
import { linkTo, type Route } from "#infra/console/page/router.ts";
import { isWord } from "#infra/console/page/words.ts";

/** Messages that are shown before the reader asks for those of one cause, and of that one. */
const pageRows = 50;
const causeRows = 500;

/** What is decided about which messages. */
interface Scope {
  readonly kinds: readonly ParkedKind[];
  readonly source: string;
  readonly reason?: string;
  readonly id?: string;
  readonly count: number;
  /** The page could not count them all. */
  readonly isUncounted?: boolean;
}

type Verb = "redrive" | "release" | "release-same" | "discard";

/** What is parked, grouped by cause, and what can be decided about it. */
export function ParkedView({ route }: { route: Route }): JSX.Element {
  const say = useWords();
  const chosen = {
    kind: route.query.get("kind") ?? undefined,
    source: route.query.get("source") ?? undefined,
    reason: route.query.get("reason") ?? undefined,
    id: route.query.get("id") ?? undefined,
  };
  const isNarrow = Object.values(chosen).some((each) => each !== undefined);
  const asked = useAsked<ParkedList>(
    () =>
      operate({
        operation: "list",
        totals: true,
        limit: isNarrow ? causeRows : pageRows,
        ...(chosen.kind !== undefined && { kinds: [chosen.kind as ParkedKind] }),
        ...(chosen.source !== undefined && { source: chosen.source }),
        ...(chosen.reason !== undefined && { reason: chosen.reason }),
        ...(chosen.id !== undefined && { id: chosen.id }),
      }),
    [route.query.toString()],
  );
  return (
    <>
      <h1>{say("parked")}</h1>
      {isNarrow && (
        <p>
          <a href={linkTo("parked")}>← {say("allOutcomes")}</a>
        </p>
      )}
      <Loaded asked={asked}>
        {({ totals = [], rows, all }) =>
          totals.length === 0 ? (
            <p class="empty">{say("nothingParked")}</p>
          ) : (
            totals.map(({ kind, source, reason, count }) => (
              <Cause
                key={`${kind}/${source}/${reason}`}
                scope={{ kinds: [kind], source, reason, count, ...(all && { isUncounted: true }) }}
                rows={rows.filter(
                  (row) => row.kind === kind && row.source === source && row.reason === reason,
                )}
                isOne={chosen.id !== undefined}
                onDone={asked.again}
              />
            ))
          )
        }
      </Loaded>
    </>
  );
}

function Cause({
  scope,
  rows,
  isOne,
  onDone,
}: {
  scope: Scope;
  rows: readonly ParkedRow[];
  isOne: boolean;
  onDone: () => void;
}): JSX.Element {
  const say = useWords();
  const { reason = "", source, count } = scope;
  const [kind = "dead"] = scope.kinds;
  return (
    <section class="cause">
      <h2>
        <Chip outcome={kind} /> <Foreign>{source}</Foreign> · <Code>{reason}</Code> · {count}
      </h2>
      <Reason code={reason} hint={rows[0]?.hint} />
      {!isOne && <Decide scope={scope} onDone={onDone} />}
      <Table
        heads={[say("person"), say("event"), say("since"), say("due"), say("path"), say("thisOne")]}
        rows={rows.map((row) => ({
          key: row.id,
          cells: [
            <Person key="person" id={row.externalId ?? row.subject} />,
            <a key="event" href={linkTo("event", [row.source, row.id])}>
              <Foreign>{row.type}</Foreign>
            </a>,
            <Moment key="since" at={row.since} />,
            row.dueAt === undefined ? "" : <Moment key="due" at={row.dueAt} />,
            <Code key="path">{row.path ?? ""}</Code>,
            <Decide
              key="decide"
              scope={{ kinds: scope.kinds, source, reason, id: row.id, count: 1 }}
              onDone={onDone}
            />,
          ],
        }))}
      />
      {rows.length < Math.min(count, causeRows) && !isOne && (
        <p>
          <a href={linkTo("parked", [], { kind, source, reason })}>{say("more")}</a>
        </p>
      )}
    </section>
  );
}

/** What can be decided of each kind. */
const verbsOf = ({ kinds: [kind], reason }: Scope): readonly Verb[] => {
  if (kind === "held") return [reason === "mass-departure" ? "release" : "release-same", "discard"];
  if (kind === "waiting") return ["discard"];
  return ["redrive", "discard"];
};

function Decide({ scope, onDone }: { scope: Scope; onDone: () => void }): JSX.Element {
  const say = useWords();
  const [verb, setVerb] = useState<Verb>();
  return (
    <p class="actions">
      {verbsOf(scope).map((each) => (
        <button type="button" key={each} onClick={() => setVerb(each)}>
          {sayVerb(say, each)} …
        </button>
      ))}
      {verb && <Decision verb={verb} scope={scope} onClose={() => setVerb(undefined)} onDone={onDone} />}
    </p>
  );
}

const sayVerb = (say: ReturnType<typeof useWords>, verb: Verb): string =>
  say(verb === "release-same" ? "releaseSame" : verb);

function requestOf(verb: Verb, { kinds, source, reason, id }: Scope, mode: "preview" | "apply") {
  return {
    operation: verb === "release-same" ? "release" : verb,
    mode,
    kinds,
    source,
    ...(reason !== undefined && { reason }),
    ...(id !== undefined && { id }),
    ...(verb === "release-same" && { as: "same" }),
  };
}

/** Carries a verb out page by page, as the command does: for as many messages as the reader was shown. */
async function carryOut(
  verb: Verb,
  scope: Scope,
  mode: "preview" | "apply",
  most: number,
  tell: (rows: readonly ParkedRow[]) => void,
): Promise<readonly ParkedRow[]> {
  const rows = new Map<string, ParkedRow>();
  let left = most;
  let after: string | undefined;
  do {
    const page: ChangedMessages = await operate<ChangedMessages>({
      ...requestOf(verb, scope, mode),
      ...(after !== undefined && { after }),
      ...(left < Infinity && { most: left }),
    } as OperationRequest);
    for (const row of page.rows) rows.set(row.id, row);
    left -= page.rows.length;
    after = page.next;
    tell([...rows.values()]);
  } while (after !== undefined && left > 0);
  return [...rows.values()];
}

/** Shows what a decision would come to for the first messages, asks, and carries it out. */
function Decision({
  verb,
  scope,
  onClose,
  onDone,
}: {
  verb: Verb;
  scope: Scope;
  onClose: () => void;
  onDone: () => void;
}): JSX.Element {
  const say = useWords();
  const { place } = useKnown();
  const previewed = useAsked(() => carryOut(verb, scope, "preview", Math.min(20, scope.count), () => {}), []);
  const [done, setDone] = useState<readonly ParkedRow[]>();
  const [isWorking, setWorking] = useState(false);
  const [failure, setFailure] = useState<string>();
  const command = commandOf(verb, scope, place.options);

  async function apply(): Promise<void> {
    setWorking(true);
    setFailure(undefined);
    try {
      // What is parked after the reader has seen how many there are is not theirs to decide yet.
      await carryOut(verb, scope, "apply", scope.isUncounted ? Infinity : scope.count, setDone);
    } catch (error) {
      setFailure(error instanceof Failure ? error.message : String(error));
    }
    setWorking(false);
  }

  const close = () => {
    onClose();
    if (done) onDone();
  };
  return (
    <Dialog title={sayVerb(say, verb)} onClose={close}>
      <p>
        {say(scope.id === undefined ? "aboutAll" : "aboutOne")}: <Foreign>{scope.source}</Foreign> ·{" "}
        <Code>{scope.reason ?? ""}</Code> · <b>{scope.count}</b> {say("messages")}
      </p>
      {done ? (
        <Results caption={say("became")} rows={done} />
      ) : (
        <Loaded asked={previewed}>{(rows) => <Results caption={say("preview")} rows={rows} />}</Loaded>
      )}
      <Failed text={failure} />
      {!place.allowsChanges && <p>{say("onlyReads")}</p>}
      <p class="actions">
        {place.allowsChanges && !done && (
          <button type="button" class="main" disabled={isWorking} onClick={() => void apply()}>
            {say("doIt")}
          </button>
        )}
        <Copy text={command}>{say("asCommand")}</Copy>
        <button type="button" onClick={close}>
          {say("cancel")}
        </button>
      </p>
    </Dialog>
  );
}

function commandOf(verb: Verb, { kinds, source, reason, id }: Scope, options: string): string {
  const [kind] = kinds;
  return [
    "npm run parked --",
    verb === "release-same" ? "release" : verb,
    "preview",
    verb === "redrive" || verb === "discard" ? kind : "",
    verb === "release-same" ? "--as same" : "",
    `--source ${shellWord(source)}`,
    reason === undefined ? "" : `--reason ${shellWord(reason)}`,
    id === undefined ? "" : `--id ${shellWord(id)}`,
    options,
  ]
    .filter(Boolean)
    .join(" ");
}

function Results({ caption, rows }: { caption: string; rows: readonly ParkedRow[] }): JSX.Element {
  const say = useWords();
  return (
    <Table
      caption={caption}
      heads={[say("person"), say("outcome"), say("field")]}
      rows={rows.map((row) => ({
        key: row.id,
        cells: [
          <Person key="person" id={row.externalId ?? row.subject} />,
          <Result key="result" text={row.result ?? ""} />,
          Object.entries(row.fields ?? {}).map(([field, effect]) => (
            <span key={field} class="listed">
              <Code>{field}</Code> {say(effect === "new" ? "fieldNew" : "fieldChanged")}
            </span>
          )),
        ],
      }))}
    />
  );
}

/** What became of a message, or would: `accepted`, `rejected conflict (email)`. */
function Result({ text }: { text: string }): JSX.Element {
  const [outcome = "", ...reason] = text.split(" ");
  return isWord(outcome) ? (
    <>
      <Chip outcome={outcome} /> {reason.length > 0 && <Code>{reason.join(" ")}</Code>}
    </>
  ) : (
    <Code>{text}</Code>
  );
}
