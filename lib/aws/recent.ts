import {
  deliveredSource,
  recentMessages,
  toldEvent,
  type AcceptedDeliveries,
  type Recent,
} from "#lib/contract/recent.ts";
import { logGroupOf, messagePattern, newestLines } from "./log-lines.ts";

const { delivered, ...ofEvents } = recentMessages;

/** A page that follows a stage asks for the last minute; a day of a busy one has more lines than are read. */
const windowMinutes = [1, 15, Infinity];
/** The functions that say what became of an event or a file. */
const deciding = ["events-apply", "uploads-plan", "uploads-finish"];
/** Deliveries that are counted. */
const maxDeliveries = 10_000;

/**
 * What has happened of late, as the logs of a stage tell it. A line can be read some seconds after it was written.
 *
 * @param names `receiving`: the functions that take deliveries, by their sources.
 */
export function loggedRecent(names: {
  readonly service: string;
  readonly stage: string;
  readonly receiving: ReadonlyMap<string, string>;
}): Recent {
  const groupOf = (name: string) => logGroupOf(names, name);
  return {
    async list({ source, ...asked }) {
      const isMeant = (name: string | undefined) => source === undefined || name === source;
      const events = await newestLines(
        {
          ...asked,
          groups: deciding.map(groupOf),
          pattern: messagePattern(...Object.values(ofEvents)),
          windowMinutes,
        },
        (said, at) => {
          const event = toldEvent(said, at);
          return event && isMeant(event.source) ? event : undefined;
        },
      );
      const receiving = [...names.receiving].flatMap(([name, its]) => (isMeant(name) ? [groupOf(its)] : []));
      const deliveries = await newestLines(
        {
          ...asked,
          groups: receiving,
          pattern: messagePattern(delivered),
          limit: maxDeliveries,
          windowMinutes,
        },
        (said, at) => {
          const name = deliveredSource(said);
          return name !== undefined && isMeant(name)
            ? { at: new Date(at).toISOString(), source: name }
            : undefined;
        },
      );
      return {
        events: events.told.toReversed(),
        deliveries: Array.from(
          Map.groupBy(deliveries.told, (each) => each.source),
          acceptedOf,
        ),
        isComplete: events.isComplete && deliveries.isComplete,
      };
    },
  };
}

const acceptedOf = ([source, each]: [string, { readonly at: string }[]]): AcceptedDeliveries => ({
  source,
  accepted: each.length,
  lastAt: each[0]?.at ?? "",
});
