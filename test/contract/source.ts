import { existsSync, readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { personProblems } from "#lib/authing/rules.ts";
import { sourceApis } from "#lib/source-apis/source-api.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { QueuedMessage } from "#lib/contract/queue.ts";
import { receive } from "#lib/pipeline/receive.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import type {
  ApiRequest,
  Delivery,
  Fetch,
  SignedRequest,
  Source,
  SourceApi,
  SourceEvent,
  TranslationContext,
  VerifiedDelivery,
} from "#lib/contract/source.ts";
import * as registry from "#lib/sources/registry.ts";
import {
  fixtureSecret,
  fixturesFolder,
  readFixtures,
  requestOf,
  type EventFixture,
  type HandshakeFixture,
  type WireRequest,
} from "#infra/fixtures/cases.ts";
import { startRecordedApi } from "#infra/fixtures/recorded-api.ts";

// What every source has to do, attacked and compared by one suite: a new source is found by its folder and its fixtures.

type Secret = Readonly<Record<string, unknown>>;

/** One's own sources bring fewer cases than the ones that are shipped, and no README. */
interface SourceSuiteOptions {
  readonly fewestCases: number;
  readonly readme?: URL;
  /** Default: beside the source. */
  readonly fixtures?: string;
}

/** A published delivery with its proof, in `test/vectors/senders/<source>.json`: {citation, secret, headers, body, now in seconds}. */
const Vector = z.object({
  secret: z.record(z.string(), z.unknown()),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  now: z.number(),
});

const minute = 60_000;
const hour = 60 * minute;

export function sourceSuite(definition: Source, options: SourceSuiteOptions): void {
  const source = definition as unknown as Source<Secret>;
  const { name, proof } = source;
  const folder = options.fixtures ?? fixturesFolder(name);
  const cases = readFixtures(name, folder);
  const eventCases = cases.filter((each) => each.kind === "events");
  const handshakes = cases.filter((each) => each.kind === "handshake");
  const invented = fixtureSecret(name, folder);

  describe(`the fixtures of ${name}`, () => {
    it("hold a secret, and cases with Chinese and with accented names", () => {
      expect(invented, `write ${folder}/secret.json: an invented secret`).toBeDefined();
      expect(
        eventCases.map(({ name }) => name).length,
        `write ${folder}/<case>/body.json and changes.json`,
      ).toBeGreaterThanOrEqual(options.fewestCases);
      const names = JSON.stringify(eventCases.map(({ golden }) => golden));
      expect(names, "one person with a Chinese name").toMatch(/"name":"[^"]*\p{Script=Han}/u);
      expect(names, "one person with an accented name").toMatch(/"name":"[^"]*[À-ž]/u);
    });
  });
  const [fixture] = eventCases;
  if (!invented || !fixture) return;

  const secretWith = (more: Secret): Secret => z.parse(source.secret, { ...invented, ...more });
  const secret = secretWith({});

  describe(`the proof of ${name}`, () => {
    const at = { now: fixture.now, id: fixture.id };
    const signed = requestOf(source, secret, fixture, at);
    // What the proof adds beside the case's own headers and query.
    const proven = proof.sign(fixture.body, secret, at);
    const attempt = (request: SignedRequest, by: Secret = secret, now = fixture.now) =>
      proof.verify(
        deliver(
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
        const result = proof.verify(deliver(request, each.now), secret);
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
        const delivery = deliver({ method: "POST", headers, query: {}, body: Buffer.from(body) }, now * 1000);
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
      // Padding carries nothing, and hex may be written in either case.
      const means = (text: string) =>
        /^(?:\w+=)?[0-9a-f]+$/i.test(text) ? text.toLowerCase() : text.replace(/={1,2}$/, "");
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
        const delivery = deliver(signed, fixture.now);
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
        // The words themselves, without what wraps them, are nobody's unless they are what is signed.
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
      let text = (fixture as EventFixture).body.toString();
      for (const [key, value] of Object.entries(secret)) {
        if (typeof value === "string" && value.length > 5) text = text.replaceAll(value, String(other[key]));
      }
      return Buffer.from(text);
    }
  });

  describe(`receiving from ${name}`, () => {
    it.each(eventCases)("queues what $name says, and thanks for it", async (each) => {
      const { reply, queued } = await received(
        source,
        requestOf(source, secret, each, each),
        each.now,
        secret,
      );
      expect(reply.status).toBeGreaterThanOrEqual(200);
      expect(reply.status).toBeLessThan(300);
      const read = eventsOf(each).filter((event) => !(event instanceof InboundError));
      expect(queued.filter(({ kind }) => kind === "event")).toHaveLength(read.length);
      expect(
        await received(source, requestOf(source, secret, each, each), each.now, altered(secret, foreign)),
      ).toEqual({
        reply: { status: 401 },
        queued: [],
      });
    });

    it.each(handshakes)("answers $name as the vendor wants it, and queues nothing", async (each) => {
      const { reply, queued } = await received(source, each, each.now, secret);
      expect(reply).toEqual(each.reply);
      expect(queued).toEqual([]);
    });

    it.each(handshakes)("refuses $name from a stranger", async (each) => {
      expect(await received(source, each, each.now, altered(secret, foreign))).toEqual({
        reply: { status: 401 },
        queued: [],
      });
    });

    const accepted = handshakes.filter(({ reply }) => reply.status < 300);
    it.each(accepted)("asks as much of $name as of an event, of each part of the secret", async (each) => {
      const strangers = Object.keys(secret).map((key): [string, Secret] => [
        key,
        { ...secret, ...altered({ [key]: secret[key] }, foreign) },
      ]);
      const event = deliver(requestOf(source, secret, fixture, fixture), fixture.now);
      const ofEvent = strangers.filter(([, stranger]) => !proof.verify(event, stranger).ok);
      const replies = await Promise.all(
        strangers.map(async ([key, stranger]) => {
          const { reply } = await received(source, each, each.now, stranger);
          return reply.status === 401 ? [key] : [];
        }),
      );
      expect(replies.flat()).toEqual(ofEvent.map(([key]) => key));
      expect(ofEvent).not.toEqual([]);
    });

    it.each(handshakes)("refuses $name with any piece of it changed", async (each) => {
      const refusals = await Promise.all(
        piecesOf(each).map(async ({ place, value, request }) => {
          const { reply, queued } = await received(source, request, each.now, secret);
          expect(queued, place).toEqual([]);
          const isRefused = reply.status === 401 && reply.body === undefined;
          // A challenge that is only said back proves nothing by itself; and headers hold what is nobody's business.
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

  const { ping } = source;
  // Whoever writes a source of one's own need not know of a harmless delivery.
  if (ping || options.readme) {
    describe(`the ping of ${name}`, () => {
      const body = Buffer.from(ping?.body ?? "");
      const pinged = (proven: SignedRequest): WireRequest => ({
        method: "POST",
        headers: { "content-type": ping?.contentType ?? "", ...proven.headers },
        query: proven.query ?? {},
        body: proven.body,
      });

      it("is taken, asks nobody, and means nothing", async () => {
        expect(ping, "write what the sender could say that is about nobody").toBeDefined();
        const request = pinged(proof.sign(body, secret, fixture));
        const { reply, queued } = await received(source, request, fixture.now, secret);
        expect([200, 202]).toContain(reply.status);
        for (const message of queued) {
          if (message.kind !== "event") throw new Error(`unreadable: ${message.reason}`);
          const event = fromQueue(message.event);
          const payload = source.fetch ? await source.fetch.read(event, unasked(secret)) : event.payload;
          expect(source.translate({ ...event, payload }, contextOf(fixture))).toEqual([]);
        }
      });

      it("is refused without its proof", async () => {
        const { reply, queued } = await received(source, pinged({ headers: {}, body }), fixture.now, secret);
        expect(reply).toEqual({ status: 401 });
        expect(queued).toEqual([]);
      });
    });
  }

  describe(`the events of ${name}`, () => {
    it.each(eventCases)("translates $name into its golden changes", async (each) => {
      expect(each.golden, `write ${each.name}/changes.json`).toBeDefined();
      const { golden, requests } = await meaningOf(each);
      expect(golden).toEqual(each.golden);
      expect(requests.filter(({ known }) => !known)).toEqual([]);
      const recorded = new Set(each.answers.map(({ request }) => request.replace(/\?.*$/, "")));
      expect([...recorded].filter((path) => !requests.some(({ request }) => request === path))).toEqual([]);
    });

    it.each(eventCases)("gives each event of $name an id, a subject and a time", (each) => {
      const events = readable(each);
      for (const event of events) {
        expect(event.id).toMatch(/^.{1,256}$/);
        expect(event.subject).toMatch(/^.{1,256}$/);
        expect(event.type).toMatch(/^.{1,128}$/);
        expect(new Date(event.occurredAt).toISOString()).toBe(event.occurredAt);
        expect(fromQueue(event)).toEqual(event);
      }
      expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    });

    it.each(eventCases)("knows $name again when it is delivered again", (each) => {
      const ids = (now: number) => readable({ ...each, now }).map(({ id }) => id);
      expect(ids(each.now + hour)).toEqual(ids(each.now));
    });

    it.each(eventCases)("is pure over $name", async (each) => {
      const delivery = verified(each);
      const before = Buffer.from(delivery.payload);
      const events = attempted(() => source.split(delivery));
      expect(attempted(() => source.split(delivery))).toEqual(events);
      expect(Buffer.from(delivery.payload).equals(before)).toBe(true);
      const { completed } = await meaningOf(each);
      const context = frozen(contextOf(each));
      for (const event of completed) {
        expect(attempted(() => source.translate(event, context))).toEqual(
          attempted(() => source.translate(event, context)),
        );
      }
    });

    it("finds a body that it cannot read malformed, and says so without quoting it", () => {
      const depth = 50_000;
      const bodies = [
        "",
        "Ping test",
        "{",
        "null",
        "[]",
        "42",
        '"text"',
        "{}",
        "\u{feff}",
        `{"a":`.repeat(depth),
        "<a>".repeat(depth),
        '<!DOCTYPE xml [<!ENTITY a "Ping"><!ENTITY b "&a;&a;&a;&a;">]><xml>&b;</xml>',
        '<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml>&a;</xml>',
      ];
      const bytes = bodies.map((body) => Buffer.from(body));
      for (const body of [...bytes, Buffer.from([0xff, 0xfe, 0x7b]), Buffer.from([0x7b, 0x22, 0xc3, 0x28])]) {
        for (const type of ["application/json", "application/x-www-form-urlencoded", "text/xml", ""]) {
          const error = attempted(() => source.split(plain(body, { "content-type": type })));
          expect(error, `${type} ${body.toString().slice(0, 40)}`).toBeInstanceOf(InboundError);
          expect(error).not.toHaveProperty("cause");
          expect(String(error)).not.toContain("Ping");
        }
      }
    });

    it("survives any JSON", () => {
      fc.assert(
        fc.property(fc.json({ maxDepth: 4 }), (body) => {
          expect(survives(Buffer.from(body), {})).toBe(true);
        }),
        { numRuns: 200 },
      );
    });

    const jsonCases = eventCases.filter(({ extension, body }) => extension === "json" && isJson(body));
    it.each(jsonCases)("survives bottomless JSON anywhere in $name", (each) => {
      const depth = 20_000;
      const deep = `${"[".repeat(depth)}${"]".repeat(depth)}`;
      const document = JSON.parse(each.body.toString()) as unknown;
      const bodies = pathsIn(document).map((path) =>
        JSON.stringify(replaced(document, path, "bottomless")).replace('"bottomless"', deep),
      );
      expect(bodies.every((body) => survives(Buffer.from(body), each.headers))).toBe(true);
    });

    it.each(jsonCases)("survives any value anywhere in $name", (each) => {
      const document = JSON.parse(each.body.toString()) as unknown;
      fc.assert(
        fc.property(fc.constantFrom(...pathsIn(document)), fc.jsonValue({ maxDepth: 2 }), (path, value) => {
          const body = Buffer.from(JSON.stringify(replaced(document, path, value)));
          expect(survives(body, each.headers)).toBe(true);
        }),
        { numRuns: 100 },
      );
    });

    it.each(eventCases.filter(({ extension }) => extension !== "json"))(
      "survives any byte changed in $name",
      (each) => {
        fc.assert(
          fc.property(fc.nat(each.body.length - 1), fc.nat(255), (index, byte) => {
            const body = Buffer.from(each.body);
            body[index] = byte;
            expect(survives(body, each.headers)).toBe(true);
          }),
          { numRuns: 200 },
        );
      },
    );

    it.each(eventCases.filter(({ answers }) => answers.length > 0))(
      "survives any value anywhere in the answers to $name",
      async (each) => {
        const { fetch } = source;
        const places = pathsIn(each.answers.map(({ json }) => json)).filter(({ length }) => length > 0);
        await fc.assert(
          fc.asyncProperty(
            fc.constantFrom(...places),
            fc.jsonValue({ maxDepth: 2 }),
            async ([index, ...path], value) => {
              const answers = each.answers.map((answer, at) =>
                at === index ? { ...answer, json: replaced(answer.json, path, value) } : answer,
              );
              for (const event of readable(each)) {
                const payload = await fetch
                  ?.read(fromQueue(event), inMemory(answers, secret, each.now))
                  .catch(expectInboundError);
                if (payload === undefined || payload instanceof InboundError) continue;
                expect(isTranslated(fromQueue({ ...event, payload }))).toBe(true);
              }
            },
          ),
          { numRuns: 100 },
        );
      },
    );

    if (options.readme)
      it("names in its README every field of Authing that it fills", () => {
        const readme = readFileSync(options.readme as URL, "utf8");
        const filled = new Set(
          eventCases
            .flatMap(({ golden = [] }) => golden)
            .flatMap((event) => ("changes" in event ? event.changes : []))
            .flatMap((change) => Object.keys((change["person"] as object | undefined) ?? {})),
        );
        expect(filled.size).toBeGreaterThan(0);
        expect([...filled].filter((field) => !readme.includes(`\`${field}\``))).toEqual([]);
      });
  });

  function verified(each: EventFixture): VerifiedDelivery {
    const delivery = deliver(requestOf(source, secret, each, each), each.now);
    const result = proof.verify(delivery, secret);
    if (!result.ok) throw new Error(`fixture ${name}/${each.name}: its proof is ${result.reason}`);
    return { ...delivery, payload: result.payload, sentAt: result.sentAt, deliveryId: result.deliveryId };
  }

  /** A verified delivery of these words. */
  function plain(body: Uint8Array, headers: Readonly<Record<string, string>>): VerifiedDelivery {
    const { now } = fixture as EventFixture;
    const delivery = deliver({ method: "POST", headers, query: {}, body }, now);
    return { ...delivery, payload: body, sentAt: now, deliveryId: "msg_1" };
  }

  /** What splitting a case gives; the one error when all of it is malformed. */
  function eventsOf(each: EventFixture): readonly (SourceEvent | InboundError)[] {
    const events = attempted(() => source.split(verified(each)));
    return events instanceof InboundError ? [events] : events;
  }

  function readable(each: EventFixture): SourceEvent[] {
    return eventsOf(each).flatMap((event) => (event instanceof InboundError ? [] : event));
  }

  /** A case as `changes.json` holds it, through the source's own API where it has one, as the worker does it. */
  async function meaningOf(each: EventFixture) {
    const completed: SourceEvent[] = [];
    const api = source.fetch && (await startRecordedApi([each]));
    try {
      const golden: unknown[] = [];
      for (const event of eventsOf(each)) {
        if (event instanceof InboundError) {
          golden.push({ dead: event.reason });
          continue;
        }
        const { type, subject, occurredAt } = event;
        const meant = await meaning(fromQueue(event), api?.url, each);
        if ("event" in meant) completed.push(meant.event);
        golden.push({ type, subject, occurredAt, ...meant.result });
      }
      return { golden, completed, requests: api?.requests ?? [] };
    } finally {
      await api?.close();
    }
  }

  async function meaning(event: SourceEvent, apiUrl: string | undefined, each: EventFixture) {
    let complete = event;
    try {
      if (source.fetch && apiUrl !== undefined) {
        const payload = await source.fetch.read(event, openApi(source.fetch, apiUrl, each.now));
        complete = fromQueue({ ...event, payload });
      }
      const changes = source.translate(complete, contextOf(each));
      const isNobody = changes.some(isWithoutLogin);
      const isExpected = each.golden?.some(
        (golden) => "dead" in golden && golden.dead === "identifier-missing",
      );
      const result = isNobody && isExpected ? { dead: "identifier-missing" } : { changes: asJson(changes) };
      return { event: complete, result };
    } catch (error) {
      if (!(error instanceof InboundError)) throw error;
      return { result: error.retryable ? { later: error.reason } : { dead: error.reason } };
    }
  }

  function openApi(fetch: Fetch<Secret>, apiUrl: string, startsAt: number): SourceApi<Secret> {
    const asked = secretWith({ apiHost: apiUrl });
    // The one thing between a test and a vendor's real API.
    const hosts = Object.values(fetch.hosts(asked)).map((host) => new URL(host).origin);
    expect([...new Set(hosts)], "apiHost of the secret decides alone whom fetch asks").toEqual([apiUrl]);
    let now = startsAt;
    const clock = {
      now: () => now,
      random: () => 0.5,
      async wait(milliseconds: number) {
        now += milliseconds;
      },
    };
    return sourceApis(clock)(fetch, asked, startsAt + 30_000);
  }

  /** Whether a body is either malformed or translated to the end. */
  function survives(body: Uint8Array, headers: Readonly<Record<string, string>>): boolean {
    const events = attempted(() => source.split(plain(body, headers)));
    if (events instanceof InboundError) return true;
    return events.every((event) =>
      event instanceof InboundError
        ? event.code === "malformed"
        : new Date(event.occurredAt).toISOString() === event.occurredAt && isTranslated(fromQueue(event)),
    );
  }

  function isTranslated(event: SourceEvent): boolean {
    const changes = attempted(() => source.translate(event, contextOf(fixture as EventFixture)));
    return Array.isArray(changes) || changes instanceof InboundError;
  }
}

/** Puts a request through the whole receiving path, with the one secret there is. */
async function received(source: Source<Secret>, request: WireRequest, now: number, secret: Secret) {
  const queued: QueuedMessage[] = [];
  const quiet = () => {};
  const reply = await receive(source, deliver(request, now), {
    secrets: secretReader(async () => ({ current: secret })),
    events: {
      async send(messages) {
        queued.push(...messages);
      },
    },
    log: { info: quiet, warn: quiet, error: quiet },
  });
  return { reply, queued };
}

function deliver({ method, headers, query, body }: WireRequest, receivedAt: number): Delivery {
  return {
    method,
    headers: { host: "inbound.example.com", ...headers },
    query: new URLSearchParams(query),
    body,
    receivedAt,
  };
}

/** A copy of a secret with every text in it changed, so that it is of the same shape and a stranger's. */
function altered(secret: Secret, change: (text: string) => string): Secret {
  return Object.fromEntries(
    Object.entries(secret).map(([key, value]) => [key, typeof value === "string" ? change(value) : value]),
  );
}

/** Its last digit counted up: whatever the text encodes, it stays readable and means something else. Letters without digits likewise. */
function foreign(text: string): string {
  const nextDigit = text.replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1) % 10));
  if (nextDigit !== text) return nextDigit;
  return text.replace(/[a-z](?=[^a-z]*$)/i, (letter) =>
    letter.toLowerCase() === "z" ? "a" : String.fromCodePoint(letter.charCodeAt(0) + 1),
  );
}

/** One character changed, near the end and yet where no encoding has spare bits. */
function changedPiece(text: string): string {
  const from = Math.max(0, text.length - 5);
  const index = text.slice(0, from + 1).search(/[0-9a-z][^0-9a-z]*$/i);
  if (index < 0) return `${text}1`;
  const character = text.charAt(index);
  const other = { z: "a", Z: "A", 9: "0" }[character] ?? String.fromCodePoint(character.charCodeAt(0) + 1);
  return text.slice(0, index) + other + text.slice(index + 1);
}

/** A handshake once for each text in its headers, query and body, with that text changed. */
function piecesOf(fixture: HandshakeFixture): { place: string; value: string; request: HandshakeFixture }[] {
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
  return [...inHeaders, ...inQuery, ...inBody];
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return value === "" ? [] : [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function publishedVector(name: string): z.infer<typeof Vector> | undefined {
  const path = new URL(`../vectors/senders/${name}.json`, import.meta.url);
  if (!existsSync(path)) return undefined;
  // Vectors of other shapes are for the tests of their proofs.
  return z.safeParse(Vector, JSON.parse(readFileSync(path, "utf8"))).data;
}

function contextOf({ settings }: EventFixture): TranslationContext {
  return { region: "CN", departments: {}, customData: {}, ...settings };
}

/** A person whom delivery could not create: there is nothing to log in with, and no name is invented. */
function isWithoutLogin(change: Change): boolean {
  return (
    change.kind === "create" &&
    personProblems(change.person).some(({ code }) => code === "identifier-missing")
  );
}

/** A source's API that answers from memory, for many questions in a short time. */
function inMemory(answers: EventFixture["answers"], secret: Secret, now: number): SourceApi<Secret> {
  const waiting = new Map(
    Object.entries(Object.groupBy(answers, ({ request }) => request.replace(/\?.*$/, ""))).map(
      ([request, list = []]) => [request, [...list]],
    ),
  );
  return {
    secret,
    now: () => now,
    async request({ method = "GET", path }: ApiRequest) {
      const list = waiting.get(`${method} ${path}`) ?? [];
      const answer = list.length > 1 ? list.shift() : list[0];
      if (!answer) return { status: 404, headers: {}, json: {} };
      if (answer.status === 429 || answer.status >= 500) {
        throw new InboundError("unavailable", "source-unreachable");
      }
      return { status: answer.status, headers: answer.headers ?? {}, json: answer.json };
    },
    async token(obtain) {
      return (await obtain()).token;
    },
    forgetToken() {},
  };
}

/** A source's API that nobody may ask. */
function unasked(secret: Secret): SourceApi<Secret> {
  const refuse = async () => {
    throw new Error("the source's API was asked");
  };
  return { secret, now: Date.now, request: refuse, token: refuse, forgetToken() {} };
}

function expectInboundError(error: unknown): InboundError {
  expect(error).toBeInstanceOf(InboundError);
  return error as InboundError;
}

/** What `work` returns, or the error if it finds its input malformed. Anything else that is thrown goes through. */
function attempted<Value>(work: () => Value): Value | InboundError {
  try {
    return work();
  } catch (error) {
    if (error instanceof InboundError && error.code === "malformed") return error;
    throw error;
  }
}

function replacedKey(
  record: Readonly<Record<string, string>>,
  key: string,
  value: string | undefined,
): Record<string, string> {
  const { [key]: _, ...others } = record;
  return value === undefined ? others : { ...others, [key]: value };
}

function isJson(body: Uint8Array): boolean {
  try {
    const document = JSON.parse(Buffer.from(body).toString()) as unknown;
    return typeof document === "object" && document !== null;
  } catch {
    return false;
  }
}

function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** As it comes out of the queue: plain JSON that nobody may change. */
function fromQueue(event: SourceEvent): SourceEvent {
  return frozen(asJson(event) as SourceEvent);
}

function frozen<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
}

function flipCase(text: string): string {
  return text.replace(/[a-z](?=[^a-z]*$)/i, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );
}

type Path = readonly (string | number)[];

function pathsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return [
    path,
    ...keys.flatMap((key) => pathsIn((value as Record<string | number, unknown>)[key], [...path, key])),
  ];
}

function replaced(document: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  const copy = (Array.isArray(document) ? [...document] : { ...(document as object) }) as Record<
    string | number,
    unknown
  >;
  copy[key] = replaced(copy[key], rest, value);
  return copy;
}
