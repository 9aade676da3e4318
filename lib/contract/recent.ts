import type { Outcome } from "./outcome.ts";

// What has happened of late, event by event: ids and codes only, as in the log.

/** The texts of the lines of the log that tell of it. */
export const recentMessages = {
  delivered: "delivery accepted",
  settled: "event settled",
  waits: "event waits",
  retried: "event retried",
  fileSettled: "import settled",
} as const;

const recentOutcomes = [
  "accepted",
  "already-done",
  "superseded",
  "rejected",
  "held",
  "dead",
  /** It is parked until a moment. */
  "waiting",
  /** The queue gives it again. */
  "retried",
] as const satisfies readonly (Outcome["kind"] | "waiting" | "retried")[];
type RecentOutcome = (typeof recentOutcomes)[number];

/** What became of an event, or of a whole file: the rows of a file are in its results. */
export interface RecentEvent {
  /** When that was, ISO 8601, UTC, as is `dueAt`. */
  readonly at: string;
  /** `uploads` for a file. */
  readonly source: string;
  /** Of a file the id of the import. */
  readonly id: string;
  readonly outcome: RecentOutcome;
  /** In the source's words; `import` for a file. This and the two ids of the person are there where they are known. */
  readonly type?: string;
  /** The source's id of the person. */
  readonly subject?: string;
  /** Our id of the person. */
  readonly externalId?: string;
  readonly reason?: string;
  /** Authing's field that the reason is about. */
  readonly field?: string;
  /** When an event that waits is tried again. */
  readonly dueAt?: string;
  /** From the receipt of its delivery until this outcome. */
  readonly milliseconds?: number;
}

/** The deliveries that were accepted from a source. */
export interface AcceptedDeliveries {
  readonly source: string;
  readonly accepted: number;
  /** ISO 8601, UTC. */
  readonly lastAt: string;
}

export interface RecentQuery {
  /** From when on, in milliseconds since 1970. */
  readonly since: number;
  /** At most so many events, the newest. */
  readonly limit: number;
  readonly source?: string;
  /** When reading has to stop, in milliseconds since 1970. */
  readonly deadline: number;
}

export interface RecentList {
  /** The newest last. */
  readonly events: readonly RecentEvent[];
  /** A delivery counts as of its second. */
  readonly deliveries: readonly AcceptedDeliveries[];
  /** False where some were not read: by the limit, by the deadline, or since they are no longer known. */
  readonly isComplete: boolean;
}

/** The events and the deliveries of the last hours. Throws `unavailable` or `misconfigured` where they cannot be read. */
export interface Recent {
  list(query: RecentQuery): Promise<RecentList>;
}

type Line = Readonly<Record<string, unknown>>;

const outcomes: ReadonlyMap<unknown, (line: Line) => unknown> = new Map([
  [recentMessages.settled, ({ outcome }: Line) => outcome],
  [recentMessages.waits, () => "waiting"],
  [recentMessages.retried, () => "retried"],
  [recentMessages.fileSettled, ({ state }: Line) => (state === "refused" ? "rejected" : "accepted")],
]);

const isOutcome = (value: unknown): value is RecentOutcome =>
  (recentOutcomes as readonly unknown[]).includes(value);

/** What a line of the log tells of an event or a file; `undefined` for a line that tells of none. */
export function toldEvent(line: unknown, at: number): RecentEvent | undefined {
  if (!isLine(line)) return undefined;
  const isFile = line["message"] === recentMessages.fileSettled;
  const { source } = line;
  const id = line[isFile ? "import" : "event"];
  const outcome = outcomes.get(line["message"])?.(line);
  if (typeof source !== "string" || typeof id !== "string" || !isOutcome(outcome)) return undefined;
  const texts = (["reason", "field", "dueAt"] as const).filter((name) => typeof line[name] === "string");
  return {
    at: new Date(at).toISOString(),
    source,
    id,
    outcome,
    ...(isFile && { type: "import" }),
    ...Object.fromEntries(texts.map((name) => [name, line[name]])),
    ...(typeof line["milliseconds"] === "number" && { milliseconds: line["milliseconds"] }),
  };
}

/** The source whose delivery a line of the log says to be accepted. A ping of ours is no word of the source. */
export function deliveredSource(line: unknown): string | undefined {
  if (!isLine(line)) return undefined;
  const { message, source, ping } = line;
  return message === recentMessages.delivered && ping !== true && typeof source === "string"
    ? source
    : undefined;
}

const isLine = (value: unknown): value is Line => typeof value === "object" && value !== null;
