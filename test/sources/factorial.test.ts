import { describe, expect, it } from "vitest";
import type { SourceApi } from "#lib/contract/source-api.ts";
import type { VerifiedDelivery } from "#lib/contract/source.ts";
import { asQueued } from "#infra/local/case-meaning.ts";
import factorial from "#lib/sources/factorial/index.ts";

// Factorial's deliveries hold the employee and no event: its type is in the URL. Without a key for the API they are believed.

const context = { region: "CN", departments: {}, customData: {} };
const employee = { id: 4101, active: true, terminated_on: null, updated_at: "2026-01-31T18:00:00.000Z" };

function delivery(rawQuery: string, body: unknown = employee): VerifiedDelivery {
  return {
    method: "POST",
    headers: {},
    rawQuery,
    query: new URLSearchParams(rawQuery),
    payload: Buffer.from(JSON.stringify(body)),
    receivedAt: Date.parse("2026-01-31T18:42:05.000Z"),
    sentAt: undefined,
    deliveryId: undefined,
  };
}

const [terminate, update] = ["terminate", "update"].map((type) => `event=employees/employee/${type}`);

describe("a delivery of Factorial", () => {
  it.each(["", "event=", `${update}&${terminate}`, "event=employees.update"])(
    "is malformed where its URL says no event: %s",
    (rawQuery) => {
      expect(() => factorial.split(delivery(rawQuery))).toThrow("malformed: type-missing");
    },
  );

  it("is another event at another URL", () => {
    const ids = [terminate, update, "event=employees%2Femployee%2Fupdate"].map((rawQuery) =>
      [factorial.split(delivery(rawQuery ?? ""))].flat().map((event) => "id" in event && event.id),
    );
    expect(ids[0]).not.toEqual(ids[1]);
    expect(ids[1]).toEqual(ids[2]);
  });

  it.each([
    [terminate, { active: false }, ["leave"]],
    [terminate, { terminated_on: "2026-01-30" }, ["leave"]],
    [terminate, { terminated_on: "2026-02-28" }, ["update", "leave"]],
    [update, { active: false }, ["leave"]],
    [update, {}, ["update"]],
  ])("is believed without a key: %s %j", async (rawQuery = "", said, kinds) => {
    expect(await meaning(rawQuery, { ...employee, ...said })).toEqual(kinds);
  });

  it("is dead without a key where it tells of a departure and of no last day", async () => {
    await expect(meaning(terminate ?? "", employee)).rejects.toThrow("malformed: data-missing");
  });
});

/** What a delivery means where Factorial cannot be asked. */
async function meaning(rawQuery: string, body: unknown): Promise<string[]> {
  const [event] = [factorial.split(delivery(rawQuery, body))].flat();
  if (!event || event instanceof Error) throw new Error("there is an event");
  const api = { secret: { challenge: "x" } } as SourceApi<{ challenge: string }>;
  const payload = await factorial.fetch?.read(asQueued(event), api);
  return factorial.translate(asQueued({ ...event, payload }), context).map(({ kind }) => kind);
}
