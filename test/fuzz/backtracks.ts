import { setFlagsFromString } from "node:v8";

// What a regular expression costs, in steps: V8 counts how often an expression backtracks, and can stop at a limit. The flags are those of
// the process, which is one test file's own.

// Optimised code does not count each step.
setFlagsFromString("--no-regexp-optimization");
setFlagsFromString("--no-regexp-tier-up");
setFlagsFromString("--allow-natives-syntax");

/** A function of V8's own tests (src/runtime/runtime-regexp.cc): the expression gives up after so many backtracks, and matches nothing then. */
const limited = new Function(
  "pattern",
  "flags",
  "limit",
  "return %NewRegExpWithBacktrackLimit(pattern, flags, limit)",
) as (pattern: string, flags: string, limit: number) => RegExp;

/**
 * Whether an expression looks for a match anywhere in a text with so many backtracks at most. The search is a part of the expression that V8
 * counts: an expression without `^` is tried at every character.
 */
export function searchWithin(
  { source, flags, sticky, multiline }: RegExp,
  backtracks: number,
): (text: string) => boolean {
  const search = sticky ? "" : "[^]*?";
  // V8 does not count the steps of a loop before `$`; it counts those before a look-ahead.
  const end = multiline ? "(?![^\\n\\r\\u2028\\u2029])" : "(?![^])";
  const looking = source.replaceAll(/\\[^]|\[(?:\\[^]|[^\]\\])*\]|\$/g, (part) =>
    part === "$" ? end : part,
  );
  // The empty alternative always matches: no match means that the limit was reached.
  const counted = limited(`${search}(?:${looking})|`, flags.replaceAll(/[gy]/g, ""), backtracks);
  return (text) => counted.exec(text) !== null;
}
