import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { InboundError } from "#lib/contract/errors.ts";
import type { SignedRequest } from "#lib/contract/proof.ts";
import type { Source } from "#lib/contract/source.ts";
import { keepDelivery, verifiedDelivery } from "#lib/pipeline/verified-delivery.ts";
import * as registry from "#lib/sources/registry.ts";
import { fixtureSecret, fixtureSigner } from "#infra/fixtures/cases.ts";
import { deliveryOf, signedRequest, type WireRequest } from "#infra/fixtures/requests.ts";
import { isJson, pathsIn, replaced, type Path } from "./json-places.ts";
import { arrived, type SourceUnderTest } from "./source-under-test.ts";
import { altered, foreign, foreignSigner, signerFor, type Secret } from "./strangers.ts";

// Attacks the proof of a source: a proof that is changed, missing, repeated, old or of another sender must be refused.

/** A published delivery with its proof, in `test/vectors/senders/<source>.json`: {citation, secret, headers, query, body, now in seconds}. */
const Vector = z.object({
  secret: z.record(z.string(), z.unknown()),
  headers: z._default(z.record(z.string(), z.string()), {}),
  query: z._default(z.record(z.string(), z.string()), {}),
  body: z.string(),
  now: z.number(),
});

const minute = 60_000;

export function attackProof(tested: SourceUnderTest): void {
  const { source, secret, signer, fixture, eventCases, requestFor } = tested;
  const { name, proof } = source;

  describe(`the proof of ${name}, ${fixture.method}`, () => {
    const at = { now: fixture.now, id: fixture.id };
    const signed = requestFor(fixture);
    // The headers and query parameters that the proof adds to those of the case.
    const proven = provenBy(secret);
    const headers = Object.entries(proven.headers).filter(([header]) => header !== "content-type");
    const query = Object.entries(proven.query ?? {});
    const tokens = proven.pathToken === undefined ? [] : [proven.pathToken];

    function provenBy(by: Secret, body: Uint8Array = fixture.body, signedBy = signer): SignedRequest {
      const own = { method: fixture.method, headers: fixture.headers, query: fixture.query };
      return proof.sign(body, by, { ...at, ...own }, signedBy);
    }
    /** The case, written and signed with another secret, or by another signer. */
    const strange = (by: Secret, body: Uint8Array = fixture.body, signedBy = signerFor(by, signer)) =>
      signedRequest(proof, by, { ...fixture, body }, at, signedBy);
    async function attempt(request: WireRequest, by: Secret = secret, now = fixture.now) {
      return proof.verify(arrived(request, now), by);
    }
    const holds = async (request: WireRequest, by?: Secret) => (await attempt(request, by)).ok;
    /** The requests that are accepted; none should be. */
    async function accepted(requests: readonly (readonly [string, WireRequest])[]): Promise<string[]> {
      const all = await Promise.all(
        requests.map(async ([what, request]) => ((await holds(request)) ? [what] : [])),
      );
      return all.flat();
    }
    /** The request with one piece of its proof replaced or removed. */
    const withHeader = (header: string, value?: string) => ({
      ...signed,
      headers: replacedKey(signed.headers, header, value),
    });
    const withParameter = (key: string, value?: string) => ({
      ...signed,
      query: replacedKey(signed.query, key, value),
    });
    const withToken = (value?: string): WireRequest => {
      const { pathToken: _, ...others } = signed;
      return value === undefined ? others : { ...others, pathToken: value };
    };
    /** One request for each piece of the proof and each of these changes to it. */
    const changed = (change: (value: string) => readonly (string | undefined)[]) => [
      ...headers.flatMap(([key, value]) =>
        change(value).map((other) => [`header ${key}`, withHeader(key, other)] as const),
      ),
      ...query.flatMap(([key, value]) =>
        change(value).map((other) => [`query ${key}`, withParameter(key, other)] as const),
      ),
      ...tokens.flatMap((value) => change(value).map((other) => ["path", withToken(other)] as const)),
      ...textsWritten(fixture.body, signed.body).flatMap(([path, value]) =>
        change(value).map((other) => [`body ${path.join(".")}`, withText(path, other)] as const),
      ),
    ];
    /** The request with a text that the proof has written into its body replaced or removed. */
    function withText(path: Path, value?: string): WireRequest {
      const document = JSON.parse(Buffer.from(signed.body).toString()) as unknown;
      return { ...signed, body: Buffer.from(JSON.stringify(replaced(document, path, value))) };
    }
    /** Changed bytes may be accepted only if they mean the same: an envelope may be written in several ways, its content may not. */
    async function saysSomethingElse(body: Uint8Array): Promise<boolean> {
      const result = await attempt({ ...signed, body });
      return result.ok && !Buffer.from(result.payload).equals(fixture.body);
    }

    it("accepts what it signs, and returns the sender's body", async () => {
      for (const each of eventCases) {
        const request = requestFor(each);
        const result = await proof.verify(arrived(request, each.now), secret);
        expect(result, each.name).toMatchObject({ ok: true, payload: expect.any(Uint8Array) });
        const isHandedBack = result.ok && Buffer.from(result.payload).equals(each.body);
        expect(isHandedBack, each.name).toBe(true);
      }
    });

    // A delivery that our own code signs cannot reveal that we sign the parts in the wrong order.
    const vector = publishedVector(name);
    if (vector)
      it("agrees with a delivery that the vendor's side signed", async () => {
        const { headers, query, body, now } = vector;
        const delivery = deliveryOf({ method: "POST", headers, query, body: Buffer.from(body) }, now * 1000);
        expect(await proof.verify(delivery, vector.secret)).toMatchObject({ ok: true });
      });

    it("refuses a delivery that lacks any part of the proof", async () => {
      const { method } = signed;
      // A sender that shows its secret in the body alone lacks it in the body that it would write without a secret.
      const isShownInBody = headers.length + query.length + tokens.length === 0;
      const body = isShownInBody ? fixture.body : signed.body;
      expect(await attempt({ method, headers: {}, query: {}, body })).toMatchObject({ ok: false });
      expect(
        headers.length + query.length + tokens.length + (signed.body === fixture.body ? 0 : 1),
      ).toBeGreaterThan(0);
      expect(await accepted(changed(() => [undefined, ""]))).toEqual([]);
    });

    it("refuses a stranger's secret", async () => {
      const other = altered(secret, foreign);
      expect(other).not.toEqual(secret);
      expect(await attempt(strange(other))).toMatchObject({ ok: false });
      expect(await attempt(strange(other, saidWith(other)))).toMatchObject({ ok: false });
      expect(await attempt(signed, other)).toMatchObject({ ok: false });
    });

    if (signer !== undefined)
      it("refuses what another signer signed, or none", async () => {
        const other = foreignSigner(signer);
        expect(other).toBeDefined();
        expect(await attempt(strange(secret, fixture.body, other))).toMatchObject({ ok: false });
        expect(() => provenBy(secret, fixture.body, null)).toThrow("signer-missing");
      });

    it("refuses another source's proof", async () => {
      const theirs = (Object.values(registry) as unknown as Source<Secret>[])
        .filter((other) => other.name !== name)
        .flatMap((other) => {
          const secretOfOther = z.parse(other.secret, fixtureSecret(other.name));
          try {
            const said = { ...fixture, headers: {} };
            const by = fixtureSigner(other.name);
            return [[other.name, signedRequest(other.proof, secretOfOther, said, at, by)] as const];
          } catch (error) {
            // Some proofs can only sign a body that their sender could have written.
            if (error instanceof InboundError && error.code === "malformed") return [];
            throw error;
          }
        });
      expect(await accepted(theirs)).toEqual([]);
    });

    it("refuses everything where the secret is empty", async () => {
      const empty = altered(secret, () => "");
      expect(await attempt(signed, empty)).toMatchObject({ ok: false, reason: "secret-empty" });
      expect(() => provenBy(empty)).toThrow(InboundError);
    });

    it("accepts the current or the previous secret, and none before them", async () => {
      const versions = [altered(secret, foreign), secret];
      const either = async (request: WireRequest) => {
        const results = await Promise.all(versions.map((version) => holds(request, version)));
        return results.includes(true);
      };
      for (const version of versions) {
        expect(await either(strange(version, saidWith(version)))).toBe(true);
      }
      const older = altered(altered(secret, foreign), foreign);
      expect(await either(strange(older, saidWith(older)))).toBe(false);
    });

    it("refuses a truncated, lengthened or changed proof", async () => {
      // Padding carries nothing, and hex may be written in either case, in pairs (`t=1,v1=0a`) and behind a word (`sha256 0a`) too.
      const means = (text: string) =>
        /^(?:\w+[= ])?[0-9a-f]+(?:, ?\w+=[0-9a-f]+)*$/i.test(text)
          ? text.replaceAll(/(?<=^|[= ])[0-9a-f]+(?=,|$)/gi, (hex) => hex.toLowerCase())
          : text.replace(/={1,2}$/, "");
      const changes = (value: string) =>
        [value.slice(0, -1), value.slice(1), `${value}0`, flipCase(value)].filter(
          (other) => means(other) !== means(value),
        );
      expect(await accepted(changed(changes))).toEqual([]);
    });

    it("refuses a proof that occurs twice", async () => {
      const twice = [
        ...headers.map(([key, value]) => [key, withHeader(key, `${value},${value}`)] as const),
        ...tokens.map((value) => ["path", withToken(`${value}/${value}`)] as const),
      ];
      expect(await accepted(twice)).toEqual([]);
      for (const [key, value] of query) {
        const delivery = arrived(signed, fixture.now);
        delivery.query.append(key, value);
        expect(await proof.verify(delivery, secret), key).toMatchObject({ ok: false });
      }
    });

    it("keeps no part of the proof in the part of a delivery that is stored", async () => {
      const delivery = arrived(signed, fixture.now);
      const result = await proof.verify(delivery, secret);
      if (!result.ok) throw new Error(result.reason);
      const kept = keepDelivery(verifiedDelivery(source, delivery, result));
      const names = new Set([...Object.keys(kept.headers), ...new URLSearchParams(kept.rawQuery).keys()]);
      expect([...headers, ...query].filter(([key]) => names.has(key))).toEqual([]);
      for (const token of tokens) expect(JSON.stringify(kept)).not.toContain(token);
      // Everything else that the sender says is stored.
      expect(Object.fromEntries(new URLSearchParams(kept.rawQuery))).toEqual(fixture.query);
    });

    if (proof.coversBody)
      it("refuses a body of which one byte differs", async () => {
        const { body } = signed;
        // Both ends, and places throughout the body.
        const places = [
          0,
          1,
          body.length - 1,
          ...Array.from({ length: 64 }, (_, n) => (body.length * n) / 64),
        ];
        const bodies = places
          .map(Math.floor)
          .filter((index) => body[index] !== undefined)
          .map((index) => {
            const tampered = Uint8Array.from(body);
            tampered[index] = (tampered[index] as number) ^ 1;
            return tampered;
          });
        for (const tampered of bodies) expect(await saysSomethingElse(tampered)).toBe(false);
        const shorter = body.length > 0 ? [body.subarray(1), body.subarray(0, -1)] : [];
        for (const part of shorter) expect(await saysSomethingElse(part)).toBe(false);
        expect((await attempt({ ...signed, body: new Uint8Array() })).ok).toBe(body.length === 0);
        expect(await saysSomethingElse(Buffer.concat([body, Buffer.from(" ")]))).toBe(false);
        // The inner body without its envelope is accepted only if the inner body is what is signed.
        expect(await holds({ ...signed, body: fixture.body })).toBe(fixture.body.equals(body));
      });

    if (proof.coversBody && isJson(signed.body))
      it("refuses the same JSON, written again", async () => {
        const document = JSON.parse(Buffer.from(signed.body).toString()) as unknown;
        const again = [JSON.stringify(document), JSON.stringify(document, undefined, 1)]
          .map((text) => Buffer.from(text))
          .filter((bytes) => !bytes.equals(signed.body));
        expect(again).not.toEqual([]);
        for (const body of again) expect(await saysSomethingElse(body)).toBe(false);
      });

    if (proof.refusesStale)
      it("refuses a delivery that is old, or early", async () => {
        const late = (milliseconds: number) => attempt(signed, secret, fixture.now + milliseconds);
        expect(await late(-6 * minute)).toMatchObject({ ok: false, reason: "timestamp-early" });
        expect(await late(4 * minute)).toMatchObject({ ok: true });
        // Some senders sign once and repeat the same request for hours: it is accepted for that long.
        const isTaken = (await late(6 * minute)).ok;
        const tooLate = isTaken ? source.redeliversForSeconds * 1000 + 6 * minute : 6 * minute;
        expect(await late(tooLate)).toMatchObject({ ok: false, reason: "timestamp-stale" });
      });

    /** The body that a sender with another secret writes: some senders name themselves, or a token, in the body. */
    function saidWith(other: Secret): Buffer {
      let text = fixture.body.toString();
      for (const [key, value] of Object.entries(secret)) {
        if (typeof value === "string" && value.length > 5) text = text.replaceAll(value, String(other[key]));
      }
      return Buffer.from(text);
    }
  });
}

function publishedVector(name: string): z.infer<typeof Vector> | undefined {
  const path = new URL(`../vectors/senders/${name}.json`, import.meta.url);
  if (!existsSync(path)) return undefined;
  // Vectors of other shapes are for the tests of their proofs.
  return z.safeParse(Vector, JSON.parse(readFileSync(path, "utf8"))).data;
}

/** The texts in a signed JSON body that the sender's own body does not have: what the proof wrote. */
function textsWritten(said: Uint8Array, signed: Uint8Array): [path: Path, text: string][] {
  if (!isJson(said) || !isJson(signed)) return [];
  const [before, after] = [said, signed].map((body) => JSON.parse(Buffer.from(body).toString()) as unknown);
  return pathsIn(after).flatMap((path): [Path, string][] => {
    const text = valueAt(after, path);
    return typeof text === "string" && valueAt(before, path) !== text ? [[path, text]] : [];
  });
}

const valueAt = (document: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null
        ? (value as Record<string | number, unknown>)[key]
        : undefined,
    document,
  );

function replacedKey(
  record: Readonly<Record<string, string>>,
  key: string,
  value: string | undefined,
): Record<string, string> {
  const { [key]: _, ...others } = record;
  return value === undefined ? others : { ...others, [key]: value };
}

function flipCase(text: string): string {
  return text.replace(/[a-z](?=[^a-z]*$)/i, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );
}
