import { describe, expect, it } from "vitest";
import { memoryLedger } from "../memory/ledger.ts";
import { newObjects } from "../store.ts";
import type { ImportMessage } from "#lib/contract/import-queue.ts";
import { importFolder, importIdOf } from "#lib/uploads/import-id.ts";
import { uploadPorts } from "./upload-ports.ts";
import { planImport, type PlanPorts } from "#lib/uploads/plan.ts";
import { maxUploadBytes } from "#lib/uploads/upload-size.ts";

const mebibyte = 1024 * 1024;
/** A line of JSON with one person, as long as a record may be, so that a large file is read fast. */
const line = Buffer.from(`${'{"email":"a@example.com"}'.padEnd(mebibyte - 1)}\n`);

/** Plans a file whose bytes are generated while they are read. */
async function planned(bytes: () => AsyncIterable<Uint8Array>, size?: number) {
  const stored = newObjects();
  const queued: ImportMessage[] = [];
  let wasRead = false;
  const silent = () => {};
  const object = {
    bucket: "local",
    key: "incoming/users/people.ndjson",
    versionId: "1",
    ...(size !== undefined && { size }),
  };
  const ports: PlanPorts = {
    ledger: memoryLedger(),
    objects: {
      ...stored,
      async read(wanted, range) {
        if (wanted.key !== object.key) return stored.read(wanted, range);
        wasRead = true;
        return bytes();
      },
    },
    queue: { send: async (messages) => void queued.push(...messages) },
    clock: { now: Date.now },
    log: { info: silent, warn: silent, error: silent },
    ...uploadPorts,
    sources: [],
  };
  expect(await planImport(object, ports, { owner: "plan" })).toBe("done");
  const read = (file: string) =>
    stored.get(`${importFolder(importIdOf(object))}/${file}`)?.bytes.toString() ?? "null";
  return { wasRead, queued, summary: JSON.parse(read("summary.json")), plan: JSON.parse(read("plan.json")) };
}

async function* lines(count: number, more = "") {
  for (let index = 0; index < count; index += 1) yield line;
  if (more !== "") yield Buffer.from(more);
}

const tooLarge = {
  state: "refused",
  rows: 0,
  problem: { reason: "file-too-large", hint: expect.stringContaining("2 GiB") },
};

describe("a file", () => {
  it("whose stated size is too large is refused before a byte of it is read", async () => {
    const { wasRead, queued, summary, plan } = await planned(() => lines(1), maxUploadBytes + 1);
    expect(wasRead).toBe(false);
    expect(summary).toMatchObject(tooLarge);
    expect([queued, plan]).toEqual([[], null]);
  });

  it.each([undefined, 1024])(
    "that never ends is read up to the limit and refused, when its stated size is %s bytes",
    async (size) => {
      let bytesRead = 0;
      let isClosed = false;
      async function* endless() {
        try {
          for (; bytesRead <= 2 * maxUploadBytes; bytesRead += line.length) yield line;
        } finally {
          isClosed = true;
        }
      }
      const { queued, summary, plan } = await planned(endless, size);
      expect(summary).toMatchObject(tooLarge);
      expect([queued, plan]).toEqual([[], null]);
      expect(bytesRead).toBe(maxUploadBytes);
      expect(isClosed).toBe(true);
    },
  );

  it("of exactly the limit is accepted, and one byte more is refused", async () => {
    const count = maxUploadBytes / mebibyte;
    const accepted = await planned(() => lines(count), maxUploadBytes);
    expect(accepted.summary).toBeNull();
    expect(accepted.plan).toMatchObject({ rows: count });
    // The lines are blanks for the most part, which are not stored.
    expect(accepted.queued).toHaveLength(1);
    expect((await planned(() => lines(count, "\n"))).summary).toMatchObject(tooLarge);
  });
});
