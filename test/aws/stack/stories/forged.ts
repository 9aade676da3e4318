import { expect, it } from "vitest";
import { messagesOf, metricsOf } from "../log.ts";
import {
  employee,
  joinerRequest,
  post,
  putSecrets,
  secretOf,
  send,
  sourceNames,
  type Sending,
} from "../senders.ts";
import type { Stack } from "../stack.ts";
import type { OpenStack } from "../story.ts";

const body = JSON.stringify({ employees: [employee("10010")] }, undefined, 1);

async function expectNothing(stack: Stack): Promise<void> {
  expect(await stack.waiting("events-apply")).toBe(0);
  expect((await stack.ledger()).events).toEqual([]);
  expect(stack.calls.filter(({ action }) => action === "sqs:SendMessage")).toEqual([]);
  expect(stack.sandbox.requests).toEqual([]);
}

/** The reasons of refusals, as the functions log them. */
const reasons = (stack: Stack) =>
  messagesOf(stack, "delivery refused").map(({ status, reason }) => `${String(status)} ${String(reason)}`);

/** An operator finds them in the log, and what would have had to differ. */
async function expectListed(stack: Stack): Promise<void> {
  await stack.logged();
  const since = new Date(stack.clock.now() - 3_600_000).toISOString();
  const report = await stack.operate({ operation: "refused", since });
  const count = reasons(stack).length;
  expect(report).toMatchObject({ isComplete: true, refusals: { length: count } });
  const secretChangedAt = expect.any(String) as string;
  const seconds = expect.any(Number) as number;
  for (const said of [
    { reason: "timestamp-stale", place: "header x-bamboohr-timestamp", seconds, toleranceSeconds: 300 },
    { reason: "proof-mismatch", covers: "{body}{timestamp}", secretVersions: 1, secretChangedAt },
    { reason: "body-too-large", status: 413, maxBytes: 1024 * 1024 },
    { reason: "route-unknown", nearSource: "bamboohr", bodyBytes: Buffer.byteLength(body) },
  ]) {
    expect(report.refusals).toContainEqual(expect.objectContaining(said));
  }
  const ofOther = await stack.operate({ operation: "refused", source: "clerk", since });
  expect(ofOther).toMatchObject({ totals: [], refusals: [] });
}

export function forged(open: OpenStack): void {
  it("is refused in all seven ways, leaves nothing behind, and is told of by its reason only", async () => {
    const stack = await open();
    await putSecrets(stack);
    const now = stack.clock.now();
    const without =
      (name: string): NonNullable<Sending["change"]> =>
      ({ headers, body: bytes }) => ({
        headers: Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name)),
        body: bytes,
      });
    const forgeries: [name: string, Sending, status: number][] = [
      [
        "wrong MAC",
        {
          change: ({ headers, body: bytes }) => ({
            headers: { ...headers, "x-bamboohr-signature": "0".repeat(64) },
            body: bytes,
          }),
        },
        401,
      ],
      [
        "re-serialised JSON",
        { change: ({ headers }) => ({ headers, body: JSON.stringify(JSON.parse(body)) }) },
        401,
      ],
      ["six minutes old", { now: now - 360_000 }, 401],
      ["six minutes ahead", { now: now + 360_000 }, 401],
      ["no signature", { change: without("x-bamboohr-signature") }, 401],
      ["another source's secret", { secret: { privateKey: secretOf("clerk")["signingSecret"] } }, 401],
      ["7 MB", { change: ({ headers }) => ({ headers, body: "x".repeat(7 * 1024 * 1024) }) }, 413],
      [
        "just above 1 MiB",
        { change: ({ headers }) => ({ headers, body: "x".repeat(1024 * 1024 + 1) }) },
        413,
      ],
    ];
    for (const [name, sending, status] of forgeries) {
      const answer = await send(stack, "bamboohr", body, sending);
      expect(`${name}: ${answer.status}`).toBe(`${name}: ${status}`);
    }
    for (const path of ["/webhooks/nobody", "/webhooks/", "/", "/webhooks/bamboohr/more"]) {
      const answer = await fetch(`${stack.url}${path}`, { method: "POST", body });
      expect(`${path} ${answer.status} "${await answer.text()}"`).toBe(`${path} 401 ""`);
    }
    await expectNothing(stack);
    // API Gateway lets no event above 6 MB get as far as a function; one path is nearly that of a source.
    expect(reasons(stack)).toHaveLength(forgeries.length);
    expect(reasons(stack)).toContain("401 route-unknown");
    expect(reasons(stack)).toContain("401 proof-mismatch");
    expect(metricsOf(stack)).toEqual({
      ColdStart: expect.any(Number) as number,
      DeliveriesRefused: forgeries.length,
    });
    await expectListed(stack);
    const told = stack.lines.map(({ text }) => text).join("\n");
    for (const value of ["张", "zhang.san", String(secretOf("bamboohr")["privateKey"])])
      expect(told).not.toContain(value);

    // The same bytes, which API Gateway hands over in Base64 where it is told of no text.
    const asOctets: NonNullable<Sending["change"]> = ({ headers, body: bytes }) => ({
      headers: { ...headers, "content-type": "application/octet-stream" },
      body: bytes,
    });
    expect((await send(stack, "bamboohr", body, { change: asOctets })).status).toBe(202);
    await stack.settled();
    expect(stack.sandbox.users()).toMatchObject([{ externalId: "10010" }]);
  });

  it("with a stranger's secret is refused by every source", async () => {
    const stack = await open();
    const api = await putSecrets(stack);
    for (const name of sourceNames) {
      const secret = secretOf(name, api);
      const strange = Object.fromEntries(
        Object.entries(secret).map(([key, value]) => [
          key,
          key === "apiHost"
            ? value
            : String(value).replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1) % 10)),
        ]),
      );
      const answer = await post(stack, name, joinerRequest(stack, name, strange));
      expect(`${name}: ${answer.status} "${await answer.text()}"`).toBe(`${name}: 401 ""`);
    }
    await expectNothing(stack);
    expect(reasons(stack)).toHaveLength(sourceNames.length);
  });
}
