import * as fc from "fast-check";
import { InboundError } from "#lib/contract/errors.ts";
import type { RosterMessage } from "#lib/contract/roster-queue.ts";
import type { ListedPerson } from "#lib/contract/source.ts";
import { applyRoster } from "#lib/rosters/operations.ts";
import type { RosterPorts } from "#lib/rosters/roster-ports.ts";
import { rosterPlaceOf } from "#lib/rosters/roster-place.ts";
import type { DifferenceLine, PersonLine, RosterState } from "#lib/rosters/roster-state.ts";
import { readState } from "#lib/rosters/roster-store.ts";
import { runRoster } from "#lib/rosters/run.ts";
import { startRoster } from "#lib/rosters/start.ts";
import { sync } from "#lib/rosters/sync.ts";
import { localBucket } from "#infra/store/objects.ts";
import type { Company } from "./company.ts";
import type { Invocation } from "./world.ts";

// Runs over a source's list, between the events and at the same time, while ports fail and processes end.

/** A run that begins after so many portions of events. */
export interface RosterStory {
  readonly after: number;
  /** Which of the story's sources. */
  readonly voice: number;
  /** The list of the source's API; a file, where the source's ids are ours; or one person alone. */
  readonly of: "list" | "file" | "person";
  /** A person who is not in this list, although the source knows them; or who is asked about. */
  readonly person?: number;
  readonly verifies: boolean;
  /** It is planned, and applied once everything is said. */
  readonly isPlan: boolean;
  /** How long one invocation has: next to nothing, so that it does one step, or enough for the whole run. */
  readonly milliseconds: number;
}

export const rosterStory: fc.Arbitrary<RosterStory> = fc.record(
  {
    after: fc.nat({ max: 4 }),
    voice: fc.nat({ max: 3 }),
    of: fc.constantFrom("list", "list", "list", "file", "person"),
    person: fc.nat({ max: 3 }),
    verifies: fc.boolean(),
    isPlan: fc.oneof(
      { weight: 3, arbitrary: fc.constant(false) },
      { weight: 1, arbitrary: fc.constant(true) },
    ),
    milliseconds: fc.constantFrom(100, 100, 57_000),
  },
  { requiredKeys: ["after", "voice", "of", "verifies", "isPlan", "milliseconds"] },
);

/** A run, and what it has read and found. */
export interface Run {
  readonly source: string;
  readonly run: string;
  readonly state: RosterState;
  /** Of each person the line that counts. */
  readonly read: readonly PersonLine[];
  readonly differences: readonly DifferenceLine[];
}

export interface RosterRuns {
  /** Takes what the queue of rosters gets. */
  queue(message: RosterMessage): void;
  /** Sees what the bucket gets. */
  stored(key: string, bytes: Buffer): void;
  /** Begins a run, and has it begun again where that fails. */
  begin(
    source: string,
    how: Pick<RosterStory, "verifies" | "isPlan" | "milliseconds">,
    file?: string,
  ): Promise<void>;
  /** Asks the source about one person, and again where that fails. */
  sync(source: string, subject: string): Promise<void>;
  /** The next invocation of each run. */
  invocations(): Invocation<"done" | "later">[];
  /** Works until the queue of rosters is empty. */
  work(): Promise<void>;
  /** Applies the plans. */
  applyPlans(): Promise<void>;
  /** All runs in the order in which they began. */
  all(): Promise<readonly Run[]>;
  /** What the source said about people who were asked about one by one. */
  synced(): readonly Synced[];
}

/** What a source said of one person. */
export interface Synced {
  readonly source: string;
  readonly subject: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** `undefined`: there is no such person. */
  readonly person: ListedPerson | undefined;
}

/** Longer than a run's own claim of an invocation, and how soon a failed step is tried again, in seconds. */
const takenSeconds = 960;
const againSeconds = 30;
/** How often an operator asks about one person, until another day. */
const mostTries = 6;
/** More invocations than any run needs, however often it is cut off. */
const mostInvocations = 2_000;

/** @param company is asked for when the first run begins: it is made with what comes from here. */
export function rosterRuns(company: () => Company): RosterRuns {
  const waiting: { readonly message: RosterMessage; visibleAt: number; isTaken: boolean }[] = [];
  const runs = new Map<string, { source: string; run: string; milliseconds: number }>();
  const parts = new Map<string, string>();
  const synced: Synced[] = [];
  let files = 0;
  let milliseconds = 0;
  let invocations = 0;

  function invocation(each: (typeof waiting)[number]): Invocation<"done" | "later"> {
    const { world } = company();
    const { source, run } = each.message;
    const time = runs.get(`${source}/${run}`)?.milliseconds ?? 0;
    each.isTaken = true;
    return {
      async run() {
        const { owner } = world.newRun();
        const by = { owner, deadline: world.clock.now() + time };
        return runRoster(each.message, world.ports, by).catch(() => "later" as const);
      },
      ended(result) {
        each.isTaken = false;
        if (result === "done") waiting.splice(waiting.indexOf(each), 1);
        const seconds = result === undefined ? takenSeconds : againSeconds;
        each.visibleAt = world.clock.now() + seconds * 1000;
      },
    };
  }

  const visible = () =>
    waiting.filter(({ visibleAt, isTaken }) => !isTaken && visibleAt <= company().world.clock.now());

  /** A command that fails is typed again, and a schedule tries again; so often at most. */
  async function insist(work: () => Promise<unknown>, most = Number.POSITIVE_INFINITY): Promise<void> {
    const { world } = company();
    for (let tries = 0; tries < most; tries += 1) {
      const done = await world.alive(() =>
        work().then(
          () => true,
          (error: unknown) => {
            if (error instanceof InboundError && error.retryable) return false;
            throw error;
          },
        ),
      );
      if (done) return;
      world.clock.pass(againSeconds);
    }
  }

  /** The definition of a source, whose answers about people are noted. */
  function listening(name: string): ReturnType<RosterPorts["source"]> {
    const source = company().world.ports.source(name);
    if (!source?.list) return source;
    const { list } = source;
    const person: typeof list.person = async (api, subject) => {
      const at = new Date(company().world.clock.now()).toISOString();
      const found = await list.person(api, subject);
      synced.push({ source: name, subject, at, person: found });
      return found;
    };
    return { ...source, list: { ...list, person } };
  }

  return {
    async sync(source, subject) {
      const { world } = company();
      const request = { operation: "sync", source, subject, mode: "apply" } as const;
      await insist(async () => {
        const ports = { ...world.ports, source: listening };
        const { result = "" } = await sync(request, ports, world.newRun()).catch(unanswered);
        // It may wait for what is queued about the person.
        if (result.includes("not now")) throw new InboundError("unavailable", "undecided");
      }, mostTries);
    },
    synced: () => synced,
    queue(message) {
      const key = `${message.source}/${message.run}`;
      if (!runs.has(key)) runs.set(key, { ...message, milliseconds });
      waiting.push({ message, visibleAt: 0, isTaken: false });
    },
    stored(key, bytes) {
      if (/^rosters\/[^/]+\/[^/]+\/(read|changes|leavers)\/\d+$/.test(key)) parts.set(key, bytes.toString());
    },
    async begin(source, how, file) {
      const { world } = company();
      milliseconds = how.milliseconds;
      const options = how.verifies ? { verify: true as const } : {};
      const { isPlan } = how;
      const key = `${isPlan ? "plan" : "incoming"}/roster/${source}/${(files += 1)}.csv`;
      const object =
        file === undefined ? undefined : world.lasting.store.objects.put(key, Buffer.from(file), "text/csv");
      const from = object && { file: { object, id: rosterPlaceOf(object).run } };
      await insist(() => startRoster({ source, bucket: localBucket, options, isPlan, ...from }, world.ports));
    },
    invocations: () =>
      [
        ...new Map(
          visible()
            .toReversed()
            .map((each) => [each.message.run, each]),
        ).values(),
      ].map(invocation),
    async work() {
      const { world } = company();
      while (waiting.length > 0) {
        invocations += 1;
        if (invocations > mostInvocations) throw new Error("a run over a list never ends");
        const [next] = visible();
        if (!next) {
          const at = Math.min(...waiting.map(({ visibleAt }) => visibleAt));
          await world.clock.wait(at - world.clock.now());
          continue;
        }
        const { run, ended } = invocation(next);
        ended(await world.alive(run));
      }
    },
    async applyPlans() {
      const { world } = company();
      for (const { source, run } of runs.values()) {
        const state = await readState(world.lasting.store.objects, { bucket: localBucket, source, run });
        if (state?.phase !== "planned") continue;
        const request = { operation: "apply-roster", source, run } as const;
        await insist(() => applyRoster(request, { ...world.ports, bucket: localBucket }).catch(tooOld));
      }
    },
    async all() {
      const { objects } = company().world.lasting.store;
      const all = [...runs.values()].map(async ({ source, run }): Promise<Run[]> => {
        const state = await readState(objects, { bucket: localBucket, source, run });
        if (!state) return [];
        const linesOf = <Line>(file: "read" | "changes" | "leavers"): Line[] =>
          Array.from(
            { length: state.parts[file] },
            (_, part) => parts.get(`rosters/${source}/${run}/${file}/${part}`) ?? "",
          )
            .flatMap((text) => text.split("\n"))
            .flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Line]));
        const read = new Map(linesOf<PersonLine>("read").map((line) => [line.subject, line]));
        const differences = [...linesOf<DifferenceLine>("changes"), ...linesOf<DifferenceLine>("leavers")];
        return [{ source, run, state, read: [...read.values()], differences }];
      });
      return (await Promise.all(all)).flat();
    },
  };
}

/** The source does not say it: nothing comes of that. */
function unanswered(error: unknown): { result?: string } {
  if (error instanceof InboundError && !error.retryable) return {};
  throw error;
}

/** Everything takes long where much fails: then the plan is not applied. */
function tooOld(error: unknown): void {
  if (error instanceof InboundError && error.reason === "roster-plan-too-old") return;
  throw error;
}
