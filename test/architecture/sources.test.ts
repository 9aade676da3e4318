import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sourcePages, sourcesPage, withSourceList } from "#infra/commands/sources-page.ts";
import { changesOf, sampleCase } from "#infra/fixtures/sample-case.ts";
import * as registry from "#lib/sources/registry.ts";
import { builtInSources } from "#lib/wiring/enabled-sources.ts";

const root = new URL("../../", import.meta.url);
const list = (folder: string) => readdirSync(new URL(folder, root), { withFileTypes: true });
const folders = list("lib/sources/")
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const sources: Readonly<
  Record<
    string,
    {
      readonly name: string;
      readonly externalIds?: unknown;
      readonly fetch?: unknown;
      readonly list?: unknown;
      readonly renew?: unknown;
    }
  >
> = registry;

describe("the sources", () => {
  it("are all registered, and nothing else is", () => {
    expect(
      Object.values(sources)
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(folders.toSorted());
  });

  it("say what kind of system they are, and what that is known from", () => {
    const silent = [...builtInSources().values()].filter(
      ({ kind, knownFrom }) => kind === undefined || knownFrom === undefined,
    );
    expect(
      silent.map(({ name }) => name),
      "write kind and knownFrom into index.ts",
    ).toEqual([]);
  });

  it.each(Object.keys(sourcePages))("are listed as they are: %s", (key) => {
    const language = key as keyof typeof sourcePages;
    const { page, readme } = sourcePages[language];
    const all = [...builtInSources().values()];
    const written = readFileSync(new URL(page, root), "utf8");
    expect(written === sourcesPage(all, language), `npm run sources writes ${page} anew`).toBe(true);
    const list = readFileSync(new URL(readme, root), "utf8");
    expect(list === withSourceList(list, all, language), `npm run sources writes the list in ${readme}`).toBe(
      true,
    );
  });

  it("are registered under the names of their folders", () => {
    for (const [key, { name }] of Object.entries(sources)) {
      expect(camelCase(name)).toBe(key);
    }
  });

  it("have one function each, and no function is without a source", () => {
    const namesOf = (door: string) => list(`functions/${door}/`).map(({ name }) => `${door}/${name}`);
    const wanted = [...builtInSources().values()].map(({ name, trigger }) =>
      trigger ? `triggers/${name}.ts` : `webhooks/${name}.ts`,
    );
    expect([...namesOf("triggers"), ...namesOf("webhooks")].toSorted()).toEqual(wanted.toSorted());
  });

  it.each(folders)("all have the same files: %s", (name) => {
    const { externalIds, fetch, list: listing, renew } = sources[camelCase(name)] ?? {};
    expect(
      list(`lib/sources/${name}/`)
        .map((entry) => entry.name)
        .toSorted(),
    ).toEqual([
      "README.md",
      // Where the vendor's customers read Chinese.
      ...(existsSync(new URL(`lib/sources/${name}/README.zh-CN.md`, root)) ? ["README.zh-CN.md"] : []),
      "event-types.ts",
      // Where the source has several ids of a person.
      ...(externalIds ? ["external-ids.ts"] : []),
      // fetch.ts exists exactly where the source asks its own API: the build removes this file from the receiving bundle.
      ...(fetch ? ["fetch.ts"] : []),
      "fixtures",
      "index.ts",
      // Likewise, list.ts exists exactly where the source can list its people.
      ...(listing ? ["list.ts"] : []),
      // And renew.ts, where something of the source ends.
      ...(renew ? ["renew.ts"] : []),
      "split.ts",
      "translate.ts",
    ]);
    expect(existsSync(new URL(`lib/sources/${name}/fixtures/secret.json`, root))).toBe(true);
    expect(existsSync(new URL(`lib/sources/${name}/fixtures/words.json`, root))).toBe(true);
    expect(existsSync(new URL(`lib/sources/${name}/fixtures/list.json`, root))).toBe(listing !== undefined);
    expect(existsSync(new URL(`lib/sources/${name}/fixtures/renew.json`, root))).toBe(renew !== undefined);
  });

  it("say in their READMEs that a weak proof is weak", () => {
    const weak = [...builtInSources().values()].filter(({ proof }) => !proof.coversBody);
    expect(weak.length).toBeGreaterThan(10);
    const silent = weak.flatMap(({ name }) =>
      [
        { file: "README.md", word: /\bweak/i },
        { file: "README.zh-CN.md", word: /弱/ },
      ]
        .map(({ file, word }) => ({ place: new URL(`lib/sources/${name}/${file}`, root), word }))
        .filter(({ place, word }) => existsSync(place) && !word.test(readFileSync(place, "utf8")))
        .map(({ place }) => place.pathname),
    );
    expect(silent, "write what the proof does not cover, and what a stranger could state").toEqual([]);
  });

  it("send samples of different people in `npm start`, so that any of them can be tried side by side", () => {
    const owners = new Map<string, string>();
    const shared = folders.flatMap((name) => {
      const sample = sampleCase(name);
      const people = sample
        ? changesOf(sample).map(({ person }) => person as Readonly<Record<string, unknown>>)
        : [];
      return people.flatMap((person = {}) =>
        ["email", "phone", "username", "externalId"].flatMap((field) => {
          if (person[field] === undefined) return [];
          const identifier = `${field} ${String(person[field])}`;
          const owner = owners.get(identifier) ?? name;
          owners.set(identifier, owner);
          return owner === name ? [] : [`${identifier}: ${owner}, ${name}`];
        }),
      );
    });
    expect(shared, "give the invented person of the sample another one").toEqual([]);
  });

  it.each(folders)("have cases that hold a body and what it means, or a handshake: %s", (name) => {
    for (const entry of list(`lib/sources/${name}/fixtures/`).filter((each) => each.isDirectory())) {
      const files = list(`lib/sources/${name}/fixtures/${entry.name}/`).map((file) => file.name);
      expect(entry.name).toMatch(/^[a-z][a-z0-9-]+$/);
      const [wanted, allowed] = files.includes("request.json")
        ? [["reply.json"], /^(?:request|reply)\.json$/]
        : [["changes.json"], /^body\.(?:json|form|xml)$|^(?:delivery|changes|answers|settings)\.json$/];
      expect(files).toEqual(expect.arrayContaining(wanted));
      expect(files.filter((file) => !allowed.test(file))).toEqual([]);
      // What a GET says is in the query of its delivery.json: the reader of cases checks the method.
      const said = files.filter((file) => /^body\.|^request\.json$/.test(file));
      expect(said).toHaveLength(said.length === 0 && files.includes("delivery.json") ? 0 : 1);
    }
  });
});

function camelCase(name: string): string {
  return name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
