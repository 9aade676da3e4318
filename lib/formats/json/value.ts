import { maxDepth } from "#lib/formats/json-record.ts";

/** How far a text, a list or an object has been read. */
export interface ValueState {
  depth: number;
  /** What closes the lists and objects that are open, as UTF-16 units, outermost first; none for what is deeper than a record may be. */
  readonly closers: number[];
  isQuoted: boolean;
  /** Whether the next character of a string follows a backslash. */
  isEscaped: boolean;
}

/** Where a value ends, or a bracket closes what another kind of bracket has opened. */
export type ValueEnd = { readonly end: number } | { readonly mismatch: number };

/**
 * Finds the end of a value that begins with a quote or a bracket: the position behind it in `piece`; `undefined` when the piece ends before
 * it. Strings are searched for their closing quote, which the engine does for many characters at a time.
 */
export function scanValue(piece: string, from: number, state: ValueState): ValueEnd | undefined {
  const { closers } = state;
  let { depth } = state;
  let at = from;
  for (;;) {
    if (state.isQuoted) {
      if (state.isEscaped) at += 1;
      const quote = piece.indexOf('"', at);
      state.isEscaped = endsWithEscape(piece, at, quote === -1 ? piece.length : quote);
      if (quote === -1) {
        state.depth = depth;
        return undefined;
      }
      at = quote;
      if (state.isEscaped) continue;
      state.isQuoted = false;
      at += 1;
      if (depth === 0) return { end: at };
    }
    for (; at < piece.length; at += 1) {
      const unit = piece.charCodeAt(at);
      if (unit === 34) {
        state.isQuoted = true;
        break;
      }
      // A closer is 2 beyond its opener.
      if (unit === 123 || unit === 91) {
        if (depth < maxDepth) closers[depth] = unit + 2;
        depth += 1;
      } else if (unit === 125 || unit === 93) {
        depth -= 1;
        if (depth < maxDepth && closers[depth] !== unit) return { mismatch: at };
        if (depth === 0) return { end: at + 1 };
      }
    }
    if (!state.isQuoted) {
      state.depth = depth;
      return undefined;
    }
    at += 1;
  }
}

/** Whether the units before `end` are an odd number of backslashes. */
function endsWithEscape(piece: string, start: number, end: number): boolean {
  let at = end;
  while (at > start && piece.charCodeAt(at - 1) === 92) at -= 1;
  return (end - at) % 2 === 1;
}
