import type { Synced } from "#lib/rosters/sync.ts";
import { adviceOf, type Telling } from "./advice.ts";
import { confirm, form, runCommand, say } from "./command.ts";
import { openOperations, placeOptions, tellingOf } from "./operations-client.ts";
import { table } from "./table.ts";

const options = { ...placeOptions, yes: "", json: "", lang: "<en|zh>" } as const;

// npm run sync -- <source> <the source's id of a person> [--yes] [--stage <stage>]: reads the person at the source, shows what would
// change at Authing, asks, and does it.
const sync = form(["<source>", "<id>"], options, async ({ words, options: given }) => {
  const [source = "", subject = ""] = words;
  const operate = await openOperations(given);
  const telling = tellingOf(given);
  const ask = async (mode: "preview" | "apply") =>
    operate<Synced>({ operation: "sync", source, subject, mode });
  const show = (synced: Synced) =>
    say(
      given.json ? JSON.stringify(synced, undefined, 2) : syncedText(`${source}/${subject}`, synced, telling),
    );

  const preview = await ask("preview");
  show(preview);
  if (preview.result === undefined) return 0;
  if (!given.yes && !(await confirm("Apply this?"))) {
    say("nothing was done");
    return 1;
  }
  const done = await ask("apply");
  if (given.json) show(done);
  else say([`applied: ${done.result ?? "nothing to do"}`, ...adviceAbout(done, source, telling)].join("\n"));
  return /^(accepted|already-done|superseded)/.test(done.result ?? "accepted") ? 0 : 1;
});

const founds = {
  there: "the source has this person",
  left: "the source says that this person has left",
  absent: "the source says that it has no such person: a proven departure",
  "out-of-scope": "the configuration's scope leaves this person out",
} as const satisfies Record<Synced["found"], string>;

const differences: Readonly<Record<Synced["difference"], string>> = {
  joiner: "new: the person is brought",
  back: "back again: the account is opened",
  leaver: "leaves",
  mover: "differs from what the source has told",
  unchanged: "as the source has told before",
  gone: "closed at Authing, or never brought",
};

/** What the source says of a person, field by field, and what that would come to. */
function syncedText(name: string, synced: Synced, telling: Telling): string {
  const { found, difference, names, externalId, trail, dropped, result, fields = {} } = synced;
  const rows = Object.entries(trail).map(([field, from]) => {
    const [path = "", rule = ""] = from.split(" · ");
    return [field, path, rule, effectOf(field, fields)];
  });
  const left = dropped.map(({ path, problem }) => ["—", path, `dropped: ${problem}`, ""]);
  const head = externalId === undefined ? name : `${name}  (${externalId} at Authing)`;
  const told = names.length > 0 ? `${differences[difference]}: ${names.join(", ")}` : differences[difference];
  return [
    head,
    `  ${founds[found]}`,
    `  ${told}`,
    ...(rows.length + left.length > 0
      ? ["", table(["FIELD", "FROM", "RULE", "AT AUTHING"], [...rows, ...left])]
      : []),
    "",
    result === undefined ? "nothing is to be done" : `would be: ${result}`,
    ...adviceAbout(synced, name.slice(0, name.indexOf("/")), telling),
  ].join("\n");
}

/** `customData` is told by its keys. */
function effectOf(field: string, fields: NonNullable<Synced["fields"]>): string {
  if (field !== "customData") return fields[field] ?? "";
  const keys = Object.entries(fields).filter(([name]) => name.startsWith("customData."));
  return keys.map(([name, effect]) => `${name.slice("customData.".length)} ${effect}`).join(", ");
}

function adviceAbout({ result = "" }: Synced, source: string, telling: Telling): string[] {
  const [, reason] = result.split(" ");
  return reason === undefined ? [] : adviceOf({ reason, source }, telling);
}

await runCommand("sync", sync);
