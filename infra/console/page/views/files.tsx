import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ImportReport } from "#lib/report/import-report.ts";
import type { BegunImport, FollowedImport } from "#lib/uploads/operations.ts";
import type { SampleRow } from "#lib/uploads/sample.ts";
import { Failure, operate, resultUrl, upload, useAsked } from "#infra/console/page/api.ts";
import { useKnown, useWords } from "#infra/console/page/context.ts";
import { Chip, Code, Facts, Failed, Foreign, Loaded, Moment, Table } from "#infra/console/page/parts.tsx";
import { go, linkTo, type Route } from "#infra/console/page/router.ts";
import { explainWith } from "#infra/console/page/explain.ts";

/** Files of people and of TOTP secrets: put in, previewed, carried out, and what became of them. */
export function FilesView({ route }: { route: Route }): JSX.Element {
  const say = useWords();
  const { place } = useKnown();
  const [id] = route.rest;
  return (
    <>
      <h1>{say("files")}</h1>
      {id === undefined ? (
        <>
          {place.kind === "laptop" ? <PutIn /> : <FindImport />}
          {place.kind === "laptop" && <Imports />}
        </>
      ) : (
        <Import key={id} id={id} />
      )}
    </>
  );
}

/** An upload was stored: an import or a roster begins. */
type Stored = { readonly import: string } | { readonly source: string; readonly run: string };

function PutIn(): JSX.Element {
  const say = useWords();
  const { place } = useKnown();
  const [kind, setKind] = useState("users");
  const [isPreview, setPreview] = useState(true);
  const [isOver, setOver] = useState(false);
  const [failure, setFailure] = useState<string>();
  const isRoster = kind.startsWith("roster/");

  async function put(file: File | undefined): Promise<void> {
    if (!file) return;
    setFailure(undefined);
    try {
      const root = isPreview && !isRoster ? "plan" : "incoming";
      const stored = await upload<Stored>(`${root}/${kind}/${file.name}`, file);
      go(
        "import" in stored
          ? linkTo("files", [stored.import])
          : linkTo("rosters", [stored.source, stored.run]),
      );
    } catch (error) {
      setFailure(error instanceof Failure ? error.message : String(error));
    }
  }

  return (
    <section>
      <p class="actions">
        <label>
          {say("kindOfFile")}{" "}
          <select value={kind} onChange={({ currentTarget }) => setKind(currentTarget.value)}>
            <option value="users">{say("peopleFile")}</option>
            <option value="otp">{say("otpFile")}</option>
            {place.sources.map(({ name, title }) => (
              <option key={name} value={`roster/${name}`}>
                {say("rosterFile")} {title}
              </option>
            ))}
          </select>
        </label>
        {!isRoster && (
          <label>
            <input
              type="checkbox"
              checked={isPreview}
              onChange={({ currentTarget }) => setPreview(currentTarget.checked)}
            />{" "}
            {say("previewFirst")}
          </label>
        )}
      </p>
      <label
        class={`drop${isOver ? " is-over" : ""}`}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          void put(event.dataTransfer?.files[0]);
        }}
      >
        {say("dropFile")}
        <input type="file" onChange={({ currentTarget }) => void put(currentTarget.files?.[0])} />
      </label>
      <Failed text={failure} />
    </section>
  );
}

function FindImport(): JSX.Element {
  const say = useWords();
  const [text, setText] = useState("");
  return (
    <form
      class="bar"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== "") go(linkTo("files", [text.trim()]));
      }}
    >
      <label class="grow">
        {say("importId")}
        <input type="text" value={text} onInput={({ currentTarget }) => setText(currentTarget.value)} />
        <span class="faint">{say("filesElsewhere")}</span>
      </label>
      <button type="submit" class="main">
        {say("find")}
      </button>
    </form>
  );
}

/** The imports of this laptop, by what they have written. */
function Imports(): JSX.Element {
  const say = useWords();
  const asked = useAsked(async () => {
    const answer = await fetch("/uploads/results/");
    const { keys } = (await answer.json()) as { keys: readonly string[] };
    const ids = keys.map((key) => key.split("/")[1] ?? "").filter((id) => id !== "" && id !== "roster");
    return [...new Set(ids)];
  }, []);
  return (
    <Loaded asked={asked}>
      {(ids) =>
        ids.length === 0 ? (
          <p class="empty">{say("nothingYet")}</p>
        ) : (
          <>
            <h2>{say("imports")}</h2>
            <ul>
              {ids.map((id) => (
                <li key={id}>
                  <a href={linkTo("files", [id])}>
                    <Foreign>{id}</Foreign>
                  </a>
                </li>
              ))}
            </ul>
          </>
        )
      }
    </Loaded>
  );
}

function Import({ id }: { id: string }): JSX.Element {
  const say = useWords();
  const asked = useAsked<FollowedImport>(() => operate({ operation: "follow-import", import: id }), [id]);
  const hasEnded = asked.value?.summary !== undefined;
  useEffect(() => {
    const timer = hasEnded ? undefined : setTimeout(asked.again, 1000);
    return () => clearTimeout(timer);
  }, [hasEnded, asked.value]);
  return (
    <>
      <p>
        <a href={linkTo("files")}>← {say("files")}</a>
      </p>
      <Loaded asked={asked}>
        {({ summary, progress }) =>
          summary ? (
            <Ended id={id} summary={summary} />
          ) : progress ? (
            <>
              <progress max={progress.rows} value={progress.rowsDone} aria-label={say("importId")} />
              <Facts
                of={[
                  [say("importId"), <Code key="id">{id}</Code>],
                  [say("number"), `${progress.rowsDone} ${say("rowsDone")} ${progress.rows}`],
                  [say("perSecond"), String(Math.round(progress.rowsPerSecond))],
                  [say("endsAt"), progress.estimatedEndAt && <Moment at={progress.estimatedEndAt} isShort />],
                ]}
              />
            </>
          ) : (
            <p class="faint">{say("reading")}</p>
          )
        }
      </Loaded>
    </>
  );
}

function Ended({
  id,
  summary,
}: {
  id: string;
  summary: NonNullable<FollowedImport["summary"]>;
}): JSX.Element {
  const say = useWords();
  const { place, reasons } = useKnown();
  const [failure, setFailure] = useState<string>();
  async function apply(): Promise<void> {
    try {
      const begun = await operate<BegunImport>({ operation: "apply-import", preview: id });
      go(linkTo("files", [begun.import]));
    } catch (error) {
      setFailure(error instanceof Failure ? error.message : String(error));
    }
  }
  return (
    <>
      <p class="actions">
        {summary.state === "previewed" && place.allowsChanges && (
          <button type="button" class="main" onClick={() => void apply()}>
            {say("carryOut")}
          </button>
        )}
        {place.kind === "laptop" && <Downloads id={id} />}
      </p>
      <Failed text={failure} />
      <div class="report">
        <ImportReport
          summary={summary}
          details={{ columns: undefined, examples: {} }}
          explain={explainWith(reasons)}
        />
      </div>
      {place.isInvented && summary.state === "previewed" && <Sample id={id} />}
    </>
  );
}

function Downloads({ id }: { id: string }): JSX.Element {
  const say = useWords();
  const asked = useAsked(async () => {
    const answer = await fetch(`${resultUrl(id)}/`);
    const { keys } = (await answer.json()) as { keys: readonly string[] };
    return keys.map((key) => key.split("/").at(-1) ?? "");
  }, [id]);
  return (
    <>
      {(asked.value ?? []).map((name) => (
        <a key={name} class="button" href={resultUrl(id, name)} download={name}>
          {name === "report.html" ? say("report") : name.startsWith("rejected") ? say("rejectedRows") : name}{" "}
          ↓
        </a>
      ))}
    </>
  );
}

function Sample({ id }: { id: string }): JSX.Element | undefined {
  const say = useWords();
  const asked = useAsked(async () => {
    const answer = await fetch(resultUrl(id, "sample.json"));
    return answer.ok ? ((await answer.json()) as readonly SampleRow[]) : [];
  }, [id]);
  if (!asked.value?.length) return undefined;
  return (
    <>
      <h2>{say("firstRows")}</h2>
      <Table
        heads={[say("row"), say("outcome"), say("field"), say("before"), say("after")]}
        rows={asked.value.flatMap(({ row, outcome, reason, before = {}, after = {} }) => {
          const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])];
          const all = fields.length > 0 ? fields : [""];
          return all.map((field, index) => ({
            key: `${row} ${outcome} ${field}`,
            cells: [
              index === 0 ? <Foreign key="row">{row}</Foreign> : "",
              index === 0 ? (
                <>
                  <Chip outcome={outcome} /> <span class="faint">{reason}</span>
                </>
              ) : (
                ""
              ),
              field === "" ? "" : <Code key="field">{field}</Code>,
              <Foreign key="before">{textOf(before[field])}</Foreign>,
              <Foreign key="after">{textOf(after[field])}</Foreign>,
            ],
          }));
        })}
      />
    </>
  );
}

const textOf = (value: unknown): string =>
  value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);
