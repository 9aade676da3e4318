import type { JSX } from "preact";
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { PageReason } from "#infra/console/page-reasons.ts";
import type { PersonOnPage, Place } from "#infra/console/types.ts";
import { read, useAsked } from "./api.ts";
import { KnownContext, type Known, type Language } from "./context.ts";
import { useFeed } from "./feed.ts";
import { Foreign } from "./parts.tsx";
import { linkTo, useRoute, type Route } from "./router.ts";
import { EventView } from "./views/event.tsx";
import { DeliveryView } from "./views/delivery.tsx";
import { FilesView } from "./views/files.tsx";
import { LiveView } from "./views/live.tsx";
import { ParkedView } from "./views/parked.tsx";
import { PersonView } from "./views/person.tsx";
import { RefusedView } from "./views/refused.tsx";
import { RostersView } from "./views/rosters.tsx";
import { TryView } from "./views/try.tsx";
import { words, type Word } from "./words.ts";

const views: Readonly<Record<string, (props: { route: Route }) => JSX.Element>> = {
  live: LiveView,
  event: EventView,
  delivery: DeliveryView,
  person: PersonView,
  parked: ParkedView,
  files: FilesView,
  rosters: RostersView,
  try: TryView,
  refused: RefusedView,
};
const listed = ["live", "person", "parked", "files", "rosters", "try", "refused"] as const;
const titles = { person: "people" } as Readonly<Record<string, Word>>;
const titleOf = (view: string): Word => titles[view] ?? (view in words ? (view as Word) : "live");

/** A choice of this browser's user: it outlives the page, where the browser allows that. */
function useKept(name: string, first: string): [string, (value: string) => void] {
  const [value, setValue] = useState(() => {
    try {
      return localStorage.getItem(name) ?? first;
    } catch {
      return first;
    }
  });
  const keep = (next: string) => {
    setValue(next);
    try {
      localStorage.setItem(name, next);
    } catch {}
  };
  return [value, keep];
}

export function App(): JSX.Element {
  const [language, setLanguage] = useKept("language", navigator.language.startsWith("zh") ? "zh" : "en");
  const [theme, setTheme] = useKept("theme", "");
  const say = (word: Word) => words[word][language === "zh" ? 1 : 0];
  const place = useAsked(() => read<Place>("place"), []);
  const reasons = useAsked(() => read<Readonly<Record<string, PageReason>>>("reasons", language), [language]);
  const [said, announce] = useState("");
  const { lines, state } = useFeed();
  const people = usePeople(place.value?.isInvented === true, lines.length);
  const route = useRoute();
  const main = useRef<HTMLElement>(null);
  const path = [route.view, ...route.rest].join("/");
  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    document.documentElement.dataset["theme"] = theme;
  }, [language, theme]);
  const isFirst = useRef(true);
  useEffect(() => {
    document.title = `${say(titleOf(route.view))} · Authing Inbound`;
    // A reader who goes to another view goes on reading there.
    if (!isFirst.current) main.current?.focus();
    isFirst.current = false;
  }, [path, language]);

  const known = useMemo<Known | undefined>(
    () =>
      place.value && {
        place: place.value,
        language: language as Language,
        reasons: reasons.value ?? {},
        people,
        announce,
      },
    [place.value, language, reasons.value, people],
  );
  const View = views[route.view] ?? LiveView;
  const isDark = theme === "dark" || (theme === "" && matchMedia("(prefers-color-scheme: dark)").matches);
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        {say("skip")}
      </a>
      <header>
        <a class="brand" href={linkTo("live")}>
          Authing Inbound
        </a>
        <nav aria-label={say("views")}>
          {listed.map((view) => (
            <a key={view} href={linkTo(view)} {...(route.view === view && { "aria-current": "page" })}>
              {say(titleOf(view))}
            </a>
          ))}
        </nav>
        <span class={`state is-${state}`} role="status">
          {say(state === "live" ? "connected" : state)}
        </span>
        {place.value && (
          <span class="place">
            {place.value.kind === "laptop" ? (
              say("laptop")
            ) : (
              <>
                <Foreign>{place.value.name}</Foreign> ·{" "}
                {say(place.value.allowsChanges ? "mayChange" : "readsOnly")}
              </>
            )}
          </span>
        )}
        <button
          type="button"
          class="quiet"
          lang={language === "zh" ? "en" : "zh-CN"}
          onClick={() => setLanguage(language === "zh" ? "en" : "zh")}
        >
          {say("language")}
        </button>
        <button
          type="button"
          class="quiet"
          aria-label={say("theme")}
          title={say("theme")}
          onClick={() => setTheme(isDark ? "light" : "dark")}
        >
          ◐
        </button>
      </header>
      <main id="main" ref={main} tabIndex={-1} aria-label={say(titleOf(route.view))}>
        {known && (
          <KnownContext.Provider value={known}>
            <View key={path} route={route} />
          </KnownContext.Provider>
        )}
        {place.failure !== undefined && (
          <p class="bad" role="alert">
            {say("notTold")}: {place.failure}
          </p>
        )}
      </main>
      <p class="unseen" role="status">
        {said}
      </p>
    </>
  );
}

/** The invented people of the sandbox by our id, read again when something has happened. */
function usePeople(isInvented: boolean, happened: number): ReadonlyMap<string, PersonOnPage> {
  const [people, setPeople] = useState<ReadonlyMap<string, PersonOnPage>>(new Map());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const load = useCallback(async () => {
    timer.current = undefined;
    const all = await read<PersonOnPage[]>("people").catch(() => []);
    setPeople(
      new Map(all.flatMap((each) => (each.externalId === undefined ? [] : [[each.externalId, each]]))),
    );
  }, []);
  useEffect(() => {
    if (isInvented) timer.current ??= setTimeout(() => void load(), 400);
  }, [isInvented, happened, load]);
  return people;
}
