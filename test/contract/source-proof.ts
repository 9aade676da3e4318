import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { InboundError } from "#lib/contract/errors.ts";
import type { SignedRequest, Source } from "#lib/contract/source.ts";
import * as registry from "#lib/sources/registry.ts";
import { fixtureSecret, requestOf } from "#infra/fixtures/cases.ts";
import { isJson } from "./json-places.ts";
import { arrived, attempted, type SourceUnderTest } from "./source-under-test.ts";
import { altered, foreign, type Secret } from "./strangers.ts";

// Attacks on the proof of a source: what is changed, missing, repeated, old or another's is refused.

/** A published delivery with its proof, in `test/vectors/senders/<source>.json`: {citation, secret, headers, body, now in seconds}. */
const Vector = z.object({
  secret: z.record(z.string(), z.unknown()),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  now: z.number(),
});

const minute = 60_000;

export function attackProof({ source, secret, fixture, eventCases }: SourceUnderTest): void {
  const { name, proof } = source;

  describe(`the proof of ${name}`, () => {
    const at = { now: fixture.now, id: fixture.id };
    const signed = requestOf(source, secret, fixture, at);
    // What the proof adds beside the case's own headers and query.
    const proven = proof.sign(fixture.body, secret, at);
    const attempt = (request: SignedRequest, by: Secret = secret, now = fixture.now) =>
      proof.verify(
        arrived(
          {
            ...request,
            method: fixture.method,
            headers: { ...fixture.headers, ...request.headers },
            query: { ...fixture.query, ...request.query },
          },
          now,
        ),
        by,
      );
    const headers = Object.entries(proven.headers).filter(([header]) => header !== "content-type");
    const query = Object.entries(proven.query ?? {});
    /** The request with one piece of its proof replaced, or taken away. */
    const withHeader = (header: string, value?: string) => ({
      ...signed,
      headers: replacedKey(signed.headers, header, value),
    });
    const withParameter = (key: string, value?: string) => ({
      ...signed,
      query: replacedKey(signed.query, key, value),
    });
    /** Bytes that may be accepted only if they say the same: an envelope has room for differences, what is in it has none. */
    const saysSomethingElse = (body: Uint8Array) => {
      const result = attempt({ ...signed, body });
      return result.ok && !Buffer.from(result.payload).equals(fixture.body);
    };

    it("accepts what it signs, and hands back what was said", () => {
      for (const each of eventCases) {
        const request = requestOf(source, secret, each, { now: each.now, id: each.id });
        const result = proof.verify(arrived(request, each.now), secret);
        expect(result, each.name).toMatchObject({ ok: true, payload: expect.any(Uint8Array) });
        const isHandedBack = result.ok && Buffer.from(result.payload).equals(each.body);
        expect(isHandedBack, each.name).toBe(true);
      }
    });

    // What we sign ourselves would agree with any mistake in the order of what is signed.
    const vector = publishedVector(name);
    if (vector)
      it("agrees with a delivery that the vendor's side signed", () => {
        const { headers = {}, body = "", now = 0, secret = {} } = vector ?? {};
        const delivery = arrived({ method: "POST", headers, query: {}, body: Buffer.from(body) }, now * 1000);
        expect(proof.verify(delivery, secret)).toMatchObject({ ok: true });
      });

    it("refuses a delivery that lacks any part of the proof", () => {
      expect(attempt({ headers: {}, query: {}, body: signed.body })).toMatchObject({ ok: false });
      const accepted = [
        ...headers.filter(([key]) => attempt(withHeader(key)).ok || attempt(withHeader(key, "")).ok),
        ...query.filter(([key]) => attempt(withParameter(key)).ok || attempt(withParameter(key, "")).ok),
      ];
      expect(accepted.map(([key]) => key)).toEqual([]);
    });

    it("refuses a stranger's secret", () => {
      const strange = altered(secret, foreign);
      expect(strange).not.toEqual(secret);
      expect(attempt(proof.sign(fixture.body, strange, at))).toMatchObject({ ok: false });
      expect(attempt(proof.sign(saidWith(strange), strange, at))).toMatchObject({ ok: false });
      expect(attempt(signed, strange)).toMatchObject({ ok: false });
    });

    it("refuses another source's proof", () => {
      const accepted = (Object.values(registry) as unknown as Source<Secret>[])
        .filter((other) => other.name !== name)
        .filter((other) => {
          const theirs = z.parse(other.secret, fixtureSecret(other.name));
          // Some can only sign what they could have said.
          const request = attempted(() => other.proof.sign(fixture.body, theirs, at));
          return !(request instanceof InboundError) && attempt(request).ok;
        });
      expect(accepted.map((other) => other.name)).toEqual([]);
    });

    it("refuses everything where the secret is empty", () => {
      const empty = altered(secret, () => "");
      expect(attempt(signed, empty)).toEqual({ ok: false, reason: "secret-empty" });
      expect(() => proof.sign(fixture.body, empty, at)).toThrow(InboundError);
    });

    it("accepts the current or the previous secret, and none before them", () => {
      const versions = [altered(secret, foreign), secret];
      const holds = (request: SignedRequest) => versions.some((version) => attempt(request, version).ok);
      for (const version of versions) {
        expect(holds(proof.sign(saidWith(version), version, at))).toBe(true);
      }
      const older = altered(altered(secret, foreign), foreign);
      expect(holds(proof.sign(saidWith(older), older, at))).toBe(false);
    });

    it("refuses a truncated, lengthened or changed proof", () => {
      // Padding carries nothing, and hex may be written in either case, in pairs (`t=1,v1=0a`) too.
      const means = (text: string) =>
        /^(?:\w+=)?[0-9a-f]+(?:, ?\w+=[0-9a-f]+)*$/i.test(text)
          ? text.replaceAll(/(?<=^|=)[0-9a-f]+(?=,|$)/gi, (hex) => hex.toLowerCase())
          : text.replace(/={1,2}$/, "");
      const changes = (value: string) =>
        [value.slice(0, -1), value.slice(1), `${value}0`, flipCase(value)].filter(
          (changed) => means(changed) !== means(value),
        );
      const accepted = [
        ...headers.filter(([key, value]) =>
          changes(value).some((changed) => attempt(withHeader(key, changed)).ok),
        ),
        ...query.filter(([key, value]) =>
          changes(value).some((changed) => attempt(withParameter(key, changed)).ok),
        ),
      ];
      expect(accepted.map(([key]) => key)).toEqual([]);
    });

    it("refuses a proof that comes twice", () => {
      const inHeaders = headers.filter(([key, value]) => attempt(withHeader(key, `${value},${value}`)).ok);
      const inQuery = query.filter(([key, value]) => {
        const delivery = arrived(signed, fixture.now);
        delivery.query.append(key, value);
        return proof.verify(delivery, secret).ok;
      });
      expect([...inHeaders, ...inQuery].map(([key]) => key)).toEqual([]);
    });

    if (proof.coversBody)
      it("refuses a body of which one byte differs", () => {
        const { body } = signed;
        // Both ends, and places all over it.
        const places = [
          0,
          1,
          body.length - 1,
          ...Array.from({ length: 64 }, (_, n) => (body.length * n) / 64),
        ];
        const accepted = places.map(Math.floor).filter((index) => {
          const tampered = Uint8Array.from(body);
          tampered[index] = (tampered[index] as number) ^ 1;
          return saysSomethingElse(tampered);
        });
        expect(accepted).toEqual([]);
        expect(saysSomethingElse(body.subarray(1))).toBe(false);
        expect(saysSomethingElse(body.subarray(0, -1))).toBe(false);
        expect(attempt({ ...signed, body: new Uint8Array() })).toMatchObject({ ok: false });
        // The words themselves, without what wraps them, are accepted only if they are what is signed.
        const unwrapped = attempt({ ...signed, body: fixture.body }).ok;
        expect(unwrapped).toBe(fixture.body.equals(body));
      });

    if (proof.coversBody && isJson(signed.body))
      it("refuses the same JSON, written again", () => {
        const document = JSON.parse(Buffer.from(signed.body).toString()) as unknown;
        const again = [JSON.stringify(document), JSON.stringify(document, undefined, 1)]
          .map((text) => Buffer.from(text))
          .filter((bytes) => !bytes.equals(signed.body));
        expect(again).not.toEqual([]);
        expect(again.filter(saysSomethingElse)).toEqual([]);
      });

    if (proof.refusesStale)
      it("refuses a delivery that is old, or early", () => {
        const late = (milliseconds: number) => attempt(signed, secret, fixture.now + milliseconds);
        expect(late(-6 * minute)).toEqual({ ok: false, reason: "timestamp-early" });
        expect(late(4 * minute)).toMatchObject({ ok: true });
        // Some senders sign once and repeat the same for hours: then until they no longer do.
        const tooLate = late(6 * minute).ok ? source.redeliversForSeconds * 1000 + 6 * minute : 6 * minute;
        expect(late(tooLate)).toEqual({ ok: false, reason: "timestamp-stale" });
      });

    /** What a sender that has another secret says: some name themselves, or a token, in the body. */
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
