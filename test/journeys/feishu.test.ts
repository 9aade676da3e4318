import { describe, expect, it } from "vitest";
import { defineConfig } from "#lib/config.ts";
import { journey } from "./stack.ts";

const config = defineConfig({ sources: { feishu: {} } });
const secret = {
  appId: "cli_a1f0000000000001",
  appSecret: "invented-app-secret-00000000001",
  encryptKey: "invented-encrypt-key-0001",
  verificationToken: "invented-verification-token-0001",
};

const user = {
  open_id: "ou_1",
  name: "张三",
  enterprise_email: "san.zhang@feishu.example.com",
  mobile: "+8613910002001",
  city: "杭州",
};
const event = (type: string, second: number, object: object, old?: object) => ({
  schema: "2.0",
  header: {
    event_id: `${type}-${second}`,
    create_time: String(1769884920000 + second * 1000),
    event_type: `contact.user.${type}_v3`,
  },
  event: { object, ...(old && { old_object: old }) },
});

const hired = event("created", 1, user);
const moved = event("updated", 2, { ...user, mobile: "+8613910002002" }, { mobile: user.mobile });
const gone = event("deleted", 3, { ...user, status: { is_resigned: true } }, { open_id: "ou_1" });

async function after(events: readonly object[]) {
  const { stack, secrets, send } = await journey({ config });
  secrets["sources/feishu"] = { current: secret };
  for (const each of events) {
    expect((await send("feishu", each)).status).toBe(200);
    await stack.settled();
  }
  return stack.sandbox?.users();
}

describe("what Feishu says of one person", () => {
  it("has the same effect when the mover comes before the joiner", async () => {
    const expected = { externalId: "ou_1", name: "张三", city: "杭州", phone: "13910002002" };
    expect(await after([hired, moved])).toMatchObject([expected]);
    expect(await after([moved, hired])).toMatchObject([expected]);
  });

  it.each([
    [[hired, moved, gone]],
    [[hired, gone, moved]],
    [[moved, hired, gone]],
    [[moved, gone, hired]],
    [[gone, hired, moved]],
    [[gone, moved, hired]],
  ])("leaves nobody in who has left, in any order", async (events) => {
    expect((await after(events))?.filter(({ status }) => status !== "Resigned")).toEqual([]);
  });

  it("happens once, however often it is said", async () => {
    expect(await after([hired, hired, moved, hired])).toMatchObject([{ phone: "13910002002" }]);
  });
});
