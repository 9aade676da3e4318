import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { ImportSummary } from "#lib/uploads/result-files.ts";
import { expectAgreement } from "../agreement.ts";
import { putSecrets } from "../senders.ts";
import type { Stack } from "../stack.ts";
import type { OpenStack } from "../story.ts";
import { importOf } from "./uploads.ts";

const people = "externalId,name,email\n1,张三,zhang.san@example.com\n2,José Müller,jose@example.com\n";
const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

/** Carries the preview of a file out, and waits for the import. */
async function applied(stack: Stack, file: string): Promise<ImportSummary & { readonly import: string }> {
  const { summary } = await importOf(stack, file);
  const begun = await stack.operate({ operation: "apply-import", preview: summary.import });
  await stack.settled();
  const followed = await stack.operate({ operation: "follow-import", import: begun.import });
  return followed.summary;
}

export function previews(open: OpenStack): void {
  it("write nothing, and are carried out when the operator says so; the import can be taken back", async () => {
    const stack = await open();
    await putSecrets(stack, []);
    await stack.upload("plan/users/people.csv", people);
    await stack.settled();
    const told = { state: "previewed", people: { accepted: 2 } };
    expect((await importOf(stack, "people")).summary).toMatchObject(told);
    expect(stack.sandbox.users()).toEqual([]);

    const done = await applied(stack, "people");
    expect(done).toMatchObject({ state: "finished", people: { accepted: 2, rejected: 0 } });
    expect(stack.sandbox.users()).toHaveLength(2);
    await expectAgreement(stack);

    const undo = { operation: "undo-import", import: done.import };
    expect((await stack.operate({ ...undo, mode: "preview" })).rows).toHaveLength(2);
    expect(await stack.operate({ ...undo, mode: "apply", most: 2 })).toMatchObject({
      rows: [{ outcome: "reversed" }, { outcome: "reversed" }],
    });
    expect(stack.sandbox.users().map(({ status }) => status)).toEqual(["Resigned", "Resigned"]);
  });

  it("of TOTP secrets keep their file until they are carried out, and no longer", async () => {
    const stack = await open();
    await putSecrets(stack, []);
    await stack.upload("incoming/users/people.csv", people);
    await stack.upload("plan/otp/otp.csv", `externalId,secret\n1,${secret}\n`);
    await stack.settled();
    expect(await stack.keys("plan/otp/")).toEqual(["plan/otp/otp.csv"]);
    const [first] = stack.sandbox.users();
    expect(stack.sandbox.otpOf(first?.userId ?? "")).toBeUndefined();

    expect(await applied(stack, "otp")).toMatchObject({ secrets: { accepted: 1 } });
    expect(stack.sandbox.otpOf(first?.userId ?? "")).toEqual({ secret });
    for (const prefix of ["plan/otp/", "rows/"]) expect(await stack.keys(prefix)).toEqual([]);
    await expectAgreement(stack);
  });
}

export function encryptedFiles(open: OpenStack): void {
  it("are read with the key of the secret `uploads`, and refused without one", async () => {
    const stack = await open();
    await putSecrets(stack, []);
    const container = readFileSync("lib/formats/pskc/fixtures/rfc6030-figure-6.pskcxml", "utf8");
    await stack.upload("incoming/otp/locked.xml", container);
    await stack.settled();
    expect((await importOf(stack, "locked")).summary).toMatchObject({
      state: "refused",
      problem: { reason: "uploads-secret-unusable" },
    });

    const keys = JSON.parse(readFileSync("test/contract/file-keys.json", "utf8")) as object;
    await stack.putSecret("uploads", keys);
    // A function reads a secret anew once in five seconds.
    await stack.clock.pass(10);
    await stack.upload("incoming/otp/opened.xml", container);
    await stack.settled();
    // The key of the example makes codes of 8 digits by a counter, which Authing cannot hold.
    expect((await importOf(stack, "opened")).summary).toMatchObject({
      state: "finished",
      rows: 1,
      rejected: 1,
    });
  });
}
