import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { PageReason } from "#infra/console/page-reasons.ts";
import type { PersonOnPage, Place } from "#infra/console/types.ts";
import { words, type Word } from "./words.ts";

export type Language = "en" | "zh";

/** What every part of the page knows. */
export interface Known {
  readonly place: Place;
  readonly language: Language;
  readonly reasons: Readonly<Record<string, PageReason>>;
  /** The people of the sandbox by our id; empty elsewhere. */
  readonly people: ReadonlyMap<string, PersonOnPage>;
  /** Tells a screen reader something. */
  announce(text: string): void;
}

export const KnownContext = createContext<Known | undefined>(undefined);

export function useKnown(): Known {
  const known = useContext(KnownContext);
  if (!known) throw new Error("outside of the page");
  return known;
}

/** The page's words in the reader's language. */
export function useWords(): (word: Word) => string {
  const { language } = useKnown();
  return (word) => words[word][language === "zh" ? 1 : 0];
}
