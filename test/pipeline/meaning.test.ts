import { describe, expect, it } from "vitest";
import { InboundError } from "#lib/contract/errors.ts";
import type { Change } from "#lib/contract/change.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import type { Fetch } from "#lib/contract/source.ts";
import { meaningOf } from "#lib/pipeline/meaning.ts";
import { noRules, type PeopleRules } from "#lib/pipeline/people-rules.ts";
import { day, told } from "../delivery/world.ts";

const create: Change = { kind: "create", person: { externalId: "1", email: "a@example.com" }, trail: {} };
const message = told("hr", "e-1", "1", 0, [create]);

function ports(fetch?: Pick<Fetch<unknown>, "read">, rules: PeopleRules = noRules) {
  let now = day;
  const source = {
    secret: {} as never,
    redeliversForSeconds: 60,
    split: () => [],
    translate: ({ payload }: { payload: unknown }) => (payload as { changes: Change[] }).changes,
    ...(fetch && { fetch: { hosts: () => ({ api: "https://hr.example.com" }), ...fetch } }),
  };
  const api = {
    async request() {
      now += 1000;
      return { status: 200, headers: {}, json: {} };
    },
  } as unknown as SourceApi<unknown>;
  return {
    source: (name: string) => (name === "hr" ? source : undefined),
    rules: () => rules,
    translation: () => ({ region: "CN", departments: {}, customData: {} }),
    authing: { dialect: "current" } as never,
    secrets: { read: async () => [{}], refresh: async () => [{}] } as never,
    openApi: () => api as never,
    clock: { now: () => now, wait: async () => {}, random: () => 0 },
  };
}

describe("what an event means", () => {
  it("is what its source translates it to", async () => {
    expect(await meaningOf(message, ports(), 0)).toEqual({ changes: [create] });
  });

  it("is completed at the source; what the source says after the first question has to be asked about again", async () => {
    const read: Fetch<unknown>["read"] = async (event, api) => {
      await api.request({ path: "/one" });
      await api.request({ path: "/two" });
      return event.payload;
    };
    expect(await meaningOf(message, ports({ read }), 0)).toEqual({
      changes: [create],
      readAt: new Date(day).toISOString(),
    });
    const complete: Fetch<unknown>["read"] = async (event) => event.payload;
    expect(await meaningOf(message, ports({ read: complete }), 0)).toEqual({ changes: [create] });
  });

  it("is unknown of a source that is not switched on, and of what could not be read", async () => {
    const refusal = { code: "malformed", reason: "source-not-enabled" };
    await expect(meaningOf({ ...message, source: "idp" }, ports(), 0)).rejects.toMatchObject(refusal);
    const unreadable = {
      kind: "unreadable",
      source: "hr",
      id: "hash",
      reason: "json-malformed",
      path: "a",
      delivery: { method: "POST", rawQuery: "", headers: {}, payload: "" },
    } as const;
    const error = await meaningOf({ ...unreadable, reception: message.reception }, ports(), 0).catch(
      (caught) => caught,
    );
    expect(error).toBeInstanceOf(InboundError);
    expect(error).toMatchObject({ code: "malformed", reason: "json-malformed", path: "a" });
  });
});
