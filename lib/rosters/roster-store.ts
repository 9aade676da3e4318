import type { ObjectStore } from "#lib/contract/objects.ts";
import { readStored, writeJson } from "#lib/uploads/stored-objects.ts";
import type {
  AbsentLine,
  DifferenceLine,
  PartCounts,
  PersonLine,
  RosterState,
  SameLine,
} from "./roster-state.ts";
import { storedHashes, type SubjectHashes } from "./subject-index.ts";

/** The lines of each file of a run. */
interface Lines {
  readonly read: PersonLine;
  readonly changes: DifferenceLine;
  readonly leavers: DifferenceLine;
  readonly absent: AbsentLine;
  readonly same: SameLine;
}

/** Lines that are hashes: of the people of each part of `read`, and of those who are not in the list and are still there. */
type HashFile = "ids" | "still";

/** The folder of a run. The bucket deletes it after some days, should no run do it. */
const rosterFolder = (source: string, run: string): string => `rosters/${source}/${run}`;
/** What the last good run of a source found. */
export const lastKey = (source: string): string => `rosters/${source}/last.json`;

/** The state of a run; `undefined` where there is none. */
export async function readState(
  objects: ObjectStore,
  { bucket, source, run }: Pick<RosterState, "bucket" | "source" | "run">,
): Promise<RosterState | undefined> {
  const bytes = await readStored(objects, bucket, `${rosterFolder(source, run)}/state.json`);
  return bytes && (JSON.parse(bytes.toString()) as RosterState);
}

export const writeState = (objects: ObjectStore, state: RosterState): Promise<void> =>
  writeJson(objects, state.bucket, `${rosterFolder(state.source, state.run)}/state.json`, state);

export type RosterFiles = ReturnType<typeof rosterFiles>;

/** The parts of one run. The part that was read last stays in memory, since several steps go through one part. */
export function rosterFiles(
  objects: ObjectStore,
  { bucket, source, run }: Pick<RosterState, "bucket" | "source" | "run">,
) {
  const keyOf = (file: keyof Lines | HashFile, part: number) =>
    `${rosterFolder(source, run)}/${file}/${part}`;
  let kept: { readonly key: string; readonly lines: readonly unknown[] } | undefined;
  const write = (key: string, contentType: string, bytes: Uint8Array) =>
    objects.write({ bucket, key, contentType }, pieces(bytes));
  return {
    /** The lines of a part; none where the part does not exist. */
    async read<File extends keyof Lines>(file: File, part: number): Promise<readonly Lines[File][]> {
      const key = keyOf(file, part);
      if (kept?.key !== key) {
        const text = (await readStored(objects, bucket, key))?.toString() ?? "";
        kept = { key, lines: text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)])) };
      }
      return kept.lines as readonly Lines[File][];
    },
    async write<File extends keyof Lines>(
      file: File,
      part: number,
      lines: readonly Lines[File][],
    ): Promise<void> {
      const key = keyOf(file, part);
      if (kept?.key === key) kept = undefined;
      const bytes = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
      await write(key, "application/x-ndjson", bytes);
    },
    async readHashes(file: HashFile, part: number): Promise<SubjectHashes> {
      return storedHashes(await readStored(objects, bucket, keyOf(file, part)));
    },
    async writeHashes(file: HashFile, part: number, hashes: SubjectHashes): Promise<void> {
      const bytes = new Uint8Array(hashes.buffer, hashes.byteOffset, hashes.byteLength);
      await write(keyOf(file, part), "application/octet-stream", bytes);
    },
    /** Deletes the parts, which are about people. */
    async remove(parts: PartCounts): Promise<void> {
      const all = { ...parts, ids: parts.read };
      for (const [file, count] of Object.entries(all))
        for (let part = 0; part < count; part += 1)
          await objects.remove({ bucket, key: keyOf(file as keyof Lines, part) });
    },
  };
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield bytes;
}
