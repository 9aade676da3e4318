import { maxMessages, type OperationResult } from "#lib/operations/operate.ts";
import { runCommand, say } from "./command.ts";
import { readArguments, usageOf, type Kind } from "./operate-arguments.ts";
import { openOperations } from "./operations-client.ts";
import { table } from "./table.ts";

// npm run dead | held | rejected | waiting -- <verb>, npm run pause | resume -- <source>: lists what is parked and acts on it, on
// this laptop or on a deployed stage. A line that cannot be understood is refused, and the valid lines are printed.

const nothing: Readonly<Record<Kind, string>> = {
  dead: "no dead letters",
  held: "nothing is held",
  rejected: "nothing is rejected",
  waiting: "nothing waits",
};

await runCommand(async () => {
  const [command = "", ...given] = process.argv.slice(2);
  const read = readArguments(command, given);
  if ("problem" in read) {
    say(`${read.problem}; type`, process.stderr);
    for (const line of usageOf(command)) say(`  ${line}`, process.stderr);
    return 1;
  }
  const { request, verb, values } = read;
  const operate = await openOperations(values);
  const { operation } = request;
  if (operation === "pause" || operation === "resume") {
    const back = await operate<OperationResult>(request);
    for (const line of toldOf(operation, request.source, back.length)) say(line);
    return 0;
  }
  const kind = command as Kind;
  const isOpen = verb.asksFirst && !values.yes && values.source === undefined && values.id === undefined;
  if (isOpen) return showScope(kind, operation, await operate<OperationResult>({ operation: "list", kind }));

  const results = await operate<OperationResult>(request);
  if (results.length === 0) {
    const of = [values.source && ` of ${values.source}`, values.id && ` by the id ${values.id}`];
    say(`${nothing[kind]}${of.filter(Boolean).join("")}`);
    // The operator typed or pasted the id: when no message has it, that is a mistake of theirs, and exit status 1.
    return values.id === undefined ? 0 : 1;
  }
  say(tableOf(results));
  for (const line of hintsOf(results)) say(line);
  if (results.length >= maxMessages)
    say(`these are the oldest ${maxMessages}: there may be more; run the command again for those`);
  return 0;
});

/** Says which messages the verb would change, and how to say that all of them are meant. Changes nothing. */
function showScope(kind: Kind, verb: string, listed: readonly OperationResult[]): number {
  if (listed.length === 0) {
    say(nothing[kind]);
    return 0;
  }
  say(tableOf(listed));
  const counts = [...Map.groupBy(listed, ({ source }) => source)].map(
    ([source, all]) => `${all.length} of ${source}`,
  );
  say(
    `nothing was done: this would ${verb} ${counts.join(", ")}; name one source or one event, or say that all are meant`,
    process.stderr,
  );
  for (const option of ["--source <name>", "--id <event>", "--yes"]) {
    say(`  npm run ${kind} -- ${verb} ${option}`, process.stderr);
  }
  return 1;
}

function toldOf(operation: "pause" | "resume", source: string, back: number): string[] {
  if (operation === "pause") {
    return [
      `${source} is paused: its deliveries are taken and stored, nothing is applied`,
      `npm run waiting -- list --source ${source} shows them; npm run resume -- ${source} applies them`,
    ];
  }
  return [
    `${source} goes on: ${back} stored ${back === 1 ? "event comes" : "events come"} back now, more of them within ten minutes`,
  ];
}

function tableOf(results: readonly OperationResult[]): string {
  const columns: readonly (readonly [title: string, of: (result: OperationResult) => string | undefined])[] =
    [
      ["source", ({ source }) => source],
      ["event", ({ id }) => id],
      ["type", ({ type }) => type],
      ["person", ({ externalId }) => externalId],
      ["since", ({ since }) => since],
      ["tries", ({ attempts }) => String(attempts)],
      ["reason", ({ reason }) => reason],
      ["at", ({ path }) => path],
      ["tried again", ({ dueAt }) => dueAt],
      ["result", ({ result }) => result],
    ];
  // A column that is empty for every event is not printed.
  const shown = columns.filter(([, of]) => results.some((result) => (of(result) ?? "") !== ""));
  return table(
    shown.map(([title]) => title),
    results.map((result) => shown.map(([, of]) => of(result) ?? "")),
  );
}

/** What to do next, once for each reason. */
function hintsOf(results: readonly OperationResult[]): string[] {
  return [
    ...new Set(results.flatMap(({ reason, hint }) => (hint === undefined ? [] : `${reason}: ${hint}`))),
  ];
}
