import { describe, expect, it } from "vitest";
import { InboundError } from "#lib/contract/errors.ts";
import type { Claim, EventKey } from "#lib/contract/ledger.ts";
import { chunkKey, importKey } from "#lib/uploads/ledger-entries.ts";
import { expectTidy, openImports } from "./imports.ts";

const text = "externalId,email\n1,a@example.com\n2,b@example.com\n";

/** What an object is called here: stored rows are named after their import. */
const fileOf = (key: string) => (key.startsWith("rows/") ? "rows" : key.split("/").at(-1));

/** An import of `text` during which one call to the bucket fails once. */
function failingOnce(failing: string, error: Error) {
  let calls = 0;
  const passes = (call: string) => {
    if (call !== failing) return;
    calls += 1;
    if (calls === 1) throw error;
  };
  const run = openImports({
    chunkSize: { rows: 1000, bytes: 1_000_000 },
    around: ({ objects }) => ({
      objects: {
        ...objects,
        async read(object, range) {
          passes(`${range ? "read a part of" : "read"} ${fileOf(object.key)}`);
          return objects.read(object, range);
        },
        async write(target, parts) {
          passes(`write ${fileOf(target.key)}`);
          return objects.write(target, parts);
        },
        async remove(object) {
          passes(`remove ${fileOf(object.key)}`);
          return objects.remove(object);
        },
      },
    }),
  });
  const id = run.upload("users", "people.csv", text);
  return { run, id, calls: () => calls };
}

describe("an import whose bucket does not answer once", () => {
  const unavailable = new InboundError("unavailable", "object-unreadable");

  it.each<[call: string, message: string, keyOf: (id: string) => EventKey]>([
    ["read people.csv", "import retried", importKey],
    ["write plan.json", "import retried", importKey],
    ["write rows", "import retried", importKey],
    ["read a part of rows", "chunk retried", (id) => chunkKey(id, 0)],
    ["write 0.0", "chunk retried", (id) => chunkKey(id, 0)],
    ["read 0.0", "chunk retried", (id) => chunkKey(id, 0)],
    ["write accepted.ndjson", "import retried", importKey],
    ["write rejected.csv", "import retried", importKey],
    ["write report.html", "import retried", importKey],
    ["write summary.json", "import retried", importKey],
  ])("when asked to %s continues with the next invocation of any function", async (call, message, keyOf) => {
    const { run, id, calls } = failingOnce(call, unavailable);
    let claim: Promise<Claim> | undefined;
    await run.settle(() => {
      if (claim || !run.log.some(([line]) => line === message)) return;
      claim = run.ledger.claim(keyOf(id), { owner: "next", leaseSeconds: 0 });
    });
    expect(await claim).toMatchObject({ state: "claimed" });
    expect(calls()).toBeGreaterThan(1);
    expect(run.results(id).summary).toMatchObject({ state: "finished", rows: 2, rejected: 0 });
    expect(run.pool.users()).toHaveLength(2);
    expectTidy(run, id);
  });
});

it.each(["remove rows", "remove 0.0", "remove plan.json"])(
  "an import whose bucket does not answer once when asked to %s, after its outcome is recorded, leaves nothing",
  async (call) => {
    const { run, id, calls } = failingOnce(call, new InboundError("unavailable", "object-unreadable"));
    await run.settle();
    expect(calls()).toBeGreaterThan(1);
    expect(run.log.map(([message]) => message)).toContain("import retried");
    expect(run.results(id).summary).toMatchObject({ state: "finished", rows: 2 });
    expectTidy(run, id);
  },
);

it("a defect ends an invocation, and the import can be claimed at once", async () => {
  for (const [call, keyOf] of [
    ["read people.csv", importKey],
    ["read a part of rows", (id: string) => chunkKey(id, 0)],
    ["write summary.json", importKey],
  ] as const) {
    const { run, id, calls } = failingOnce(call, new TypeError("a defect"));
    let claim: Promise<Claim> | undefined;
    await run.settle(() => {
      if (claim === undefined && calls() === 1) {
        claim = run.ledger.claim(keyOf(id), { owner: "next", leaseSeconds: 0 });
      }
    });
    expect(await claim, call).toMatchObject({ state: "claimed" });
    expect(run.results(id).summary, call).toMatchObject({ rows: 2 });
    // Its invocation fails, so that an alarm tells of it.
    expect(run.log.filter(([message]) => message.endsWith("retried"))).toEqual([]);
  }
});
