import { describe, expect, it } from "vitest";
import { clerkUser, hired } from "./people.ts";
import { journey } from "./stack.ts";
import { parkedList } from "../contract/parked-list.ts";

describe("a joiner before day one", () => {
  it("is created once when two systems report them", async () => {
    const { stack, send, person } = await journey();
    expect((await send("bamboohr", hired())).status).toBe(202);
    await stack.settled();
    expect((await send("clerk", clerkUser("user.created"))).status).toBe(202);
    await stack.settled();

    const creates = stack.sandbox?.requests.filter(({ operation }) => operation === "create-users-batch");
    expect(creates).toHaveLength(1);
    expect(stack.sandbox?.users()).toMatchObject([
      {
        externalId: "10010",
        name: "张三",
        email: "san.zhang@example.com",
        phone: "13800138000",
        phoneCountryCode: "+86",
      },
    ]);
    const { body } = await person("10010");
    expect(body.userId).toBe(stack.sandbox?.users()[0]?.userId);
    expect(body.events).toMatchObject([
      {
        source: "bamboohr",
        proof: "hmac-sha256",
        changes: ["create"],
        outcome: { kind: "accepted" },
        trail: {
          email: expect.stringContaining("Work Email"),
          phone: expect.stringContaining("Mobile Phone"),
        },
      },
      {
        source: "clerk",
        outcome: { kind: "already-done", by: `bamboohr/${body.events[0].id}` },
      },
    ]);
  });

  it("is created once when both report at the same time", async () => {
    const { stack, send, person } = await journey();
    stack.sandbox?.script([{ on: "create-users-batch", fault: { kind: "slow", milliseconds: 300 } }]);
    await Promise.all([send("bamboohr", hired()), send("clerk", clerkUser("user.created"))]);
    await stack.settled();
    const creates = stack.sandbox?.requests.filter(({ operation }) => operation === "create-users-batch");
    expect(creates).toHaveLength(1);
    const { events } = (await person("10010")).body;
    const [first, second] = events;
    expect(first.outcome.kind).toBe("accepted");
    expect(second.outcome).toMatchObject({ kind: "already-done", by: `${first.source}/${first.id}` });
  });

  it("leaves no personal value in log and ledger", async () => {
    const { stack, send, log } = await journey();
    await send("bamboohr", hired());
    await stack.settled();
    const told = log.join("\n") + JSON.stringify(stack.ledger.recent(10));
    expect(told).toContain("event settled");
    for (const value of ["张", "三", "san.zhang", "San.Zhang", "13800138000", "0013"])
      expect(told).not.toContain(value);
  });
});

describe("a mover", () => {
  it("changes the fields of the change, and no others", async () => {
    const { stack, send } = await journey();
    await send("bamboohr", hired());
    await stack.settled();
    await send("bamboohr", {
      employees: [
        {
          id: "10010",
          action: "Updated",
          fields: { "Mobile Phone": { value: "13900139000" }, City: { value: "" } },
        },
      ],
    });
    await stack.settled();
    expect(stack.sandbox?.users()).toMatchObject([
      { name: "张三", email: "san.zhang@example.com", phone: "13900139000" },
    ]);
  });

  it("who is not at Authing yet is created when the event says enough", async () => {
    const { stack, send } = await journey();
    await send("bamboohr", hired({ action: "Updated" }));
    await stack.settled();
    expect(stack.sandbox?.users()).toMatchObject([{ externalId: "10010" }]);
  });
});

describe("a forged delivery", () => {
  const body = JSON.stringify(hired(), undefined, 1);

  it("is refused with 401, has no effect, and is logged by its reason only", async () => {
    const { stack, send, log } = await journey();
    const forged: [string, Promise<Response>][] = [
      [
        "wrong MAC",
        send("bamboohr", body, ({ headers, body: bytes }) => ({
          headers: { ...headers, "x-bamboohr-signature": "0".repeat(64) },
          body: bytes,
        })),
      ],
      [
        "re-serialised JSON",
        send("bamboohr", body, ({ headers }) => ({ headers, body: JSON.stringify(JSON.parse(body)) })),
      ],
      ["six minutes old", send("bamboohr", body, undefined, { now: Date.now() - 360_000 })],
      ["six minutes ahead", send("bamboohr", body, undefined, { now: Date.now() + 360_000 })],
      [
        "no signature",
        send("bamboohr", body, ({ headers, body: bytes }) => ({
          headers: without(headers, "x-bamboohr-signature"),
          body: bytes,
        })),
      ],
      [
        "another secret",
        send("bamboohr", body, undefined, { secret: { privateKey: "of another customer" } }),
      ],
      ["unknown path", fetch(`${stack.url}/webhooks/unknown`, { method: "POST", body })],
      ["no path", fetch(`${stack.url}/webhooks/`, { method: "POST", body })],
    ];
    for (const [name, answer] of forged) {
      const { status } = await answer;
      expect(`${name}: ${status} "${await (await answer).text()}"`).toBe(`${name}: 401 ""`);
    }
    await stack.settled();
    expect(stack.ledger.recent(10)).toEqual([]);
    expect(stack.sandbox?.requests).toHaveLength(0);
    expect(log.join("\n")).toContain("proof-mismatch");
    expect(log.join("\n")).not.toContain("张");
  });

  it("in Base64 is checked by its bytes: the same body as octets is accepted", async () => {
    const { stack, send } = await journey();
    const answer = await send("bamboohr", body, ({ headers, body: bytes }) => ({
      headers: { ...headers, "content-type": "application/octet-stream" },
      body: bytes,
    }));
    expect(answer.status).toBe(202);
    await stack.settled();
    expect(stack.sandbox?.users()).toHaveLength(1);
  });

  it("of 7 MB is refused with 413", async () => {
    const { send } = await journey();
    expect((await send("bamboohr", "x".repeat(7 * 1024 * 1024))).status).toBe(413);
  });

  it("of exactly 1 MiB is read, one byte more is not", async () => {
    const { stack, send } = await journey();
    const padded = (size: number) => body + " ".repeat(size - Buffer.byteLength(body));
    expect((await send("bamboohr", padded(1024 * 1024))).status).toBe(202);
    expect((await send("bamboohr", padded(1024 * 1024 + 1))).status).toBe(413);
    await stack.settled();
  });
});

describe("a delivery that we cannot process", () => {
  it("is answered with 503 while the secret is missing, so that the sender delivers again", async () => {
    const { secrets, send, stack } = await journey();
    const { current } = secrets["sources/bamboohr"] ?? {};
    delete secrets["sources/bamboohr"];
    expect((await send("bamboohr", hired(), undefined, { secret: current })).status).toBe(503);
    expect(stack.ledger.recent(1)).toEqual([]);
  });

  it("with an event that cannot be read is parked for that one, and the other events are applied", async () => {
    const { stack, send } = await journey();
    const [good] = hired().employees;
    expect((await send("bamboohr", { employees: ["unknown", good, { id: {} }] })).status).toBe(202);
    await stack.settled();
    expect(stack.sandbox?.users()).toMatchObject([{ externalId: "10010" }]);
    expect(await parkedList(stack.parked, "dead", 10)).toMatchObject([
      { reason: "employee-not-an-object", message: { path: "employees[0]" } },
    ]);
  });

  it("is parked with its reason when it is signed but cannot be read", async () => {
    const { stack, send } = await journey();
    expect((await send("bamboohr", "this is no JSON, 张三")).status).toBe(202);
    await stack.settled();
    expect(await parkedList(stack.parked, "dead", 10)).toMatchObject([
      { reason: "body-not-json", message: { kind: "unreadable", source: "bamboohr" } },
    ]);
    expect(stack.ledger.recent(1)).toMatchObject([{ outcome: { kind: "dead", reason: "body-not-json" } }]);
  });
});

describe("rotation", () => {
  it("accepts both secrets while both exist, and only the new one afterwards", async () => {
    const { secrets, send, stack } = await journey();
    const old = secrets["sources/bamboohr"]?.current;
    const next = { privateKey: "the next one" };
    expect((await send("bamboohr", hired({ id: "1" }))).status).toBe(202);
    secrets["sources/bamboohr"] = { current: next, previous: old };
    // The cached copy holds the old one only: after the failed proof the secret is loaded again, once in 5 seconds.
    await expect
      .poll(async () => (await send("bamboohr", hired({ id: "2" }), undefined, { secret: next })).status, {
        timeout: 10_000,
      })
      .toBe(202);
    expect((await send("bamboohr", hired({ id: "3" }), undefined, { secret: old })).status).toBe(202);
    await stack.settled();
  });

  it("of Authing's key costs one reload of the key and loses no event", async () => {
    const { secrets, send, stack } = await journey();
    await send("bamboohr", hired());
    await stack.settled();
    const next = { accessKeyId: "63f0a1b2c3d4e5f607182930", accessKeySecret: "the-next-one" };
    stack.sandbox?.setAccessKeys([next]);
    secrets["authing"] = { current: next };
    await send(
      "bamboohr",
      hired({ id: "10011" }, { "Work Email": { value: "b@example.com" }, "Mobile Phone": { value: "" } }),
    );
    await stack.settled();
    expect(stack.sandbox?.users().map(({ externalId }) => externalId)).toEqual(["10010", "10011"]);
  });
});

describe("a failing Authing", () => {
  for (const kind of [
    "http-429",
    "body-429",
    "http-500",
    "http-503",
    "http-502",
    "reset-after-applying",
    "reset-before-applying",
    "html-200",
  ] as const) {
    it(`creates a person once after ${kind}`, async () => {
      const { stack, send } = await journey();
      stack.sandbox?.script([{ on: "create-users-batch", fault: { kind } as never }]);
      await send("bamboohr", hired());
      await stack.settled();
      expect(stack.sandbox?.pendingFaults).toBe(0);
      expect(stack.sandbox?.users()).toHaveLength(1);
      expect(stack.ledger.recent(1)).toMatchObject([{ outcome: { kind: "accepted" } }]);
    });
  }

  it("keeps the event while the credentials are refused", async () => {
    const { secrets, stack, send } = await journey();
    const right = secrets["authing"];
    stack.sandbox?.setAccessKeys([
      { accessKeyId: "63f0a1b2c3d4e5f607182930", accessKeySecret: "changed-meanwhile" },
    ]);
    await send("bamboohr", hired());
    await expect
      .poll(async () => ((await (await fetch(`${stack.url}/healthz`)).json()) as { waiting: number }).waiting)
      .toBe(1);
    expect(stack.ledger.recent(1)).toEqual([]);
    expect(await parkedList(stack.parked, "dead", 10)).toEqual([]);
    stack.sandbox?.setAccessKeys([right?.current as never]);
    await stack.settled();
    expect(stack.sandbox?.users()).toHaveLength(1);
  });

  it("waits while another person of the same source has the e-mail", async () => {
    const { stack, send } = await journey();
    await send("bamboohr", hired());
    await stack.settled();
    await send("bamboohr", hired({ id: "10011" }, { "Mobile Phone": { value: "" } }));
    await stack.settled();
    // The first person may be about to give up the address: the event waits for that.
    expect(await parkedList(stack.parked, "waiting", 10)).toMatchObject([
      { externalId: "10011", reason: "identifier-in-use" },
    ]);
    expect(stack.sandbox?.users()).toMatchObject([{ externalId: "10010" }]);
  });
});

function without(headers: Record<string, string>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));
}
