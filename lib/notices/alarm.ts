import * as z from "zod/mini";
import type { Language } from "#lib/reasons/reason.ts";
import { alarmName } from "./alarm-names.ts";
import type { Notice } from "./notice.ts";
import { localTime, wordsOf } from "./words.ts";

/** Where notices come from, and how they are written. */
export interface NoticeSettings {
  readonly service: string;
  readonly stage: string;
  /** AWS's, e.g. `cn-north-1`. */
  readonly region: string;
  readonly language: Language;
  readonly timeZone: string;
}

/** What CloudWatch publishes when the state of an alarm changes; it has more fields. The reason and the numbers are not used. */
const AlarmChange = z.object({
  AlarmName: z.string().check(z.minLength(1)),
  AlarmDescription: z.nullish(z.string()),
  OldStateValue: z.optional(z.string()),
  NewStateValue: z.enum(["ALARM", "OK", "INSUFFICIENT_DATA"]),
  StateChangeTime: z.string(),
});

/** Longer than any description of ours; CloudWatch allows 1,024 characters. */
const maxDescription = 1024;

/**
 * The notice about a change of an alarm's state. `undefined` for `INSUFFICIENT_DATA`, which no alarm of ours reports as a problem, and for
 * what begins so and is well: every new alarm does, so that a first deployment would report dozens of problems as over.
 * Throws a `ZodError` for what is no such change: any principal of the account may publish to the topic.
 */
export function alarmNotice(message: unknown, settings: NoticeSettings): Notice | undefined {
  const change = z.parse(AlarmChange, message);
  if (change.NewStateValue === "INSUFFICIENT_DATA") return undefined;
  if (change.NewStateValue === "OK" && change.OldStateValue === "INSUFFICIENT_DATA") return undefined;
  const words = wordsOf(settings.language);
  const isAlarm = change.NewStateValue === "ALARM";
  const description = (change.AlarmDescription ?? "").slice(0, maxDescription);
  const at = Date.parse(change.StateChangeTime);
  const lines = [
    // What has happened, what it means and what to do are over with the alarm.
    ...(isAlarm ? description.split("\n").filter((line) => line.trim() !== "") : [words.ended]),
    ...(Number.isNaN(at) ? [] : [`${words.since}${words.colon}${localTime(at, settings.timeZone)}`]),
  ];
  const what = `${isAlarm ? words.alarm : words.over}${words.colon}${nameOf(change.AlarmName, settings)}`;
  return {
    severity: isAlarm ? "alarm" : "over",
    title: `${what} (${settings.service} ${settings.stage})`,
    sections: [
      { entries: lines.map((line) => ({ line })) },
      {
        heading: words.next,
        entries: commandsIn(description, settings).map((command) => ({ command })),
      },
    ],
  };
}

/** `authing-inbound-prod-DeadLettersAlarm-1A2B3C4D5E6F` → `dead letters`. Another alarm of the account keeps its name. */
function nameOf(name: string, { service, stage, language }: NoticeSettings): string {
  const prefix = `${service}-${stage}-`;
  const own = name.startsWith(prefix) ? name.slice(prefix.length) : "";
  const [, inTemplate] = /^(\w+?)Alarm(?:-[A-Za-z0-9]+)?$/.exec(own) ?? [];
  return inTemplate === undefined ? name : alarmName(inTemplate, language);
}

/**
 * The commands that a description names between backticks, with the region; the doctor where it names none that can be run as it is:
 * a command with a placeholder has to be completed first.
 */
function commandsIn(description: string, settings: NoticeSettings): string[] {
  const named = Array.from(
    description.matchAll(/`((?:npm run|aws) [^`<]+)`/g),
    ([, command = ""]) => command,
  );
  const commands = named.length > 0 ? [...new Set(named)] : [`npm run doctor -- --stage ${settings.stage}`];
  return commands.map((command) =>
    command.includes("--region") ? command : `${command} --region ${settings.region}`,
  );
}

/** What `npm run notices -- test` sends. */
export function testNotice(settings: NoticeSettings): Notice {
  const words = wordsOf(settings.language);
  return {
    severity: "report",
    title: `${settings.service} ${settings.stage}`,
    sections: [
      { entries: [{ line: words.test }] },
      {
        heading: words.next,
        entries: [{ command: `npm run doctor -- ${placeOf(settings)}` }],
      },
    ],
  };
}

/** The options that name a stage in a command. */
export const placeOf = ({ stage, region }: Pick<NoticeSettings, "stage" | "region">): string =>
  `--stage ${stage} --region ${region}`;
