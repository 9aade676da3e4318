import { parseArgs } from "node:util";
import type { EventRecord } from "#lib/contract/ledger.ts";
import { runCommand, say } from "./command.ts";
import { openOperations, placeOptions, placeUsage } from "./operations-client.ts";
import { table } from "./table.ts";

// npm run explain -- <externalId | event id>: what became of a person or an event, field by field, here or on a deployed stage.
await runCommand(async () => {
  const { values, positionals } = parseArgs({ options: placeOptions, allowPositionals: true });
  const [asked = ""] = positionals;
  if (asked === "") {
    say(`npm run explain -- <externalId | event id | source/event id> ${placeUsage}`);
    return 1;
  }
  const operate = await openOperations(values);
  const person = await operate<EventRecord>({ operation: "explain", externalId: asked });
  const found =
    person.length > 0 ? person : await operate<EventRecord>({ operation: "explain", event: asked });
  for (const event of found) say(explanation(event));
  if (found.length > 0) return 0;
  say(`nothing is known of "${asked}": no event or row about it has been settled`, process.stderr);
  return 1;
});

function explanation(event: EventRecord): string {
  const { outcome } = event;
  const ended = [outcome.kind, outcome.reason, outcome.field && `(${outcome.field})`]
    .filter(Boolean)
    .join(" ");
  const facts = [
    ["happened", event.occurredAt],
    ["received", `${event.receivedAt}, proven by ${event.proof}`],
    ["settled", event.settledAt],
    ["at Authing", event.changes.join(", ") || "nothing"],
    ["outcome", ended],
    ["done before by", outcome.by],
    ["Authing user", outcome.userId],
    ["request id", outcome.requestId],
    ["Authing said", [outcome.statusCode, outcome.apiCode].filter((code) => code !== undefined).join(" / ")],
  ].flatMap(([name = "", value]) => (value ? [[name, value]] : []));
  const fields = Object.entries(event.trail).map(([field, from]) => {
    const [path = "", rule = ""] = from.split(" · ");
    return [field, path, rule];
  });
  const dropped = (event.dropped ?? []).map(({ path, problem }) => ["—", path, `dropped: ${problem}`]);
  return [
    `${event.source}/${event.id}  ${event.type}`,
    ...facts.map(([name = "", value = ""]) => `  ${name.padEnd(14)}  ${value}`),
    ...(fields.length + dropped.length > 0
      ? ["", indented(table(["Authing's field", "from", "rule"], [...fields, ...dropped]))]
      : [""]),
  ].join("\n");
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "  ");
}
