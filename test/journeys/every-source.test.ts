import { onTestFinished, describe, expect, it } from "vitest";
import { InboundError } from "#lib/contract/errors.ts";
import { enabledSources } from "#lib/wiring/enabled-sources.ts";
import { fixtureSecret, fixtureSigner, requestOf, type EventFixture } from "#infra/fixtures/cases.ts";
import { sampleCase } from "#infra/fixtures/sample-case.ts";
import type { WireRequest } from "#infra/fixtures/requests.ts";
import { postRequest } from "#infra/fixtures/post.ts";
import { startRecordedApi } from "#infra/local/recorded-api.ts";
import { startStack } from "#infra/local/stack.ts";
import config from "../every-source.config.ts";
import { foreignSigner } from "../contract/strangers.ts";
import { parkedList } from "../contract/parked-list.ts";

// A joiner of every source, and the attacks of a forger on that delivery, over HTTP through the whole bundle.

/** A source's first case that brings a person. */
function joinerOf(name: string): EventFixture {
  const joiner = sampleCase(name);
  if (!joiner) throw new Error(`${name} has no case that brings a person`);
  return joiner;
}

async function open(name: string) {
  const source = enabledSources(config).get(name);
  if (!source) throw new Error(`no source ${name}`);
  const joiner = joinerOf(name);
  const api = await startRecordedApi([joiner]);
  const secret = { ...fixtureSecret(name), ...(source.fetch && { apiHost: api.url }) };
  const log: string[] = [];
  const line = (message: string, fields?: object) => void log.push(`${message} ${JSON.stringify(fields)}`);
  const stack = await startStack({
    config,
    port: 0,
    log: { info: line, warn: line, error: line },
    async loadSecret(asked) {
      if (asked === "authing")
        return { current: { accessKeyId: "63f0a1b2c3d4e5f607182930", accessKeySecret: "s" } };
      if (asked === `sources/${name}`) return { current: secret };
      throw new InboundError("misconfigured", "secret-missing");
    },
  });
  onTestFinished(async () => {
    await stack.close();
    await api.close();
  });
  const signed = (by: object = secret, now = Date.now(), signer = fixtureSigner(name)) =>
    requestOf(source, by as never, joiner, { now, id: "msg_1" }, signer);
  const post = (request: WireRequest) => postRequest(stack.url, joiner.source, request);
  return { source, stack, log, joiner, secret, signed, post };
}

const bringing = [...enabledSources(config).values()].filter(
  ({ neverTells = [] }) => !neverTells.includes("joiner"),
);

describe.each(bringing)("a joiner of $name", ({ name, trigger }) => {
  it("is acknowledged and created once, however often the delivery is repeated", async () => {
    const { stack, signed, post } = await open(name);
    const request = signed();
    const answers = await Promise.all(Array.from({ length: 5 }, () => post(request)));
    expect(answers.map((answer) => answer?.ok)).toEqual([true, true, true, true, true]);
    await stack.settled();
    const creates = stack.sandbox?.requests.filter(({ operation }) => operation === "create-users-batch");
    expect(creates).toHaveLength(1);
    const [user, ...more] = stack.sandbox?.users() ?? [];
    expect(more).toEqual([]);
    expect(user?.externalId).toEqual(expect.any(String));
    const [event] = await stack.ledger.events(user?.externalId ?? "", 10);
    expect(event).toMatchObject({ source: name, outcome: { kind: "accepted", userId: user?.userId } });
    expect(Object.keys(event?.trail ?? {})).toContain("externalId");
  });

  // AWS itself proves who invokes.
  if (!trigger)
    it("that is forged is refused with 401, one that is too large with 413, and only the reason is logged", async () => {
      const { source, stack, log, secret, signed, post, joiner } = await open(name);
      const real = signed();
      const strange = Object.fromEntries(
        Object.entries(secret).map(([key, value]) => [
          key,
          typeof value === "string" && key !== "apiHost"
            ? value.replace(/\d(?=\D*$)/, (d) => String((Number(d) + 1) % 10))
            : value,
        ]),
      );
      const without = (part: "headers" | "query", key: string): WireRequest => ({
        ...real,
        [part]: Object.fromEntries(Object.entries(real[part] ?? {}).filter(([each]) => each !== key)),
      });
      const proofHeaders = Object.keys(real.headers).filter((key) => !Object.hasOwn(joiner.headers, key));
      const proofParameters = Object.keys(real.query ?? {}).filter(
        (key) => !Object.hasOwn(joiner.query, key),
      );
      const forged: [string, WireRequest][] = [
        ["a stranger's secret", signed(strange, Date.now(), foreignSigner(fixtureSigner(name)) ?? null)],
        ...proofHeaders.map((key): [string, WireRequest] => [`no ${key}`, without("headers", key)]),
        ...proofParameters.map((key): [string, WireRequest] => [`no ${key}`, without("query", key)]),
      ];
      if (source.proof.coversBody) {
        const flipped = Buffer.from(real.body);
        const middle = Math.floor(flipped.length / 2);
        flipped[middle] = (flipped[middle] ?? 0) ^ 1;
        forged.push(["another body", { ...real, body: flipped }]);
      }
      // A repetition may keep the time of the first attempt.
      const stale = Date.now() - source.redeliversForSeconds * 1000 - 360_000;
      if (source.proof.refusesStale) forged.push(["six minutes too old", signed(secret, stale)]);
      for (const [how, request] of forged) {
        const answer = await post(request);
        expect(`${how}: ${answer?.status} ${await answer?.text()}`).toBe(`${how}: 401 `);
      }
      const huge = await post({ ...real, body: Buffer.alloc(7 * 1024 * 1024, "x") });
      expect(huge?.status).toBe(413);

      await stack.settled();
      expect(stack.ledger.recent(10)).toEqual([]);
      expect(stack.sandbox?.requests).toEqual([]);
      expect(await parkedList(stack.parked, "dead", 10)).toEqual([]);
      expect(log.filter((line) => line.startsWith("delivery refused"))).toHaveLength(forged.length + 1);
    });
});
