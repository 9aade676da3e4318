import type { ScheduledEvent, SNSEvent } from "aws-lambda";
import { alarmNotice, testNotice, type NoticeSettings } from "#lib/notices/alarm.ts";
import { readDay, type DayPorts } from "#lib/notices/day.ts";
import { digestNotice, type DigestSettings } from "#lib/notices/digest.ts";
import { plain, textOf, type Notice } from "#lib/notices/notice.ts";
import { configuredBots, requireOneTold, tell, type TellPorts, type Told } from "#lib/notices/tell.ts";
import { lambdaHandler } from "./lambda-handler.ts";
import { logContext } from "./middleware/log-context.ts";
import { openPorts } from "./middleware/open-ports.ts";

export interface AlarmPorts extends TellPorts {
  readonly settings: NoticeSettings;
}

export interface DigestPorts extends TellPorts, DayPorts {
  readonly settings: DigestSettings;
  /** Names of the sources that are switched on. */
  readonly sources: readonly string[];
}

/** What an operator's command sends: a notice that tries every bot. */
type TestRequest = { readonly test: true };
/** What an operator's command sends: the digest is written and not sent. */
type PrintRequest = { readonly print: true };

/**
 * The Lambda handler of the alarms' topic. Sends each change of an alarm to every bot; `{"test": true}` sends a test in its place.
 * Answers what became of it at each bot. It throws, so that AWS invokes it again, where no bot was told of an alarm.
 */
export function alarms(open: () => AlarmPorts) {
  return lambdaHandler<SNSEvent | TestRequest, AlarmPorts, Told[]>(
    [openPorts(open), logContext()],
    async (event, { ports }) => {
      const bots = await configuredBots(ports.secrets);
      if ("test" in event) return tell(testNotice(ports.settings), bots, ports);
      const told: Told[] = [];
      for (const { Sns } of event.Records) {
        const notice = noticeOf(Sns.Message, ports);
        if (notice) told.push(...(await tell(notice, bots, ports)));
      }
      requireOneTold(told);
      return told;
    },
  );
}

/** `undefined` for a message that no bot is told. A retry cannot make it another one, so that it does not fail the function. */
function noticeOf(message: string, { settings, log }: AlarmPorts): Notice | undefined {
  try {
    return alarmNotice(JSON.parse(message), settings);
  } catch {
    log.warn("message of the topic is no alarm", { reason: "alarm-unreadable" });
    return undefined;
  }
}

/**
 * The Lambda handler that a schedule invokes once a day: sends the digest to every bot, and answers its text and what became of it at
 * each bot. `{"print": true}` only answers the text. Without a bot nothing is read. It throws where no bot was told.
 */
export function digest(open: () => DigestPorts) {
  return lambdaHandler<ScheduledEvent | PrintRequest | null, DigestPorts, { text: string; told: Told[] }>(
    [openPorts(open), logContext()],
    async (event, { ports }) => {
      const isPrinted = event !== null && "print" in event;
      const bots = isPrinted ? [] : await configuredBots(ports.secrets);
      if (bots.length === 0 && !isPrinted) {
        ports.log.info("digest not sent", { reason: "no-bot" });
        return { text: "", told: [] };
      }
      const day = await readDay(ports.sources, ports, ports.clock.now());
      const notice = digestNotice(day, ports.settings);
      const told = await tell(notice, bots, ports);
      requireOneTold(told);
      return { text: textOf(notice, plain), told };
    },
  );
}
