import { expect, it } from "vitest";
import type { ExplainedEvent } from "#lib/operations/explain.ts";
import { requestsAbout } from "#infra/console/sandbox-requests.ts";
import type { RecordedRequest } from "#infra/sandbox/recorder.ts";

const at = (second: number) => `2026-03-01T12:00:${String(second).padStart(2, "0")}.000Z`;
const event = (more: Partial<ExplainedEvent> = {}): ExplainedEvent => ({
  source: "acme",
  id: "e1",
  type: "joined",
  subject: "s1",
  externalId: "10010",
  occurredAt: at(0),
  receivedAt: at(10),
  settledAt: at(20),
  proof: "invented",
  changes: ["create"],
  trail: {},
  outcome: { kind: "accepted", requestId: "r1", userId: "u1" },
  ...more,
});
const recorded = (number: number, second: number, body: unknown, requestId = `r${number}`) =>
  ({ number, at: at(second), operation: "create-users-batch", count: 1, body, requestId }) as RecordedRequest;
const numbersOf = (requests: readonly { number: number }[]) => requests.map(({ number }) => number);

it("shows the requests about the person between the receipt and the outcome", () => {
  const all = [
    recorded(2, 5, { externalId: "10010" }),
    recorded(3, 12, { list: [{ externalId: "10010" }] }),
    recorded(4, 13, { list: [{ externalId: "10011" }] }),
    recorded(5, 14, { userId: "u1" }),
    recorded(6, 25, { externalId: "10010" }),
    recorded(1, 19, { list: [{ externalId: "other" }] }, "r1"),
  ];
  const shown = requestsAbout(event(), all);
  expect(numbersOf(shown)).toEqual([3, 5, 1]);
  expect(shown.map(({ decides }) => decides)).toEqual([false, false, true]);
});

it("shows nothing of the other people of a call", () => {
  const list = [
    { externalId: "10011", name: "李四" },
    { externalId: "10010", name: "张三" },
  ];
  const [shown] = requestsAbout(event(), [recorded(1, 12, { list, options: { keepPassword: true } })]);
  expect(shown?.body).toEqual({ list: [list[1]], options: { keepPassword: true } });
});

it("blanks secrets, however deep they are", () => {
  const person = {
    externalId: "10010",
    password: "p",
    salt: "s",
    otp: { secret: "JBSWY3DPEHPK3PXP", recoveryCode: "r" },
    list: [{ accessKeySecret: "k" }],
  };
  const [shown] = requestsAbout(event(), [recorded(1, 12, { list: [person] })]);
  const text = JSON.stringify(shown);
  expect(shown?.body).toEqual({
    list: [
      {
        externalId: "10010",
        password: "•••",
        salt: "•••",
        otp: { secret: "•••", recoveryCode: "•••" },
        list: [{ accessKeySecret: "•••" }],
      },
    ],
  });
  expect(text).not.toContain("JBSWY3DPEHPK3PXP");
});

it("shows the newest twenty, and those of an event without an outcome yet", () => {
  const { settledAt: _, outcome: __, ...open } = event();
  const all = Array.from({ length: 30 }, (_, index) => recorded(index + 100, 11, { externalId: "10010" }));
  expect(numbersOf(requestsAbout(open, all))).toEqual(Array.from({ length: 20 }, (_, index) => index + 110));
});

it("shows no request that names no id of the person", () => {
  const { externalId: _, ...nameless } = event({ subject: "" });
  expect(requestsAbout(nameless, [recorded(9, 12, { externalId: "", name: null })])).toEqual([]);
});
