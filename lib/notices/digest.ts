import { placeOf, type NoticeSettings } from "./alarm.ts";
import { hourMilliseconds, lookBackDays, outcomesOfEvents, type Day, type SourceDay } from "./day.ts";
import type { Entry, Notice, Section } from "./notice.ts";
import type { ParkedReasons } from "./parked-counts.ts";
import { explainReason } from "#lib/reasons/explain-reason.ts";
import { duration, localTime, wordsOf } from "./words.ts";

/** How many reasons of one kind are told; the command lists all of them. */
const maxReasons = 3;

export interface DigestSettings extends NoticeSettings {
  /** Where the results of imports are. */
  readonly bucket: string;
}

/** How things stand: a section for each source, one for files, and the commands to run next. */
export function digestNotice(day: Day, settings: DigestSettings): Notice {
  const words = wordsOf(settings.language);
  const time = (at: number) => localTime(at, settings.timeZone);
  const sections = [
    ...day.sources.map((source) => sourceSection(source, settings)),
    ...filesSection(day, settings),
  ];
  const isEverythingFine = sections.every(({ entries }) => entries.every((entry) => "line" in entry));
  return {
    severity: "report",
    title: `${words.digest} (${settings.service} ${settings.stage})`,
    sections: [
      { entries: [{ line: `${time(day.from)} – ${time(day.to)} ${settings.timeZone}` }] },
      ...sections,
      // Each notice names a command.
      ...(isEverythingFine
        ? [{ heading: words.next, entries: [{ command: `npm run doctor -- ${placeOf(settings)}` }] }]
        : []),
    ],
  };
}

function sourceSection(day: SourceDay, settings: NoticeSettings): Section {
  const words = wordsOf(settings.language);
  const { counts, slowest, lastSeen } = day;
  const received = [
    ...(counts.DeliveriesAccepted > 0 ? [words.deliveries(counts.DeliveriesAccepted)] : [words.nothing]),
    ...(counts.DeliveriesRefused > 0 ? [`${words.refused} ${counts.DeliveriesRefused}`] : []),
    ...(counts.DeliveriesFailed > 0 ? [`${words.failed} ${counts.DeliveriesFailed}`] : []),
  ];
  const events = outcomesOfEvents.flatMap((metric) =>
    counts[metric] > 0 ? [`${words[metric]} ${counts[metric]}`] : [],
  );
  const last =
    lastSeen === undefined
      ? words.lastNever(lookBackDays)
      : labelled(
          words.last,
          `${localTime(lastSeen, settings.timeZone)}–${localTime(lastSeen + hourMilliseconds, settings.timeZone).slice(-5)}`,
        );
  return {
    heading: day.source,
    entries: [
      { line: labelled(words.received, received.join(words.separator)) },
      ...(events.length > 0 ? [{ line: labelled(words.events, events.join(words.separator)) }] : []),
      ...(slowest === undefined ? [] : [{ line: labelled(words.slowest, duration(slowest)) }]),
      ...parkedLines(day.parked, settings),
      { line: last },
      ...commandsFor(day, settings),
    ],
  };

  function labelled(label: string, text: string): string {
    return `${label}${words.colon}${text}`;
  }
}

function parkedLines(parked: readonly ParkedReasons[], { language }: NoticeSettings): Entry[] {
  const words = wordsOf(language);
  if (parked.length === 0) return [{ line: words.parkedNothing }];
  return parked.flatMap(({ kind, count, reasons }) => {
    const told = reasons.slice(0, maxReasons).map(({ reason, count: own }) => {
      const sentence = explainReason(reason, { language })?.means;
      return `· ${own} × ${reason}${sentence === undefined ? "" : `${words.colon}${sentence}`}`;
    });
    const more = reasons.length > maxReasons ? [`· … +${reasons.length - maxReasons}`] : [];
    const total = `${words.parkedNow}${words.colon}${words[kind]} ${count}`;
    return [total, ...told, ...more].map((line) => ({ line }));
  });
}

/** Only what an operator has to look at has a command: an event that waits for its date goes on by itself. */
function commandsFor({ source, counts, parked }: SourceDay, settings: NoticeSettings): Entry[] {
  const place = placeOf(settings);
  const listed = parked.filter(
    ({ kind, reasons }) => kind !== "waiting" || reasons.some(({ reason }) => reason !== "date-ahead"),
  );
  return [
    ...listed.map(({ kind }) => ({ command: `npm run parked -- list ${kind} --source ${source} ${place}` })),
    ...(counts.DeliveriesRefused > 0 ? [{ command: `npm run refused -- ${place}` }] : []),
    ...(counts.DeliveriesFailed > 0 ? [{ command: `npm run doctor -- ${place}` }] : []),
  ];
}

function filesSection({ files }: Day, settings: DigestSettings): Section[] {
  const words = wordsOf(settings.language);
  const { FilesFinished, FilesRefused, RowsAccepted, RowsAlreadyDone, RowsRejected } = files;
  if (FilesFinished + FilesRefused === 0) return [];
  const listed = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${name} ${count}`)
      .join(words.separator);
  const rows = listed({
    [words.rowsAccepted]: RowsAccepted,
    [words.EventsAlreadyDone]: RowsAlreadyDone,
    [words.EventsRejected]: RowsRejected,
  });
  const results = listed({ [words.finished]: FilesFinished, [words.unreadable]: FilesRefused });
  return [
    {
      heading: words.files,
      entries: [
        { line: results },
        ...(rows === "" ? [] : [{ line: `${words.rows}${words.colon}${rows}` }]),
        ...(FilesRefused + RowsRejected > 0
          ? [{ command: `aws s3 ls s3://${settings.bucket}/results/ --region ${settings.region}` }]
          : []),
      ],
    },
  ];
}
