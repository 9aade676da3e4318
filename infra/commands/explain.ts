import type { Explanation } from "#lib/operations/explain.ts";
import { form, runCommand, say } from "./command.ts";
import { accountText, elsewhereText, explanation, portrait } from "./explanation.ts";
import { openOperations, placeOptions, tellingOf } from "./operations-client.ts";

// npm run explain -- <id>: what became of a person or an event, field by field, what of it waits and until when, and what is parked
// and why; on this laptop or on a deployed stage.
const explain = form(
  ["<externalId, Authing userId, source/subject or source/eventId>"],
  { lang: "<en|zh>", "ask-authing": "", json: "", ...placeOptions },
  async ({ words, options }) => {
    const [asked = ""] = words;
    const askedAuthing = options["ask-authing"] === true;
    const operate = await openOperations(options);
    const found = await operate<Explanation>({
      operation: "explain",
      asked,
      askAuthing: askedAuthing,
    });
    const { person, account, events, elsewhere } = found;
    if (options.json) {
      say(JSON.stringify(found, undefined, 2));
      return elsewhere ? 1 : 0;
    }
    const telling = tellingOf(options);
    if (account) say(accountText(account));
    if (person) say(portrait(person, asked));
    for (const event of events) say(explanation(event, telling));
    if (elsewhere) say(elsewhereText(elsewhere, asked, { ...telling, askedAuthing }), process.stderr);
    return elsewhere ? 1 : 0;
  },
);

await runCommand("explain", explain);
