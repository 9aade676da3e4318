import * as fc from "fast-check";
import { fileStory } from "./files.ts";
import { rosterStory } from "./rosters.ts";
import type { Story } from "./story.ts";
import { portFault, troubleAround } from "./trouble.ts";
import { maxPeople, type Voices } from "./voice.ts";

type Lists = Pick<Story, "rosters" | "isComparedInTheEnd">;

type Drawn = Pick<Story, "people" | "told"> & { readonly isUnsaid?: boolean };

/** More portions than any story has. */
const afterAll = 100;
const first = { voice: 0, round: 0 };

/** Stories that these voices can tell. */
export function storyOf(voices: Voices): fc.Arbitrary<Story> {
  const names = [...voices.keys()];
  const many = names.filter((name) => (voices.get(name)?.people ?? 1) > 1);
  const pairs = many.flatMap((one) => many.filter((other) => other !== one).map((other) => [one, other]));
  const person = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...names).map((name) => [name]) },
    ...(pairs.length > 0 ? [{ weight: 1, arbitrary: fc.constantFrom(...pairs) }] : []),
  );
  const told = (people: number) =>
    fc.record({
      voice: fc.nat({ max: 1 }),
      person: fc.nat({ max: people - 1 }),
      round: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 2 }) }),
      chapter: fc.nat({ max: 2 }),
      isLost: fc.oneof(
        { weight: 3, arbitrary: fc.constant(false) },
        { weight: 1, arbitrary: fc.constant(true) },
      ),
    });
  const few = fc.record({
    people: fc.array(person, { minLength: 1, maxLength: 4 }),
    told: fc.array(told(4), { minLength: 1, maxLength: 16 }),
  });
  // More departures than the guard lets through.
  const crowd = fc.record({
    people: fc
      .constantFrom(...(many.length > 0 ? many : names))
      .map((name) => Array.from({ length: maxPeople }, () => [name])),
    told: fc.array(
      told(maxPeople).map((each) => ({ ...each, voice: 0, round: 0 })),
      { minLength: 20, maxLength: 45 },
    ),
  });
  // They came, and no delivery says that they have left: a list does, once all of it has happened.
  const listing = many.filter((name) => voices.get(name)?.list?.provesDepartures);
  const exodus = fc.record({
    people: fc
      .constantFrom(...(listing.length > 0 ? listing : names))
      .map((name) => Array.from({ length: maxPeople }, () => [name])),
    told: fc.integer({ min: 8, max: maxPeople }).map((leaving) => [
      ...Array.from({ length: maxPeople }, (_, person) => ({
        ...first,
        person,
        chapter: 0,
        isLost: false,
      })),
      ...Array.from({ length: leaving }, (_, person) => ({ ...first, person, chapter: 2, isLost: true })),
    ]),
    isUnsaid: fc.constant(true),
  });
  const [none, some] = [
    { rosters: [], isComparedInTheEnd: false },
    fc.array(rosterStory, { minLength: 1, maxLength: 2 }),
  ];
  const lists = fc.oneof(
    { weight: 1, arbitrary: fc.constant<Lists>(none) },
    { weight: 1, arbitrary: fc.record<Lists>({ rosters: some, isComparedInTheEnd: fc.boolean() }) },
  );
  return fc
    .oneof(
      { weight: 14, arbitrary: few },
      ...(many.length > 0 ? [{ weight: 2, arbitrary: crowd }] : []),
      ...(listing.length > 0 ? [{ weight: 1, arbitrary: exodus }] : []),
    )
    .chain((what: Drawn) =>
      fc.record({
        people: fc.constant(what.people),
        told: fc.constant(what.told),
        isUnsaid: fc.constant(what.isUnsaid === true),
        trouble: fc.record(troubleAround([...new Set(what.people.flat())])),
        apiFaults: fc.array(portFault, { maxLength: 2 }),
        files: fc.array(fileStory, { maxLength: 1 }),
        lists,
      }),
    )
    .map(({ lists: { rosters, isComparedInTheEnd }, told: all, isUnsaid, ...story }) => ({
      ...story,
      // What is lost is found by lists alone.
      told: rosters.length > 0 ? all : all.map((each) => ({ ...each, isLost: false })),
      rosters: isUnsaid ? rosters.map((roster) => ({ ...roster, after: afterAll })) : rosters,
      isComparedInTheEnd,
    }));
}
