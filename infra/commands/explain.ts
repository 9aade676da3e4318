import { parseArgs } from "node:util";
import type { PersonRecord } from "#lib/contract/ledger.ts";
import type { ExplainedEvent } from "#lib/operations/explain.ts";
import { runCommand, say } from "./command.ts";
import { explanation, portrait } from "./explanation.ts";
import { openOperations, placeOptions, placeUsage } from "./operations-client.ts";

// npm run explain -- <externalId | event id>: what became of a person or an event, field by field, and which events of theirs are
// waiting, on this laptop or on a deployed stage.
await runCommand(async () => {
  const { values, positionals } = parseArgs({ options: placeOptions, allowPositionals: true });
  const [asked = "", ...stray] = positionals;
  if (asked === "" || stray.length > 0) {
    say(`npm run explain -- <externalId | event id | source/event id> ${placeUsage}`);
    return 1;
  }
  const operate = await openOperations(values);
  const people = await operate<PersonRecord>({ operation: "person", externalId: asked });
  const told = await operate<ExplainedEvent>({ operation: "explain", externalId: asked });
  const isPerson = people.length > 0 || told.length > 0;
  const found = isPerson ? told : await operate<ExplainedEvent>({ operation: "explain", event: asked });
  for (const person of people) say(portrait(person, asked));
  for (const event of found) say(explanation(event));
  if (people.length > 0 || found.length > 0) return 0;
  say(
    `nothing is known of "${asked}": no event or row about it has an outcome, and none is waiting`,
    process.stderr,
  );
  return 1;
});
