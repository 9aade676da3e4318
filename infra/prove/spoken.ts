import type { Config } from "#lib/config.ts";
import { closesAccount, type CalendarDay, type Change } from "#lib/contract/change.ts";
import type { EventMessage } from "#lib/contract/queue.ts";
import { firstMoment, meaningBy } from "./company.ts";
import { shownApi } from "./shown-api.ts";
import { tellsOf, wholeIn, type Dated, type Kind, type Statement } from "./statement.ts";
import type { Telling, Voice, Voices } from "./voice.ts";

// What the sources of a story have said, as the model sees it.

/** What a source tells of a person of a story. */
export interface Spoken {
  readonly source: string;
  readonly person: number;
  readonly telling: Telling;
  /** Its first delivery does not come. */
  readonly isLost?: true;
}

/** What was told, or happened without being told. */
export interface Said extends Omit<Spoken, "isLost"> {
  /** As it is dated. */
  readonly message: EventMessage;
  readonly at: string;
  readonly isUnsent?: true;
}

/** What was said means by the configuration. */
export const statementsOf = (config: Config, voices: Voices, said: readonly Said[]): Promise<Dated[]> =>
  Promise.all(
    said.map(async ({ source, person, telling, message, at, isUnsent }) => {
      const voice = voices.get(source) as Voice;
      const shown = { ids: voice.idsOf(telling), chapters: [voice.caseOf(telling)] };
      const { changes, outOfScope } = await meaningBy(
        config,
        message,
        voice,
        shownApi(() => [shown]),
      );
      const isRead = voice.source.fetch !== undefined && !voice.announces;
      const left = outOfScope?.policy === "leave" ? ({ access: "closed" } as const) : {};
      return {
        source,
        person,
        at,
        message,
        ...wordsOf(changes),
        ...left,
        ...(isRead && { isRead: true as const }),
        ...(isUnsent && { isUnsent }),
      };
    }),
  );

type Words = Pick<Statement, "kind" | "tells" | "whole" | "access" | "isAnnounced" | "brings" | "secret">;

/** What changes say, as the model sees it. */
export function wordsOf(changes: readonly Change[]): Words {
  const kind = kindOf(changes);
  const access = changes.flatMap(accessIn).at(-1);
  const secret = changes.flatMap((change) => {
    if (change.kind === "import-otp") return [change.otp.secret];
    return "person" in change && change.person.otp ? [change.person.otp.secret] : [];
  })[0];
  return {
    kind,
    tells: tellsOf(changes),
    whole: wholeIn(changes),
    isAnnounced: kind === "leave-later",
    brings: changes.some(
      (change) => change.kind === "create" || (change.kind === "update" && change.complete),
    ),
    ...(access !== undefined && { access }),
    ...(secret !== undefined && { secret }),
  };
}

function accessIn(change: Change): ("open" | "closed")[] {
  if (change.kind === "leave") return ["closed"];
  if (change.kind === "import-otp") return [];
  const { status } = change.person;
  if (status === undefined) return change.kind === "create" ? ["open"] : [];
  return [closesAccount(status) ? "closed" : "open"];
}

function kindOf(changes: readonly Change[]): Kind {
  for (const change of changes) {
    if (change.kind === "leave") return isAhead(change.lastDay) ? "leave-later" : "leave";
    if (change.kind === "create") return isAhead(change.firstDay) ? "create-later" : "create";
    if (change.kind === "update" && change.newSubject !== undefined) return "rename";
    if (change.kind === "update" && change.complete) return "complete";
  }
  return changes.some(({ kind }) => kind === "import-otp") ? "import-otp" : "update";
}

const isAhead = (day: CalendarDay | undefined): boolean =>
  day !== undefined && day >= new Date(firstMoment).toISOString().slice(0, 10);

/** Our ids of a person, by all that was said of them. */
export const idsIn = (statements: readonly Statement[], person: number): string[] => [
  ...new Set(
    statements.filter((each) => each.person === person).flatMap(({ tells }) => tells["externalId"] ?? []),
  ),
];
