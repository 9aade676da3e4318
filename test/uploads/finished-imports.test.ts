import { expect, it } from "vitest";
import { InboundError } from "#lib/contract/errors.ts";
import { expectTidy, openImports } from "./imports.ts";
import { addressRows, expectWhole, peopleFile } from "./people-file.ts";

const size = { chunkSize: { rows: 20, bytes: 1_000_000 } };

it("a finish that runs before all parts exist waits for them", async () => {
  const run = openImports(size);
  const id = run.upload("users", "people.csv", peopleFile(100));
  await run.settle((round) => {
    if (round === 1) run.send({ kind: "finish", bucket: "local", import: id });
  });
  expect(run.log).toContainEqual([
    "import retried",
    { import: id, code: "unavailable", reason: "part-missing" },
  ]);
  expectWhole(run, id, 100);
});

it("an import is refused when any one of its chunks could not be read", async () => {
  for (const unreadable of [0, 1, 2]) {
    let reads = 0;
    const run = openImports({
      ...size,
      around: ({ objects }) => ({
        objects: {
          ...objects,
          async read(object, range) {
            if (range) reads += 1;
            if (range && reads === unreadable + 1) throw new InboundError("malformed", "object-missing");
            return objects.read(object, range);
          },
        },
      }),
    });
    const id = run.upload("users", "people.csv", `externalId,email\n${addressRows(0, 60)}`);
    await run.settle();
    expect(run.results(id).summary).toMatchObject({
      state: "refused",
      problem: { reason: "object-missing" },
      rows: 40,
      accepted: 40,
    });
    expectTidy(run, id);
  }
});

it("a file of secrets is not deleted where its bucket keeps no versions: another file may have replaced it", async () => {
  const run = openImports({
    ...size,
    around: ({ objects }) => ({
      objects: {
        ...objects,
        put(...given) {
          const { versionId: _, ...unversioned } = objects.put(...given);
          return unversioned;
        },
      },
    }),
  });
  const id = run.upload("otp", "otp.csv", "externalId,secret\n1,JBSWY3DPEHPK3PXP\n");
  await run.settle();
  expect(run.results(id).summary).toMatchObject({ state: "finished", rows: 1 });
  expect(run.objects.keys("incoming/")).toEqual(["incoming/otp/otp.csv"]);
});

const secrets = "externalId,secret\n1,JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP\n";
const otp = "incoming/otp/otp.csv";
it.each([
  ["of secrets is deleted", otp, secrets, "finished", []],
  [
    "of secrets that was refused stays, for a person to mend it",
    otp,
    "what,is,this\n1,2,3\n",
    "refused",
    [otp],
  ],
  ["of people stays", "incoming/users/people.csv", peopleFile(1), "finished", ["incoming/users/people.csv"]],
] as const)("when its import has ended, a file %s", async (_, key, text, state, left) => {
  const run = openImports(size);
  const [, folder = "users", name = ""] = key.split("/");
  const id = run.upload(folder as "users" | "otp", name, text);
  await run.settle();
  expect(run.results(id).summary.state).toBe(state);
  expect(run.objects.keys("incoming/")).toEqual(left);
});

it("a file of secrets that was previewed stays until the preview is carried out, which brings its secrets", async () => {
  const run = openImports(size);
  run.upload("users", "people.csv", `externalId,email\n${addressRows(1, 2)}`);
  await run.settle();
  const { userId = "" } = run.pool.users()[0] ?? {};
  const preview = run.preview("otp", "otp.csv", secrets);
  await run.settle();
  expect(run.objects.keys("plan/")).toEqual(["plan/otp/otp.csv"]);
  expect(run.pool.otpOf(userId)).toBeUndefined();
  const id = run.apply(preview);
  await run.settle();
  expect(run.results(id).summary.secrets).toMatchObject({ accepted: 1 });
  expect(run.objects.keys("plan/")).toEqual([]);
  expect(run.pool.otpOf(userId)).toBeDefined();
});

it("an accepted row has notes about what is unusual", async () => {
  const run = openImports(size);
  run.upload("users", "people.csv", `externalId,email\n${addressRows(0, 1)}`);
  await run.settle();
  const id = run.upload("otp", "otp.csv", "externalId,secret\n0,JBSWY3DPEHPK3PXP\n");
  await run.settle();
  expect(run.results(id).accepted).toMatchObject([
    { row: "line 2", outcome: "accepted", externalId: "0", notes: ["secret: secret-below-128-bits"] },
  ]);
});

it("files and rows are counted by their outcome", async () => {
  const run = openImports(size);
  for (const [name, text] of [
    ["first.csv", `externalId,email\n${addressRows(0, 3)}9,none\n`],
    ["second.csv", `externalId,email\n${addressRows(0, 2)}`],
    ["third.csv", "what,is,this\n1,2,3\n"],
  ] as const) {
    run.upload("users", name, text);
    await run.settle();
  }
  expect(run.metrics.filter((counted) => "RowsAccepted" in counted)).toEqual([
    { FilesFinished: 1, RowsAccepted: 3, RowsAlreadyDone: 0, RowsRejected: 1 },
    { FilesFinished: 1, RowsAccepted: 0, RowsAlreadyDone: 2, RowsRejected: 0 },
    { FilesRefused: 1, RowsAccepted: 0, RowsAlreadyDone: 0, RowsRejected: 0 },
  ]);
});

it("a summary lists 100 unknown columns at most, of a header and of all chunks together", async () => {
  const names = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => `unknown${from + index}`);
  const run = openImports({ chunkSize: { rows: 1, bytes: 1_000_000 } });
  const header = run.upload("users", "people.csv", `email,${names(0, 150).join(",")}\n`);
  const line = (email: string, columns: readonly string[]) =>
    `${JSON.stringify({ email, ...Object.fromEntries(columns.map((column) => [column, 1])) })}\n`;
  const lines = run.upload(
    "users",
    "people.ndjson",
    line("a@example.com", names(0, 80)) + line("b@example.com", names(80, 150)),
  );
  await run.settle();
  for (const id of [header, lines]) {
    expect(run.results(id).summary.unusedColumns).toEqual(names(0, 100));
  }
});
