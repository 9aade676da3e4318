import * as z from "zod/mini";
import type { Notice } from "./notice.ts";
import { localTime, wordsOf, type Language } from "./words.ts";

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
  NewStateValue: z.enum(["ALARM", "OK", "INSUFFICIENT_DATA"]),
  StateChangeTime: z.string(),
});

/** Longer than any description of ours; CloudWatch allows 1,024 characters. */
const maxDescription = 1024;

/**
 * The notice about a change of an alarm's state. `undefined` for `INSUFFICIENT_DATA`, which no alarm of ours reports as a problem.
 * Throws a `ZodError` for what is no such change: any principal of the account may publish to the topic.
 */
export function alarmNotice(message: unknown, settings: NoticeSettings): Notice | undefined {
  const change = z.parse(AlarmChange, message);
  if (change.NewStateValue === "INSUFFICIENT_DATA") return undefined;
  const words = wordsOf(settings.language);
  const isAlarm = change.NewStateValue === "ALARM";
  const at = Date.parse(change.StateChangeTime);
  const description = (change.AlarmDescription ?? "").slice(0, maxDescription);
  const since = Number.isNaN(at)
    ? []
    : [{ line: `${words.since}${words.colon}${localTime(at, settings.timeZone)}` }];
  const about = `${isAlarm ? words.alarm : words.over}${words.colon}${alarmWords(change.AlarmName, settings)}`;
  return {
    severity: isAlarm ? "alarm" : "over",
    title: `${about} (${settings.service} ${settings.stage})`,
    sections: [
      {
        entries: [...(description === "" ? [] : [{ line: description }]), ...since],
      },
      {
        heading: words.next,
        entries: commandsIn(description, settings).map((command) => ({ command })),
      },
    ],
  };
}

/** `authing-inbound-prod-DeadLettersAlarm-1A2B3C4D5E6F` → `dead letters`. Another alarm of the account keeps its name. */
function alarmWords(name: string, { service, stage }: NoticeSettings): string {
  const own = name.startsWith(`${service}-${stage}-`)
    ? name.slice(service.length + stage.length + 2)
    : undefined;
  const [, logicalName] = /^(\w+?)Alarm(?:-[A-Za-z0-9]+)?$/.exec(own ?? "") ?? [];
  if (logicalName === undefined) return name;
  return logicalName.replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
}

/** The commands that a description names between backticks, with the region; the doctor where it names none. */
function commandsIn(description: string, settings: NoticeSettings): string[] {
  const named = Array.from(description.matchAll(/`(npm run [^`]+)`/g), ([, command = ""]) => command);
  const commands = named.length > 0 ? [...new Set(named)] : [`npm run doctor -- --stage ${settings.stage}`];
  return commands.map((command) =>
    command.includes("--stage") && !command.includes("--region")
      ? `${command} --region ${settings.region}`
      : command,
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
