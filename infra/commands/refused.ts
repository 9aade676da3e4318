import type { RefusedReport } from "#lib/operations/refused.ts";
import { form, runCommand, say } from "./command.ts";
import { UsageError } from "./command-line.ts";
import { momentOf } from "./local-time.ts";
import { openOperations, placeOptions, tellingOf } from "./operations-client.ts";
import { refusedText } from "./refused-text.ts";
import { tellUnknownSource } from "./unknown-source.ts";

/** CloudWatch keeps the log for this long. */
const longestDays = 30;

// npm run refused: the deliveries that were refused at the door, and what would have had to differ, on this laptop or on a deployed
// stage.
const refused = form(
  [],
  { source: "<name>", since: "<24h, 7d or a date>", json: "", lang: "<en|zh>", ...placeOptions },
  async ({ options }) => {
    const { source, since = "24h" } = options;
    const from = momentOf(since, Date.now());
    if (from === undefined || Date.parse(from) < Date.now() - (longestDays * 24 + 1) * 3_600_000) {
      throw new UsageError(`--since "${since}" is no time of the last ${longestDays} days`, [
        "npm run refused -- --since 24h, --since 7d or --since 2026-11-26",
      ]);
    }
    const operate = await openOperations(options);
    const of = source === undefined ? {} : { source };
    const report = await operate<RefusedReport>({ operation: "refused", since: from, ...of });
    say(
      options.json ? JSON.stringify(report, undefined, 2) : refusedText(report, source, tellingOf(options)),
    );
    return tellUnknownSource(source, report) ? 1 : 0;
  },
);

await runCommand("refused", refused);
