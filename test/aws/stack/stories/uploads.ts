import { TOTP } from "otpauth";
import { expect, it } from "vitest";
import type { ImportSummary } from "#lib/uploads/result-files.ts";
import { expectAgreement } from "../agreement.ts";
import { putSecrets } from "../senders.ts";
import type { Stack } from "../stack.ts";
import type { OpenStack } from "../story.ts";

/** What became of the file that was uploaded under this name, or of the only one. */
export async function importOf(stack: Stack, name = "") {
  const keys = await stack.keys(`results/${name}`);
  const read = async (file: string) => {
    const key = keys.find((each) => each.endsWith(`/${file}`));
    return key === undefined ? "" : stack.read(key);
  };
  const summary = JSON.parse((await read("summary.json")) || "{}") as Partial<ImportSummary>;
  return { summary, rejected: await read("rejected.csv"), accepted: await read("accepted.ndjson") };
}

const people = `工号,姓名,邮箱,手机
1,张三,zhang.san@example.com,13800138001
2,José Müller-Lüdenscheidt,jose@example.com,+49 1512 3456789
3,欧阳娜娜,not an address,1.38E+10
4,"𠮷田
春",haru@example.com,
`;

export function uploads(open: OpenStack): void {
  it("of people end as people, and of TOTP secrets as authenticators that make the same codes", async () => {
    const stack = await open();
    await putSecrets(stack, []);
    await stack.upload("incoming/users/人员 名单.csv", people);
    await stack.settled();
    const users = await importOf(stack);
    expect(users.summary).toMatchObject({ state: "finished", rows: 4, accepted: 3, rejected: 1 });
    expect(users.rejected).toContain("3,欧阳娜娜,not an address,1.38E+10,line 4,");
    expect(stack.sandbox.users()).toMatchObject([
      { externalId: "1", name: "张三", phone: "13800138001", phoneCountryCode: "+86" },
      { externalId: "2", phoneCountryCode: "+49" },
      { externalId: "4", name: "𠮷田 春" },
    ]);

    const secrets = ["JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"];
    await stack.upload(
      "incoming/otp/otp.csv",
      `externalId,secret,recoveryCode\n1,${secrets[0]?.toLowerCase()},b471-8ec0-874a-087f\n2,otpauth://totp/x:y?secret=${secrets[1]},\n4,JBSW,\n`,
    );
    await stack.settled();
    const otp = await importOf(stack, "otp");
    expect(otp.summary).toMatchObject({ kind: "otp", accepted: 2, rejected: 1 });
    const code = (secret: string) => new TOTP({ secret }).generate({ timestamp: 1_700_000_000_000 });
    for (const [index, secret] of secrets.entries()) {
      const user = stack.sandbox.users()[index];
      expect(code(stack.sandbox.otpOf(user?.userId ?? "")?.secret ?? "")).toBe(code(secret));
    }
    const told = `${otp.accepted}${otp.rejected}${JSON.stringify(otp.summary)}`;
    for (const value of [...secrets, "b471-8ec0-874a-087f"]) expect(told).not.toContain(value);
    await expectAgreement(stack);
  });

  it("that are large go chunk by chunk, and leave nothing but results", async () => {
    const stack = await open();
    await putSecrets(stack, []);
    const ids = ["1", "2", "3", "4", "5", "6"];
    const addresses = ids.map((id) => `${id},p${id}@example.com\n`);
    await stack.upload("incoming/users/people.csv", `externalId,email\n${addresses.join("")}`);
    await stack.settled();
    // Five of such rows fill a chunk.
    const notes = Array.from({ length: 16 }, (_, index) => `note ${index}`);
    const rows = ids.map(
      (id) => `${id},JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP,${notes.map(() => "x".repeat(60_000)).join(",")}\n`,
    );
    await stack.upload("incoming/otp/otp.csv", `externalId,secret,${notes.join(",")}\n${rows.join("")}`);
    await stack.settled();

    expect((await importOf(stack, "otp")).summary).toMatchObject({ rows: 6, accepted: 6 });
    expect((await stack.keys("results/otp")).map((key) => key.split("/").at(-1))).toEqual([
      "accepted.ndjson",
      "progress.json",
      "rejected.csv",
      "report.html",
      "summary.json",
    ]);
    expect(await stack.keys("incoming/otp/")).toEqual([]);
    expect(await stack.keys("rows/")).toEqual([]);
    expect(stack.sandbox.requests.filter(({ operation }) => operation === "import-otp")).toHaveLength(2);
    await expectAgreement(stack);
  });

  it("that are no uploads are left alone", async () => {
    const stack = await open();
    await putSecrets(stack, []);
    await stack.upload("elsewhere/people.csv", people);
    await stack.upload("results/people.csv", people);
    expect(await stack.waiting("uploads-plan")).toBe(0);
  });

  it("of which nothing is left when they are read are refused", async () => {
    const stack = await open();
    await putSecrets(stack, []);
    await stack.upload("incoming/users/gone.csv", people);
    await stack.deleteForEver("incoming/users/gone.csv");
    await stack.settled();
    expect((await importOf(stack)).summary).toMatchObject({
      state: "refused",
      problem: { reason: "object-missing" },
    });
    expect(stack.sandbox.requests).toEqual([]);
  });
}
