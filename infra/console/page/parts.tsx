import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Asked } from "./api.ts";
import { useKnown, useWords } from "./context.ts";
import { linkTo } from "./router.ts";
import { isWord } from "./words.ts";

// What the views are made of.

/** The outcome of an event in a colour and a word. */
export function Chip({ outcome }: { outcome: string }): JSX.Element {
  const say = useWords();
  return <span class={`chip is-${outcome}`}>{isWord(outcome) ? say(outcome) : outcome}</span>;
}

/** A text that came from outside: nothing in it may turn the text around it. */
export function Foreign({ children }: { children: string | number | undefined }): JSX.Element {
  return <bdi>{children}</bdi>;
}

export function Code({ children }: { children: string | undefined }): JSX.Element {
  return (
    <code>
      <Foreign>{children}</Foreign>
    </code>
  );
}

/** What people read of an id that is a hash. */
const readableId = (id: string): string =>
  /[0-9a-f]{32}/.test(id) ? id.replace(/([0-9a-f]{10})[0-9a-f]{22,}/, "$1…") : id;

/** An id, in a form that a person can read; the whole of it on pointing at it. */
export function Id({ children }: { children: string }): JSX.Element {
  return (
    <code title={children}>
      <Foreign>{readableId(children)}</Foreign>
    </code>
  );
}

/** A person by our id, with the invented name where there is one. */
export function Person({ id, isLink = true }: { id: string | undefined; isLink?: boolean }): JSX.Element {
  const { people } = useKnown();
  if (id === undefined || id === "") return <span class="faint">—</span>;
  const name = people.get(id)?.name;
  const shown = (
    <>
      {name !== undefined && (
        <>
          <Foreign>{name}</Foreign>{" "}
        </>
      )}
      <span class={name === undefined ? "" : "faint"}>
        <Foreign>{id}</Foreign>
      </span>
    </>
  );
  return isLink ? <a href={linkTo("person", [id])}>{shown}</a> : shown;
}

/** A moment by the reader's own clock; the exact one on pointing at it. */
export function Moment({ at, isShort = false }: { at: string | undefined; isShort?: boolean }): JSX.Element {
  const { language } = useKnown();
  if (at === undefined) return <span class="faint">—</span>;
  const date = new Date(at);
  const isToday = date.toDateString() === new Date().toDateString();
  const locale = language === "zh" ? "zh-CN" : "en-GB";
  const text =
    isShort && isToday
      ? date.toLocaleTimeString(locale)
      : date.toLocaleString(locale, { dateStyle: "medium", timeStyle: "medium" });
  return (
    <time dateTime={at} title={at}>
      {text}
    </time>
  );
}

/** What a reason means and what to do, in the reader's language. `hint`: what the failure itself says to do, in English. */
export function Reason({ code, hint }: { code: string; hint?: string | undefined }): JSX.Element {
  const { reasons, language } = useKnown();
  const explained = Object.hasOwn(reasons, code) ? reasons[code] : undefined;
  const next = language === "en" ? (hint ?? explained?.next) : explained?.next;
  return (
    <div class="reason">
      <p>
        <Code>{code}</Code> {explained?.means}
      </p>
      {next !== undefined && (
        <p>
          <Foreign>{next}</Foreign>
        </p>
      )}
      {language !== "en" && hint !== undefined && (
        <p class="faint" lang="en">
          <Foreign>{hint}</Foreign>
        </p>
      )}
    </div>
  );
}

export function Facts({
  of,
}: {
  of: readonly (readonly [label: string, value: ComponentChildren] | undefined | false)[];
}): JSX.Element {
  return (
    <dl class="facts">
      {of.map(
        (fact) =>
          fact &&
          fact[1] !== undefined &&
          fact[1] !== false &&
          fact[1] !== "" && (
            <div key={fact[0]}>
              <dt>{fact[0]}</dt>
              <dd>{fact[1]}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

/** A table whose first column names the row. */
export function Table({
  heads,
  rows,
  caption,
}: {
  heads: readonly string[];
  rows: readonly { readonly key: string; readonly cells: readonly ComponentChildren[] }[];
  caption?: string;
}): JSX.Element {
  return (
    <div class="wide">
      <table>
        {caption !== undefined && <caption>{caption}</caption>}
        <thead>
          <tr>
            {heads.map((head) => (
              <th scope="col" key={head}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells: [first, ...others] }) => (
            <tr key={key}>
              <th scope="row">{first}</th>
              {others.map((cell, index) => (
                <td key={heads[index + 1]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What was asked for: what is shown while it is not there, and where it could not be had. */
export function Loaded<Value>({
  asked,
  children,
}: {
  asked: Asked<Value>;
  children: (value: Value) => ComponentChildren;
}): JSX.Element {
  const say = useWords();
  const { value, failure, again } = asked;
  if (failure !== undefined) {
    return (
      <div class="bad" role="alert">
        <p>
          {say("notTold")}: <Foreign>{failure}</Foreign>
        </p>
        <button type="button" onClick={again}>
          {say("again")}
        </button>
      </div>
    );
  }
  if (value === undefined) return <p class="faint">{say("loading")}</p>;
  return <>{children(value)}</>;
}

/** A button that copies a text. */
export function Copy({ text, children }: { text: string; children: string }): JSX.Element {
  const say = useWords();
  const { announce } = useKnown();
  const [isCopied, setCopied] = useState(false);
  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    announce(say("copied"));
    setTimeout(() => setCopied(false), 1500);
  }
  return (
    <button type="button" class="quiet" onClick={() => void copy()}>
      {isCopied ? `✓ ${say("copied")}` : children}
    </button>
  );
}

/** A question or a form above the page. Escape closes it. */
export function Dialog({
  title,
  onClose,
  children,
}: {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
}): JSX.Element {
  const own = useRef<HTMLDialogElement>(null);
  useEffect(() => own.current?.showModal(), []);
  return (
    <dialog ref={own} aria-label={title} onClose={onClose}>
      <h2>{title}</h2>
      {children}
    </dialog>
  );
}

/** JSON, or text that is none, as it can be read. */
export function Body({ text }: { text: string }): JSX.Element {
  return (
    <pre class="body" tabIndex={0}>
      <Foreign>{pretty(text)}</Foreign>
    </pre>
  );
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}

export function Failed({ text }: { text: string | undefined }): JSX.Element | undefined {
  return text === undefined ? undefined : (
    <p class="bad" role="alert">
      <Foreign>{text}</Foreign>
    </p>
  );
}
