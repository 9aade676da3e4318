import type { PauseResult } from "#lib/operations/pause.ts";
import { form, runCommand, say } from "./command.ts";
import { localTime } from "./local-time.ts";
import { openOperations, placeOf, placeOptions } from "./operations-client.ts";

// npm run pause -- <source>: its deliveries are accepted and stored, and none is applied.
const pause = form(["<source>"], placeOptions, async ({ words, options }) => {
  const [source = ""] = words;
  const operate = await openOperations(options);
  const { pausedSince = "" } = await operate<PauseResult>({ operation: "pause", source });
  const place = placeOf(options);
  const there = place === "" ? "" : ` ${place}`;
  say(`${source} is paused since ${localTime(pausedSince)}: its deliveries are stored, and none is applied`);
  say(`npm run parked -- list waiting --source ${source}${there} shows them`);
  say(`npm run resume -- ${source}${there} applies them`);
  return 0;
});

await runCommand("pause", pause);
