import { parseArgs } from "node:util";
import type { EventRecord } from "#lib/ledger/ledger.ts";
import { runCommand, say } from "./command.ts";
import { localSettings } from "./settings.ts";
import { table } from "./table.ts";

// npm run explain -- <externalId | event id> [--url http://localhost:3000]: what became of a person or an event, field by field.
await runCommand(async () => {
  const { values, positionals } = parseArgs({ options: { url: { type: "string" } }, allowPositionals: true });
  const [asked = ""] = positionals;
  if (asked === "") {
    say("npm run explain -- <externalId | event id> [--url http://localhost:3000]");
    return 1;
  }
  const url = values.url ?? `http://localhost:${localSettings().port}`;
  const found = await eventsOf(url, asked);
  if (found === undefined) {
    say(`nobody answers at ${url}: run npm start first`, process.stderr);
    return 1;
  }
  for (const event of found) say(explanation(event));
  if (found.length > 0) return 0;
  say(`nothing is known of "${asked}": no event or row about it has been settled`, process.stderr);
  return 1;
});

/** The events about a person, else the event of this id; `undefined` when nobody answers. */
async function eventsOf(url: string, asked: string): Promise<readonly EventRecord[] | undefined> {
  const person = await get(`${url}/people/${encodeURIComponent(asked)}`);
  if (person === undefined) return undefined;
  if (person.events.length > 0) return person.events;
  const all = await get(`${url}/events`);
  return all?.events.filter(({ id, source }) => id === asked || `${source}/${id}` === asked);
}

async function get(url: string): Promise<{ events: readonly EventRecord[] } | undefined> {
  const answer = await fetch(url).catch(() => undefined);
  if (!answer) return undefined;
  return answer.ok ? ((await answer.json()) as { events: readonly EventRecord[] }) : { events: [] };
}

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
  const leftOut = (event.leftOut ?? []).map(({ path, problem }) => ["—", path, `left out: ${problem}`]);
  return [
    `${event.source}/${event.id}  ${event.type}`,
    ...facts.map(([name = "", value = ""]) => `  ${name.padEnd(14)}  ${value}`),
    ...(fields.length + leftOut.length > 0
      ? ["", indented(table(["Authing's field", "from", "rule"], [...fields, ...leftOut]))]
      : [""]),
  ].join("\n");
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "  ");
}
