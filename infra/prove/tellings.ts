import type { Spoken } from "./spoken.ts";
import type { Story } from "./story.ts";
import type { Telling, Voices } from "./voice.ts";

/** The person of a second source has ids of its own there, so many further on. */
const secondVoice = 50;

/** What is told of which person, each once, as far as the voices can tell it. */
export async function tellingsOf(
  voices: Voices,
  { people, told }: Pick<Story, "people" | "told">,
): Promise<Spoken[]> {
  const known = new Map<string, Spoken>();
  const alone = new Map<string, number>();
  for (const each of told) {
    const person = each.person % people.length;
    const sources = people[person] ?? [];
    const source = sources[each.voice % sources.length] ?? "";
    const voice = voices.get(source);
    if (!voice) continue;
    // A source that can tell of one person only tells of the first.
    if (voice.people === 1 && (alone.get(source) ?? person) !== person) continue;
    alone.set(source, person);
    const isSecond = source !== sources[0];
    const first = voices.get(sources[0] ?? "");
    const same = isSecond ? first?.externalIdOf(person) : undefined;
    // Sources whose ids are too different speak of two people.
    const isSame = same !== undefined && (await voice.canCall(same));
    const number = isSecond ? person + secondVoice : person;
    const telling: Telling = {
      person: number,
      round: each.round % voice.rounds,
      chapter: each.chapter % voice.chapters.length,
      ...(isSame && { externalId: { from: voice.externalId, to: same } }),
    };
    const key = JSON.stringify([source, telling]);
    const isLost = each.isLost ? { isLost: true as const } : {};
    if (!known.has(key))
      known.set(key, { source, person: isSecond && !isSame ? number : person, telling, ...isLost });
  }
  return [...known.values()];
}
