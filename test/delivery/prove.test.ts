import { describe, expect, it } from "vitest";
import config from "#config";
import { defineConfig } from "#lib/config.ts";
import { InboundError } from "#lib/contract/errors.ts";
import { prove, speakingOf } from "#infra/prove/prove.ts";
import { playStory, type Story } from "#infra/prove/story.ts";
import everySource from "../every-source.config.ts";
import { create } from "./story.ts";
import { openOwnWorld } from "./own-world.ts";
import { told } from "./world.ts";

/** `STORIES=1000` looks longer, `SEED=2` at others. */
const stories = Number(process.env["STORIES"] ?? 60);
const seed = Number(process.env["SEED"] ?? 20_260_302);

describe.each([
  ["the default configuration", config],
  ["one with every source", everySource],
])("random stories of %s, over the store of one machine", (_, given) => {
  it("lose nothing, double nothing, and leave no account open that should be closed", async () => {
    const { voices, silent } = await speakingOf(given);
    expect([...silent.keys()]).toEqual([]);
    const { failing, totals } = await prove(given, voices, { seed, stories, milliseconds: 3_600_000 });
    expect(failing).toBeUndefined();
    expect(totals).toMatchObject({ stories });
    for (const count of ["events", "rows", "lists", "kills", "faults", "people"] as const)
      expect(totals[count], count).toBeGreaterThan(0);
  }, 3_600_000);
});

const calm: Story["trouble"] = {
  batchMode: "all-or-nothing",
  unknownInLookUp: "left-out",
  lookUpLagMilliseconds: 0,
  repeated: [],
  portion: 12,
  pauseSeconds: 0,
  batchSize: 10,
  invocationsAtOnce: 1,
  faults: [],
  portFaults: [],
  deaths: [],
  acts: [],
  decision: "release",
};

describe("what stories have found", () => {
  it("an account whose source could not be noted is tried again, and gets its source", async () => {
    let failures = 1;
    const world = await openOwnWorld({
      spoil: () => (port) => {
        if (!("recordPeople" in port)) return port;
        const recordPeople = port.recordPeople as (notes: unknown) => Promise<void>;
        return {
          ...port,
          async recordPeople(notes: unknown) {
            if ((notes as readonly unknown[]).length > 0 && failures-- > 0)
              throw new InboundError("unavailable", "ledger-unreachable");
            return recordPeople(notes);
          },
        };
      },
    });
    await world.deliver([told("hr", "hired", "1", 0, [create("1")])]);
    expect(world.pool.users()).toHaveLength(1);
    expect(await world.ledger.person("1")).toMatchObject({ owner: "hr" });
  });

  it("a departure whose answer was lost does not close the account after a newer joiner of the same batch", async () => {
    const { voices } = await speakingOf(config);
    const about = { voice: 0, person: 0 };
    const outcome = await playStory(config, voices, {
      people: [["clerk"]],
      told: [
        { ...about, round: 0, chapter: 1 },
        { ...about, round: 1, chapter: 2 },
        { ...about, round: 2, chapter: 0 },
      ],
      trouble: {
        ...calm,
        faults: [{ on: "resign-user-batch", fault: { kind: "reset-after-applying" }, times: 4 }],
      },
      apiFaults: [],
      files: [],
      rosters: [],
      isComparedInTheEnd: false,
    });
    expect(outcome.broken).toEqual([]);
  });

  it("a repetition that was news and was refused like the first one is redriven as itself", async () => {
    const two = defineConfig({ sources: { wecom: {}, xinrenxinshi: {} } });
    const { voices } = await speakingOf(two);
    const about = { person: 0, chapter: 1 };
    const outcome = await playStory(two, voices, {
      people: [["wecom", "xinrenxinshi"]],
      told: [
        { ...about, voice: 1, round: 0 },
        { ...about, voice: 0, round: 2 },
      ],
      trouble: { ...calm, portion: 2, repeated: [{ which: 1, after: 0 }] },
      apiFaults: [],
      files: [],
      rosters: [],
      isComparedInTheEnd: false,
    });
    expect(outcome.broken).toEqual([]);
  });

  it("a list opens the account of a member of DingTalk who is back, although no delivery says so", async () => {
    const { voices } = await speakingOf(config);
    const about = { voice: 0, person: 0 };
    const outcome = await playStory(config, voices, {
      people: [["dingtalk"]],
      told: [
        { ...about, round: 0, chapter: 0 },
        { ...about, round: 0, chapter: 2 },
        { ...about, round: 1, chapter: 0, isLost: true },
      ],
      trouble: calm,
      apiFaults: [],
      files: [],
      rosters: [{ after: 0, voice: 0, of: "list", verifies: false, isPlan: false, milliseconds: 57_000 }],
      isComparedInTheEnd: false,
    });
    expect(outcome).toMatchObject({ broken: [], lists: 1, people: 2 });
  });
});
