import { expect, it } from "vitest";
import { expectAgreement } from "../agreement.ts";
import { putSecrets } from "../senders.ts";
import type { OpenStack } from "../story.ts";
import { importOf } from "./uploads.ts";

export function poison(open: OpenStack): void {
  for (const batchMode of ["all-or-nothing", "partial"] as const) {
    it(`costs itself only, where Authing's batches are ${batchMode}`, async () => {
      const stack = await open({ sandbox: { batchMode } });
      await putSecrets(stack, []);
      const owners = [13, 30].map((index) => `owner-${index},person.${index}@example.com`);
      await stack.upload("incoming/users/before.csv", `externalId,email\n${owners.join("\n")}\n`);
      await stack.settled();
      const before = stack.sandbox.requests.length;

      for (const [file, poisons] of [
        ["one", [30]],
        ["two", [13, 30]],
      ] as const) {
        const rows = Array.from({ length: 50 }, (_, index) => {
          const address = poisons.some((each) => each === index) ? `person.${index}` : `${file}.${index}`;
          return `${file}-${index},张三${index},${address}@example.com`;
        });
        const already = stack.sandbox.requests.length;
        await stack.upload(`incoming/users/${file}.csv`, `externalId,name,email\n${rows.join("\n")}\n`);
        await stack.settled();
        const { summary, rejected } = await importOf(stack, file);
        expect(summary).toMatchObject({ accepted: 50 - poisons.length, rejected: poisons.length });
        expect(summary.reasons).toEqual({ "email: conflict": poisons.length });
        for (const index of poisons) {
          expect(rejected).toContain(
            `${file}-${index},张三${index},person.${index}@example.com,line ${index + 2},"email: conflict`,
          );
        }
        expect(stack.sandbox.requests.length - already - 1).toBeLessThanOrEqual(12);
      }
      expect(before).toBeLessThanOrEqual(2);
      expect(await stack.keys("parked/")).toEqual([]);
      await expectAgreement(stack);
    });
  }
}
