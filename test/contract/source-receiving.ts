import { describe, expect, it } from "vitest";
import type { HandshakeFixture } from "#infra/fixtures/cases.ts";
import type { Proof } from "#lib/contract/proof.ts";
import { pingRequest, signedRequest } from "#infra/fixtures/requests.ts";
import { isJson, textsIn } from "./json-places.ts";
import { asQueued, contextOf } from "#infra/local/case-meaning.ts";
import { arrived, unasked, type SourceUnderTest } from "./source-under-test.ts";
import { altered, foreign, type Secret } from "./strangers.ts";

// The whole receiving path of a source, with its handshakes and its ping: what is queued, answered and refused.

export function attackReceiving(tested: SourceUnderTest): void {
  const { source, secret, signer, fixture, eventCases, handshakes, requestFor, received, isRefusal } = tested;
  const { name, proof, ping } = source;

  describe(`receiving from ${name}, ${fixture.method}`, () => {
    it.each(eventCases)("queues the events of $name, and accepts the delivery", async (each) => {
      const { reply, queued } = await received(requestFor(each), each.now, secret);
      expect(reply.status).toBeGreaterThanOrEqual(200);
      expect(reply.status).toBeLessThan(300);
      const read = await tested.readable(each);
      expect(queued.filter(({ kind }) => kind === "event")).toHaveLength(read.length);
      const strange = await received(requestFor(each), each.now, altered(secret, foreign));
      expect(strange.reply).toSatisfy(isRefusal);
      expect(strange.queued).toEqual([]);
    });

    it.each(handshakes)("answers $name as the vendor expects, and queues nothing", async (each) => {
      const { reply, queued } = await received(each, each.now, secret);
      expect(reply).toEqual(each.reply);
      expect(queued).toEqual([]);
    });

    const proving = handshakes.filter(({ isUnproven }) => !isUnproven);
    const unproven = handshakes.filter(({ isUnproven }) => isUnproven);
    it.each(unproven)("says to anybody who sends $name nothing that they do not know", async (each) => {
      const { reply, queued } = await received(each, each.now, altered(secret, foreign));
      expect(reply).toEqual(each.reply);
      expect(queued).toEqual([]);
      const known = [each.body.toString(), ...Object.values(each.query), ...Object.values(each.headers)];
      expect(known.some((text) => text.includes(reply.body ?? ""))).toBe(true);
    });

    it.each(proving)("refuses $name from a stranger", async (each) => {
      const { reply, queued } = await received(each, each.now, altered(secret, foreign));
      expect(reply).toSatisfy(isRefusal);
      expect(queued).toEqual([]);
    });

    const accepted = proving.filter(({ reply }) => reply.status < 300);
    it.each(accepted)("checks each part of the secret for $name as for an event", async (each) => {
      const strangers = Object.keys(secret).map((key): [string, Secret] => [
        key,
        { ...secret, ...altered({ [key]: secret[key] }, foreign) },
      ]);
      const event = arrived(requestFor(fixture), fixture.now);
      const verdicts = await Promise.all(strangers.map(([, stranger]) => proof.verify(event, stranger)));
      const ofEvent = strangers.filter((_, index) => !verdicts[index]?.ok);
      const replies = await Promise.all(
        strangers.map(async ([key, stranger]) => {
          const { reply } = await received(each, each.now, stranger);
          return isRefusal(reply) ? [key] : [];
        }),
      );
      expect(replies.flat()).toEqual(ofEvent.map(([key]) => key));
      expect(ofEvent).not.toEqual([]);
    });

    it.each(proving)("refuses $name with any piece of it changed", async (each) => {
      const refusals = await Promise.all(
        piecesOf(each, proof).map(async ({ place, value, request }) => {
          const { reply, queued } = await received(request, each.now, secret);
          expect(queued, place).toEqual([]);
          const isRefused = isRefusal(reply);
          // A challenge that is only echoed proves nothing by itself, and a source does not read all headers: these may change.
          const isSaidBack =
            each.reply.body?.includes(value) === true &&
            reply.body === each.reply.body.replaceAll(value, changedPiece(value));
          const isIgnored =
            place.startsWith("header") && JSON.stringify(reply) === JSON.stringify(each.reply);
          expect(isRefused || isSaidBack || isIgnored, place).toBe(true);
          return isRefused;
        }),
      );
      expect(refusals).toContain(true);
    });
  });

  // An operator's own source need not have a ping.
  if (ping || tested.readme) {
    describe(`the ping of ${name}, ${fixture.method}`, () => {
      const said = pingRequest(ping ?? { query: {} });

      it("is accepted, makes no request to the API, and means no change", async () => {
        expect(ping, "write what the sender could say that is about no person").toBeDefined();
        const request = signedRequest(proof, secret, said, fixture, signer);
        const { reply, queued } = await received(request, fixture.now, secret);
        expect([200, 202]).toContain(reply.status);
        for (const message of queued) {
          if (message.kind !== "event") throw new Error(`unreadable: ${message.reason}`);
          const event = asQueued(message.event);
          const payload = source.fetch ? await source.fetch.read(event, unasked(secret)) : event.payload;
          expect(source.translate({ ...event, payload }, contextOf(fixture))).toEqual([]);
        }
      });

      it("is refused without its proof", async () => {
        const { reply, queued } = await received(said, fixture.now, secret);
        expect(reply).toSatisfy(isRefusal);
        expect(queued).toEqual([]);
      });
    });
  }
}

/** One character changed, near the end but where no encoding has unused bits. */
function changedPiece(text: string): string {
  const from = Math.max(0, text.length - 5);
  const index = text.slice(0, from + 1).search(/[0-9a-z][^0-9a-z]*$/i);
  if (index < 0) return `${text}1`;
  const character = text.charAt(index);
  const other = { z: "a", Z: "A", 9: "0" }[character] ?? String.fromCodePoint(character.charCodeAt(0) + 1);
  return text.slice(0, index) + other + text.slice(index + 1);
}

/**
 * A handshake once for each text in its path, headers, query and body, with that text changed. Of a body that the proof does not cover no
 * change can be told.
 */
function piecesOf(
  fixture: HandshakeFixture,
  { coversBody }: Pick<Proof<Secret>, "coversBody">,
): { place: string; value: string; request: HandshakeFixture }[] {
  const { pathToken = "" } = fixture;
  const inPath =
    pathToken === ""
      ? []
      : [
          {
            place: "path",
            value: pathToken,
            request: { ...fixture, pathToken: changedPiece(pathToken) },
          },
        ];
  const inHeaders = Object.entries(fixture.headers).map(([key, value]) => ({
    place: `header ${key}`,
    value,
    request: { ...fixture, headers: { ...fixture.headers, [key]: changedPiece(value) } },
  }));
  const inQuery = Object.entries(fixture.query).map(([key, value]) => ({
    place: `query ${key}`,
    value,
    request: { ...fixture, query: { ...fixture.query, [key]: changedPiece(value) } },
  }));
  const text = fixture.body.toString();
  const values = isJson(fixture.body)
    ? textsIn(JSON.parse(text) as unknown)
    : Array.from(text.matchAll(/(?<=>|\[CDATA\[)[^<>[\]]*\w[^<>[\]]*/g), ([value]) => value);
  const inBody = values.map((value) => ({
    place: "body",
    value,
    request: { ...fixture, body: Buffer.from(text.replaceAll(value, changedPiece(value))) },
  }));
  return [...inPath, ...inHeaders, ...inQuery, ...(coversBody ? inBody : [])];
}
