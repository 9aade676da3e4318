import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAst } from "vitest/node";
import { describe, expect, it } from "vitest";

// The table of rooms in ARCHITECTURE.md says which room may import which: this test reads it and every import of every file.

interface Room {
  /** A name in the table: a folder `lib/fields/`, a file `lib/config.ts`, or `lib/sources/<source>/`, where each folder is a room. */
  readonly name: string;
  /** The names of rooms, or `everything`. */
  readonly mayImport: readonly string[];
}

interface Import {
  readonly from: string;
  /** A file from the root of the repository. `undefined` where the code computes it. */
  readonly to: string | undefined;
}

/** The rows of the table whose first heading is `room`. */
function roomsOf(markdown: string): Room[] {
  const table = /^\| room .*\n\|[ -|]+\n((?:\|.*\n)+)/m.exec(markdown)?.[1] ?? "";
  const quoted = (cell = "") => Array.from(cell.matchAll(/`([^`]+)`/g), ([, name = ""]) => name);
  return table
    .trim()
    .split("\n")
    .map((row) => {
      const [, room, , mayImport = ""] = row.split("|");
      const [name = ""] = quoted(room);
      return { name, mayImport: mayImport.trim() === "everything" ? ["everything"] : quoted(mayImport) };
    });
}

/** The room of a file: the most precise row that matches. `place`: the folder that `<…>` matches in a row with one. */
function roomOf(
  file: string,
  rooms: readonly Room[],
): { readonly room: Room; readonly place: string } | undefined {
  const matches = rooms.flatMap((room) => {
    const place = new RegExp(`^${room.name.replaceAll(".", "\\.").replaceAll(/<\w+>/g, "[^/]+")}`).exec(
      file,
    )?.[0];
    return place === undefined || (!place.endsWith("/") && place !== file) ? [] : [{ room, place }];
  });
  return matches.toSorted((one, other) => other.room.name.length - one.room.name.length)[0];
}

/** The problems, one line each; none when files, imports and table agree. */
function problems(rooms: readonly Room[], files: readonly string[], imports: readonly Import[]): string[] {
  const used = new Set<string>();
  const found = files.flatMap((file) => (roomOf(file, rooms) ? [] : [`${file} is in no room`]));
  for (const { from, to } of imports) {
    const here = roomOf(from, rooms);
    const there = to === undefined ? undefined : roomOf(to, rooms);
    if (here?.room.mayImport.includes("everything")) continue;
    if (!there) {
      found.push(`${from} imports ${to ?? "what it computes"}, which is in no room`);
    } else if (here && here.place !== there.place) {
      used.add(`${here.room.name} ${there.room.name}`);
      if (!here.room.mayImport.includes(there.room.name)) found.push(`${from} may not import ${to}`);
    }
  }
  for (const { name, mayImport } of rooms) {
    if (!files.some((file) => roomOf(file, rooms)?.room.name === name)) found.push(`${name} holds no file`);
    for (const other of mayImport) {
      if (other === "everything") continue;
      if (!used.has(`${name} ${other}`))
        found.push(`${name} does not import ${other}: take it out of the table`);
      if (reaches(other, name, rooms)) found.push(`${name} and ${other} are a circle`);
    }
  }
  return found;
}

function reaches(from: string, to: string, rooms: readonly Room[]): boolean {
  const seen = new Set([from]);
  // A set is iterated in the order of insertion; items that are added during the iteration are visited, too.
  for (const name of seen) {
    for (const next of rooms.find((room) => room.name === name)?.mayImport ?? []) seen.add(next);
  }
  return seen.has(to);
}

/** Every import of ours in a file: values, types, `export … from`, `import()`, `import("…").Type`. */
function importsOf(file: string): Import[] {
  const imports: Import[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    const { type, source } = node as { type?: string; source?: { value?: unknown } };
    if (source && /^(Import|Export|TSImport)/.test(type ?? "")) {
      const name = typeof source.value === "string" ? source.value : undefined;
      if (name === undefined) imports.push({ from: file, to: undefined });
      else if (name === "#config") imports.push({ from: file, to: "inbound.config.ts" });
      else if (name.startsWith("#")) imports.push({ from: file, to: name.slice(1) });
      else if (name.startsWith(".")) imports.push({ from: file, to: join(file, "..", name) });
    }
    for (const child of Object.values(node)) visit(child);
  };
  visit(parseAst(readFileSync(file, "utf8"), { lang: file.endsWith(".tsx") ? "tsx" : "ts" }));
  return imports;
}

const files = globSync("**/*.{ts,tsx,mts,js,mjs}", {
  exclude: (path) => /^(node_modules|dist|\.)/.test(path),
});
const rooms = roomsOf(readFileSync("ARCHITECTURE.md", "utf8"));

describe("the rooms of ARCHITECTURE.md", () => {
  it("hold every file, and import only what the table lists", () => {
    expect(files.length).toBeGreaterThan(200);
    expect(
      problems(rooms, files, files.flatMap(importsOf)),
      "mend the import, or the table of rooms",
    ).toEqual([]);
  });

  it("all build on a contract that imports no other room", () => {
    expect(rooms.find(({ name }) => name === "lib/contract/")?.mayImport).toEqual([]);
  });
});

describe("the check of the rooms", () => {
  const table = [
    "| room | holds | may import |",
    "| --- | --- | --- |",
    "| `a/` | the ground | nothing |",
    "| `b/<name>/` | each for itself | `a/` |",
    "| `test/` | tests | everything |",
    "",
  ].join("\n");
  const house = ["a/one.ts", "b/x/one.ts", "b/y/one.ts", "test/one.ts"];
  const right = [
    { from: "b/x/one.ts", to: "a/one.ts" },
    { from: "test/one.ts", to: "b/x/one.ts" },
  ];
  const checked = (more: { rows?: string; files?: string[]; imports?: Import[] } = {}) =>
    problems(
      roomsOf(table + (more.rows ?? "")),
      [...house, ...(more.files ?? [])],
      [...right, ...(more.imports ?? [])],
    );

  it("reports nothing where files, imports and table agree", () => {
    expect(checked()).toEqual([]);
  });

  it.each([
    ["a/one.ts", "b/x/one.ts", "a/one.ts may not import b/x/one.ts"],
    ["b/x/one.ts", "b/y/one.ts", "b/x/one.ts may not import b/y/one.ts"],
    ["a/one.ts", "c.ts", "a/one.ts imports c.ts, which is in no room"],
    ["a/one.ts", undefined, "a/one.ts imports what it computes, which is in no room"],
  ])("refuses that %s imports %s", (from, to, problem) => {
    expect(checked({ imports: [{ from, to }] })).toEqual([problem]);
  });

  it("refuses a file in no room, an empty room, and a right to import that no file uses", () => {
    expect(checked({ files: ["c.ts"], rows: "| `d/` | dust | `a/` |\n" })).toEqual([
      "c.ts is in no room",
      "d/ holds no file",
      "d/ does not import a/: take it out of the table",
    ]);
  });

  it("refuses a circular import of rooms, however long", () => {
    expect(
      checked({
        files: ["c/one.ts", "d/one.ts", "e/one.ts"],
        rows: "| `c/` | | `d/` |\n| `d/` | | `e/` |\n| `e/` | | `c/` |\n",
        imports: [
          { from: "c/one.ts", to: "d/one.ts" },
          { from: "d/one.ts", to: "e/one.ts" },
          { from: "e/one.ts", to: "c/one.ts" },
        ],
      }),
    ).toEqual(["c/ and d/ are a circle", "d/ and e/ are a circle", "e/ and c/ are a circle"]);
  });
});
