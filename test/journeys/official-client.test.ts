import { createRequire } from "node:module";
import type * as AuthingSdk from "authing-node-sdk";
import { describe, expect, it } from "vitest";
import { journey } from "./stack.ts";

const { ManagementClient } = createRequire(import.meta.url)("authing-node-sdk") as typeof AuthingSdk;

describe("Authing's official client", () => {
  it("lists the people from webhooks and files, with their authenticators", async () => {
    const run = await journey();
    await run.send("bamboohr", {
      employees: [
        {
          id: "9",
          action: "Created",
          fields: {
            "First Name": { value: "三" },
            "Last Name": { value: "张" },
            "Work Email": { value: "z@example.com" },
          },
        },
      ],
    });
    await run.stack.settled();
    await run.upload("users", "people.csv", "externalId,email\n1,a@example.com\n");
    await run.upload("otp", "otp.csv", "externalId,secret\n1,JBSWY3DPEHPK3PXP\n");

    const current = run.secrets["authing"]?.current as { accessKeyId: string; accessKeySecret: string };
    const client = new ManagementClient({ ...current, host: run.stack.authingHost });
    const { data } = await client.listUsers({ options: { pagination: { page: 1, limit: 50 } } } as never);
    expect(data.list.map(({ externalId }) => externalId).toSorted()).toEqual(["1", "9"]);
    const mfa = await client.getUserMfaInfo({ userId: "1", userIdType: "external_id" } as never);
    expect(mfa.data.totpStatus).toBe("enabled");
  });
});
