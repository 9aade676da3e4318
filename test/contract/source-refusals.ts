import { describe, expect, it } from "vitest";
import type { LogFields } from "#lib/contract/log.ts";
import { refusalMessage, toldRefusal, type Refusal } from "#lib/contract/refusals.ts";
import { maxDeliveryBytes, receive } from "#lib/pipeline/receive.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import { signedRequest, type WireRequest } from "#infra/fixtures/requests.ts";
import { isJson, textsIn } from "./json-places.ts";
import { arrived, type SourceUnderTest } from "./source-under-test.ts";
import { altered, foreign, signerFor, type Secret } from "./strangers.ts";

// Each way in which a delivery is refused is told of: what would have had to differ, and no value of the delivery or of the secret.

/** What has to be said for each reason, beside the reason. */
const said: Readonly<Record<Refusal["reason"], readonly (keyof Refusal)[]>> = {
  "proof-missing": ["place"],
  "proof-malformed": ["place", "form"],
  "proof-mismatch": ["place"],
  "timestamp-missing": ["place"],
  "timestamp-malformed": ["place", "form"],
  "timestamp-stale": ["place", "seconds", "toleranceSeconds"],
  "timestamp-early": ["place", "seconds", "toleranceSeconds"],
  "algorithm-refused": ["place", "form"],
  "key-unknown": ["place"],
  "issuer-mismatch": ["place"],
  "audience-mismatch": ["place"],
  "secret-empty": [],
  "body-too-large": ["maxBytes"],
  "method-unknown": [],
  "route-unknown": ["nearSource"],
};

export function attackRefusals(tested: SourceUnderTest): void {
  const { source, secret, signer, fixture, requestFor } = tested;
  const { name, proof } = source;
  const signed = requestFor(fixture);
  const at = { now: fixture.now, id: fixture.id };

  /** The status of the answer, and what the log says. */
  async function attempt(request: WireRequest, now = fixture.now, versions: readonly Secret[] = [secret]) {
    const lines: [string, LogFields][] = [];
    const keep = (message: string, fields: LogFields = {}) => void lines.push([message, fields]);
    const [current, previous] = versions;
    const { status } = await receive(source, arrived(request, now), {
      secrets: secretReader(async () => ({ current, previous, changedAt: "2026-01-01T00:00:00.000Z" })),
      events: { send: async () => {} },
      enrolments: { keep: async () => {} },
      log: { info: keep, warn: keep, error: keep },
    });
    return { status, lines };
  }

  const without = (part: "headers" | "query", key: string): WireRequest => ({
    ...signed,
    [part]: Object.fromEntries(Object.entries(signed[part]).filter(([each]) => each !== key)),
  });
  const shortened = (part: "headers" | "query", key: string): WireRequest => ({
    ...signed,
    [part]: { ...signed[part], [key]: signed[part][key]?.slice(1) ?? "" },
  });
  const pieces = (["headers", "query"] as const).flatMap((part) =>
    Object.keys(signed[part]).map((key) => [part, key] as const),
  );
  const { pathToken: _, ...withoutToken } = signed;
  const stranger = altered(secret, foreign);
  const minute = 60_000;
  const forgeries: [how: string, request: WireRequest, now?: number, versions?: readonly Secret[]][] = [
    ["nothing but a body", { method: signed.method, headers: {}, query: {}, body: fixture.body }],
    ...pieces.map(([part, key]): [string, WireRequest] => [`no ${key}`, without(part, key)]),
    ...pieces.map(([part, key]): [string, WireRequest] => [`a shorter ${key}`, shortened(part, key)]),
    ...(signed.pathToken === undefined
      ? []
      : ([
          ["no token", withoutToken],
          ["another token", { ...signed, pathToken: foreign(signed.pathToken) }],
        ] satisfies [string, WireRequest][])),
    ["another body", { ...signed, body: Buffer.from('{"name":"张伟"}') }],
    ["a stranger's secret", signed, fixture.now, [stranger]],
    // Of some of these values, such as the key of an API, the proof knows nothing.
    ...Object.entries(stranger).map(([key, value]): (typeof forgeries)[number] => [
      `another ${key} in the secret`,
      signed,
      fixture.now,
      [{ ...secret, [key]: value }],
    ]),
    ["two strangers' secrets", signed, fixture.now, [stranger, altered(stranger, foreign)]],
    ["an empty secret", signed, fixture.now, [altered(secret, () => "")]],
    ["early", signed, fixture.now - 6 * minute],
    ["late", signed, fixture.now + source.redeliversForSeconds * 1000 + 6 * minute],
    ["too large", { ...signed, body: Buffer.alloc((source.maxDeliveryBytes ?? maxDeliveryBytes) + 1, "x") }],
    ["written by a stranger", signedRequest(proof, stranger, fixture, at, signerFor(stranger, signer))],
  ];

  describe(`what is told of refused deliveries of ${name}, ${fixture.method}`, () => {
    it("says for each what would have had to differ, and never a value", async () => {
      const reasons = new Set<string>();
      for (const [how, request, now, versions] of forgeries) {
        const { status, lines } = await attempt(request, now, versions);
        // 503: a secret that is empty may already be of another shape.
        if (status < 300 || status === 503) continue;
        const [[message, fields] = ["", {}], ...more] = lines;
        expect(`${how}: ${message}`).toBe(`${how}: ${refusalMessage}`);
        expect(more, how).toEqual([]);
        // The reader of the log knows every field that is written.
        const { at: when, ...told } = toldRefusal(fields, 0) ?? { at: "" };
        expect(told, how).toEqual(fields);
        expect(when).toBe("1970-01-01T00:00:00.000Z");
        const refusal = told as Refusal;
        reasons.add(refusal.reason);
        expect(refusal, how).toMatchObject({ source: name, status, method: request.method });
        for (const field of said[refusal.reason]) expect(refusal[field], `${how}: ${field}`).toBeDefined();
        const tried = status === 413 ? undefined : (versions ?? [secret]).length;
        expect(refusal.secretVersions, how).toBe(tried);
        for (const value of valuesOf(request)) expect(JSON.stringify(told), how).not.toContain(value);
      }
      expect(reasons).toContain("body-too-large");
      expect(reasons).toContain("proof-mismatch");
      expect(reasons.has("timestamp-stale")).toBe(proof.refusesStale);
    });

    it("refuses a right delivery by a method that no sender uses", async () => {
      for (const method of ["PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "post", "%"]) {
        const { status, lines } = await attempt({ ...signed, method });
        expect([method, status, lines[0]?.[1]]).toMatchObject([method, 401, { reason: "method-unknown" }]);
      }
    });
  });

  /** What a stranger, the sender or the operator wrote: in the request, in the right one, and in the secret. */
  function valuesOf(request: WireRequest): Set<string> {
    const written = [request, signed].flatMap((each) => [
      ...Object.entries(each.headers).flatMap(([key, value]) => (key === "content-type" ? [] : value)),
      ...Object.values(each.query),
      ...(each.pathToken === undefined ? [] : [each.pathToken]),
      ...(isJson(each.body) ? textsIn(JSON.parse(Buffer.from(each.body).toString())) : []),
    ]);
    const secrets = [secret, stranger].flatMap((each) => textsIn(each));
    // A shorter text may stand anywhere by chance, and a body may hold the word of a media type. Names of headers are told.
    const words = new Set([name, "application/json", ...Object.keys(request.headers)]);
    return new Set([...written, ...secrets].filter((value) => value.length > 5 && !words.has(value)));
  }
}
