import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { InboundError } from "#lib/contract/errors.ts";
import type { QueuedMessage } from "#lib/contract/queue.ts";
import { receive } from "#lib/pipeline/receive.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import type { ApiRequest, Source, SourceApi, SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import {
  fixtureSecret,
  fixturesFolder,
  fixtureSigner,
  readFixtures,
  requestOf,
  type EventFixture,
  type HandshakeFixture,
} from "#infra/fixtures/cases.ts";
import { pingRequest, signedRequest, type WireRequest } from "#infra/fixtures/requests.ts";
import { asQueued, contextOf, eventsOf, meaningOf, verifiedCase } from "#infra/fixtures/meaning.ts";
import { arrived, isJson, proofSuite } from "./source-proof.ts";
import { altered, foreign, type Secret } from "./strangers.ts";

// What every source has to do, attacked and compared by one suite: a new source is found by its folder and its fixtures.

/** One's own sources bring fewer cases than the ones that are shipped, and no README. */
interface SourceSuiteOptions {
  readonly fewestCases: number;
  readonly readme?: URL;
  /** Default: beside the source. */
  readonly fixtures?: string;
}

const hour = 60 * 60_000;

export function sourceSuite(definition: Source, options: SourceSuiteOptions): void {
  const source = definition as unknown as Source<Secret>;
  const { name, proof } = source;
  const folder = options.fixtures ?? fixturesFolder(name);
  const cases = readFixtures(name, folder);
  const eventCases = cases.filter((each) => each.kind === "events");
  const handshakes = cases.filter((each) => each.kind === "handshake");
  const invented = fixtureSecret(name, folder);
  const signer = fixtureSigner(name, folder);

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

  const secret = z.parse(source.secret, invented);
  const given = { source, secret, signer };

  proofSuite({ source, secret, signer, eventCases });

  describe(`receiving from ${name}`, () => {
    it.each(eventCases)("queues what $name says, and thanks for it", async (each) => {
      const { reply, queued } = await received(
        source,
        requestOf(source, secret, each, each, signer),
        each.now,
        secret,
      );
      expect(reply.status).toBeGreaterThanOrEqual(200);
      expect(reply.status).toBeLessThan(300);
      const read = (await eventsOf(given, each)).filter((event) => !(event instanceof InboundError));
      expect(queued.filter(({ kind }) => kind === "event")).toHaveLength(read.length);
      expect(
        await received(
          source,
          requestOf(source, secret, each, each, signer),
          each.now,
          altered(secret, foreign),
        ),
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
      const event = arrived(requestOf(source, secret, fixture, fixture, signer), fixture.now);
      const verdicts = await Promise.all(strangers.map(([, stranger]) => proof.verify(event, stranger)));
      const ofEvent = strangers.filter((_, index) => !verdicts[index]?.ok);
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
      const said = pingRequest(ping ?? { query: {} });

      it("is taken, asks nobody, and means nothing", async () => {
        expect(ping, "write what the sender could say that is about nobody").toBeDefined();
        const request = signedRequest(proof, secret, said, fixture, signer);
        const { reply, queued } = await received(source, request, fixture.now, secret);
        expect([200, 202]).toContain(reply.status);
        for (const message of queued) {
          if (message.kind !== "event") throw new Error(`unreadable: ${message.reason}`);
          const event = asQueued(message.event);
          const payload = source.fetch ? await source.fetch.read(event, unasked(secret)) : event.payload;
          expect(source.translate({ ...event, payload }, contextOf(fixture))).toEqual([]);
        }
      });

      it("is refused without its proof", async () => {
        const { reply, queued } = await received(source, said, fixture.now, secret);
        expect(reply).toEqual({ status: 401 });
        expect(queued).toEqual([]);
      });
    });
  }

  describe(`the events of ${name}`, () => {
    it.each(eventCases)("translates $name into its golden changes", async (each) => {
      expect(each.golden, `write ${each.name}/changes.json`).toBeDefined();
      const { golden, requests } = await meaningOf(given, each);
      expect(golden).toEqual(each.golden);
      expect(requests.filter(({ known }) => !known)).toEqual([]);
      const recorded = new Set(each.answers.map(({ request }) => request.replace(/\?.*$/, "")));
      expect([...recorded].filter((path) => !requests.some(({ request }) => request === path))).toEqual([]);
    });

    it.each(eventCases)("gives each event of $name an id, a subject and a time", async (each) => {
      const events = await readable(each);
      for (const event of events) {
        expect(event.id).toMatch(/^.{1,256}$/);
        expect(event.subject).toMatch(/^.{1,256}$/);
        expect(event.type).toMatch(/^.{1,128}$/);
        expect(new Date(event.occurredAt).toISOString()).toBe(event.occurredAt);
        expect(asQueued(event)).toEqual(event);
      }
      expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    });

    it.each(eventCases)("knows $name again when it is delivered again", async (each) => {
      const ids = async (now: number) => (await readable({ ...each, now })).map(({ id }) => id);
      expect(await ids(each.now + hour)).toEqual(await ids(each.now));
    });

    it.each(eventCases)("is pure over $name", async (each) => {
      const delivery = await verifiedCase(given, each);
      const before = Buffer.from(delivery.payload);
      const events = attempted(() => source.split(delivery));
      expect(attempted(() => source.split(delivery))).toEqual(events);
      expect(Buffer.from(delivery.payload).equals(before)).toBe(true);
      const { completed } = await meaningOf(given, each);
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
        const isQuery = each.extension === "query";
        const said = isQuery ? Buffer.from(new URLSearchParams(each.query).toString()) : each.body;
        fc.assert(
          fc.property(fc.nat(said.length - 1), fc.nat(255), (index, byte) => {
            const body = Buffer.from(said);
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
        const events = await readable(each);
        const places = pathsIn(each.answers.map(({ json }) => json)).filter(({ length }) => length > 0);
        await fc.assert(
          fc.asyncProperty(
            fc.constantFrom(...places),
            fc.jsonValue({ maxDepth: 2 }),
            async ([index, ...path], value) => {
              const answers = each.answers.map((answer, at) =>
                at === index ? { ...answer, json: replaced(answer.json, path, value) } : answer,
              );
              for (const event of events) {
                const payload = await fetch
                  ?.read(asQueued(event), inMemory(answers, secret, each.now))
                  .catch(expectInboundError);
                if (payload === undefined || payload instanceof InboundError) continue;
                expect(isTranslated(asQueued({ ...event, payload }))).toBe(true);
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

  /** A verified delivery of these words. */
  function plain(body: Uint8Array, headers: Readonly<Record<string, string>>): VerifiedDelivery {
    const { now, method } = fixture as EventFixture;
    const rawQuery = method === "GET" ? Buffer.from(body).toString() : "";
    const query = new URLSearchParams(rawQuery);
    return {
      method,
      headers,
      rawQuery,
      query,
      payload: body,
      receivedAt: now,
      sentAt: now,
      deliveryId: "msg_1",
    };
  }

  async function readable(each: EventFixture): Promise<SourceEvent[]> {
    return (await eventsOf(given, each)).flatMap((event) => (event instanceof InboundError ? [] : event));
  }

  /** Whether a body is either malformed or translated to the end. */
  function survives(body: Uint8Array, headers: Readonly<Record<string, string>>): boolean {
    const events = attempted(() => source.split(plain(body, headers)));
    if (events instanceof InboundError) return true;
    return events.every((event) =>
      event instanceof InboundError
        ? event.code === "malformed"
        : new Date(event.occurredAt).toISOString() === event.occurredAt && isTranslated(asQueued(event)),
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
  const reply = await receive(source, arrived(request, now), {
    secrets: secretReader(async () => ({ current: secret })),
    events: {
      async send(messages) {
        queued.push(...messages);
      },
    },
    enrolments: { keep: () => Promise.reject(new Error("a secret was brought where there is one")) },
    log: { info: quiet, warn: quiet, error: quiet },
  });
  return { reply, queued };
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
      if (!answer) return { status: 404, json: {} };
      if (answer.status === 429 || answer.status >= 500) {
        throw new InboundError("unavailable", "source-unreachable");
      }
      return { status: answer.status, json: answer.json };
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

function frozen<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
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
