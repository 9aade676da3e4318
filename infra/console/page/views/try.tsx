import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Failure, post, read, remove, useAsked } from "#infra/console/page/api.ts";
import { useKnown, useWords } from "#infra/console/page/context.ts";
import { Failed, Table } from "#infra/console/page/parts.tsx";
import { send } from "#infra/console/page/sending.ts";

/** Kinds of faults that a person at a laptop may want to see. */
const faultKinds = [
  "http-429",
  "http-500",
  "hang-after-applying",
  "reset-after-applying",
  "omits-one",
  "empty-200",
  "html-200",
  "unauthorized",
] as const;
const faultPlaces = [
  "any",
  "create-users-batch",
  "update-user",
  "update-user-batch",
  "resign-user-batch",
  "import-otp",
  "get-user-batch",
] as const;

/** Signed samples and stories, and the sandbox's faults. */
export function TryView(): JSX.Element {
  const say = useWords();
  const { place } = useKnown();
  if (place.kind !== "laptop") return <p class="empty">{say("onlyLaptop")}</p>;
  return (
    <>
      <h1>{say("try")}</h1>
      <Samples />
      {place.isInvented && <Faults />}
    </>
  );
}

function Samples(): JSX.Element {
  const say = useWords();
  const { place, announce } = useKnown();
  const [name, setName] = useState(place.sources[0]?.name ?? "");
  const [sent, setSent] = useState<
    readonly { readonly case: string; readonly status: number; readonly link: string }[]
  >([]);
  const [failure, setFailure] = useState<string>();
  const source = place.sources.find((each) => each.name === name);

  async function sendEach(...cases: readonly string[]): Promise<void> {
    setFailure(undefined);
    try {
      for (const each of cases) {
        const sent = await send({ source: name, case: each });
        setSent((before) => [{ case: `${name} ${each}`, ...sent }, ...before].slice(0, 20));
        announce(`${say("sent")} HTTP ${sent.status}`);
      }
    } catch (error) {
      setFailure(error instanceof Failure ? error.message : String(error));
    }
  }

  const samples = source?.cases.filter((each) => !source.story.includes(each)) ?? [];
  return (
    <section>
      <label>
        {say("source")}{" "}
        <select value={name} onChange={({ currentTarget }) => setName(currentTarget.value)}>
          {place.sources.map((each) => (
            <option key={each.name} value={each.name}>
              {each.title}
            </option>
          ))}
        </select>
      </label>
      {source && source.story.length > 0 && (
        <>
          <h2>{say("story")}</h2>
          <p class="actions">
            {source.story.map((each) => (
              <button type="button" key={each} onClick={() => void sendEach(each)}>
                {each.replace("story-", "")}
              </button>
            ))}
            <button type="button" class="main" onClick={() => void sendEach(...source.story)}>
              ▶ {say("playStory")}
            </button>
          </p>
        </>
      )}
      <h2>{say("trySamples")}</h2>
      <p class="actions">
        {samples.map((each) => (
          <button type="button" key={each} onClick={() => void sendEach(each)}>
            {each}
          </button>
        ))}
      </p>
      <Failed text={failure} />
      {sent.length > 0 && (
        <Table
          heads={[say("event"), say("answer"), ""]}
          rows={sent.map((each, index) => ({
            key: `${sent.length - index}`,
            cells: [
              each.case,
              `HTTP ${each.status}`,
              <a key="open" href={each.link}>
                {say("outcomeHere")}
              </a>,
            ],
          }))}
        />
      )}
    </section>
  );
}

function Faults(): JSX.Element {
  const say = useWords();
  const [kind, setKind] = useState<string>(faultKinds[0]);
  const [on, setOn] = useState<string>(faultPlaces[0]);
  const [times, setTimes] = useState(1);
  const [lag, setLag] = useState(0);
  const [failure, setFailure] = useState<string>();
  const pending = useAsked(() => read<{ pending: number }>("faults"), []);
  const attempt = (work: Promise<unknown>) =>
    void work.then(
      () => (setFailure(undefined), pending.again()),
      (error: unknown) => setFailure(error instanceof Failure ? error.message : String(error)),
    );
  return (
    <section>
      <h2>{say("faults")}</h2>
      <p class="actions">
        <Choice label={say("faultKind")} value={kind} of={faultKinds} choose={setKind} />
        <Choice label={say("faultOn")} value={on} of={faultPlaces} choose={setOn} />
        <NumberOf label={say("faultTimes")} value={times} most={1000} set={setTimes} />
        <button
          type="button"
          onClick={() => attempt(post("sandbox/faults", [{ on, fault: { kind }, times }]))}
        >
          {say("addFault")}
        </button>
        <button type="button" onClick={() => attempt(remove("sandbox/faults"))}>
          {say("clearFaults")}
        </button>
        <span role="status">
          {pending.value?.pending ?? 0} {say("pendingFaults")}
        </span>
      </p>
      <p class="actions">
        <NumberOf label={say("lag")} value={lag} most={600_000} set={setLag} />
        <button type="button" onClick={() => attempt(post("sandbox/look-up-lag", { milliseconds: lag }))}>
          {say("set")}
        </button>
      </p>
      <Failed text={failure} />
    </section>
  );
}

function Choice({
  label,
  value,
  of,
  choose,
}: {
  label: string;
  value: string;
  of: readonly string[];
  choose: (value: string) => void;
}): JSX.Element {
  return (
    <label>
      {label}{" "}
      <select value={value} onChange={({ currentTarget }) => choose(currentTarget.value)}>
        {of.map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
    </label>
  );
}

function NumberOf({
  label,
  value,
  most,
  set,
}: {
  label: string;
  value: number;
  most: number;
  set: (value: number) => void;
}): JSX.Element {
  return (
    <label>
      {label}{" "}
      <input
        type="number"
        min={0}
        max={most}
        value={value}
        onInput={({ currentTarget }) => set(Math.min(most, Math.max(0, currentTarget.valueAsNumber || 0)))}
      />
    </label>
  );
}
