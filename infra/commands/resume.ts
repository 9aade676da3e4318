import type { PauseResult } from "#lib/operations/pause.ts";
import { confirm, form, runCommand, say } from "./command.ts";
import { firstFound } from "./first-found.ts";
import { openOperations, placeOptions } from "./operations-client.ts";
import { totalsOf } from "./parked-text.ts";

// npm run resume -- <source>: applies what was stored during a pause. That changes accounts, so the command says how many events are
// stored, and asks.
const resume = form(["<source>"], { yes: "", ...placeOptions }, async ({ words, options }) => {
  const [source = ""] = words;
  const operate = await openOperations(options);
  const stored = await firstFound(operate, {
    operation: "list",
    kinds: ["waiting"],
    source,
    reason: "source-paused",
    limit: 1,
  });
  const isEmpty = (stored.totals ?? []).length === 0;
  if (!isEmpty) say(totalsOf(stored));
  if (!isEmpty && !options.yes && !(await confirm(`Apply the stored events of ${source}?`))) {
    say(`nothing was done: ${source} stays paused`);
    return 1;
  }
  const { broughtBack } = await operate<PauseResult>({ operation: "resume", source });
  const events = `${broughtBack} stored ${broughtBack === 1 ? "event comes" : "events come"}`;
  say(
    `${source} goes on: ${isEmpty && broughtBack === 0 ? "no event of it was stored" : `${events} back now; where there are more, within ten minutes`}`,
  );
  return 0;
});

await runCommand("resume", resume);
