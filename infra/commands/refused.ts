import { parseArgs } from "node:util";
import type { RefusedReport } from "#lib/operations/refused.ts";
import { runCommand, say } from "./command.ts";
import { openOperations, placeOptions, placeUsage } from "./operations-client.ts";
import { refusedText } from "./refused-text.ts";

// npm run refused: the deliveries that were refused at the door, and what would have had to differ, on this laptop or on a deployed
// stage. Exit status 0 where the list was read, whatever it holds; 2 for a line that cannot be understood.

const usage = `npm run refused -- [--source <name>] [--since 24h] [--json] ${placeUsage}`;
const unitMilliseconds = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** CloudWatch keeps the log for this long. */
const longestDays = 30;

await runCommand(async () => {
  const read = readLine();
  if (typeof read === "string") {
    say(`${read}; type\n  ${usage}`, process.stderr);
    return 2;
  }
  const { values, since } = read;
  const operate = await openOperations(values);
  const [report] = await operate<RefusedReport>({
    operation: "refused",
    since: new Date(since).toISOString(),
    ...(values.source !== undefined && { source: values.source }),
  });
  if (!report) throw new TypeError("the stack is of another version than this command: deploy it again");
  say(values.json ? JSON.stringify(report, undefined, 2) : refusedText(report, values.source));
  return 0;
});

/** The options, or what is wrong with them. */
function readLine() {
  try {
    const { values } = parseArgs({
      options: {
        ...placeOptions,
        source: { type: "string" },
        since: { type: "string", default: "24h" },
        json: { type: "boolean" },
      },
    });
    const since = sinceOf(values.since, Date.now());
    return since === undefined
      ? `--since ${values.since} is no time: write 30m, 24h or 7d, at most ${longestDays}d`
      : { values, since };
  } catch (error) {
    return error instanceof Error ? (error.message.split(/[.,;\n]/)[0] ?? "") : "unknown option";
  }
}

/** `24h` → the time a day ago. */
function sinceOf(text: string, now: number): number | undefined {
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const ago = Number(count) * unitMilliseconds[unit as keyof typeof unitMilliseconds];
  return ago > 0 && ago <= longestDays * unitMilliseconds.d ? now - ago : undefined;
}
