import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { InboundError } from "#lib/pipeline/errors.ts";
import type { Delivery, SignedRequest, Source, SourceEvent, VerifiedDelivery } from "#lib/pipeline/source.ts";
import * as registry from "#lib/sources/registry.ts";

// One suite over every source, by itself: a new folder in lib/sources is found, attacked and compared without a line here.

type Secret = Readonly<Record<string, unknown>>;
const sources = Object.values(registry) as unknown as Source<Secret>[];
const folderOf = (name: string) => new URL(`../../lib/sources/${name}/`, import.meta.url);
/** A published delivery with its proof, in `test/vectors/senders/<source>.json`: {citation, secret, headers, body, now in seconds}. */
const vectorOf = (name: string) => new URL(`../vectors/senders/${name}.json`, import.meta.url);
const receivedAt = Date.parse("2026-01-31T18:42:05.000Z");
const context = { region: "CN", departments: {}, customData: {} };

interface Fixture {
  readonly source: string;
  readonly name: string;
  readonly body: Buffer;
  readonly isJson: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly now: number;
  readonly id: string;
  /** What is in `changes.json`; `undefined` when it is missing. */
  readonly golden: unknown;
}

/** `fixtures/<case>/`: the body, the golden changes and, where defaults will not do, `delivery.json` {headers, query, now, id}. */
function fixturesOf(source: string): Fixture[] {
  const folder = new URL("fixtures/", folderOf(source));
  const read = (path: string) =>
    existsSync(new URL(path, folder)) ? readFileSync(new URL(path, folder)) : undefined;
  const json = (path: string) => {
    const bytes = read(path);
    return bytes && (JSON.parse(bytes.toString()) as unknown);
  };
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      const bodies = readdirSync(new URL(`${name}/`, folder)).filter((file) => file.startsWith("body."));
      if (bodies.length !== 1) throw new Error(`fixture ${source}/${name}: give it exactly one body.*`);
      const type = { "body.json": "application/json", "body.form": "application/x-www-form-urlencoded" }[
        bodies[0] as string
      ];
      const given = (json(`${name}/delivery.json`) ?? {}) as {
        headers?: Record<string, string>;
        query?: Record<string, string>;
        now?: string;
        id?: string;
      };
      return {
        source,
        name,
        body: read(`${name}/${bodies[0]}`) as Buffer,
        isJson: bodies[0] === "body.json",
        headers: { ...(type && { "content-type": type }), ...given.headers },
        query: given.query ?? {},
        now: given.now ? Date.parse(given.now) : receivedAt,
        id: given.id ?? `msg_${name}`,
        golden: json(`${name}/changes.json`),
      };
    });
}

const fixtures = new Map(sources.map(({ name }) => [name, fixturesOf(name)]));
const secretOf = (source: Source<Secret>) =>
  z.parse(
    source.secret,
    JSON.parse(readFileSync(new URL("fixtures/secret.json", folderOf(source.name)), "utf8")),
  );

/** A copy of a secret with every text in it changed, so that it is of the same shape and a stranger's. */
function altered(secret: Secret, change: (text: string) => string): Secret {
  return Object.fromEntries(
    Object.entries(secret).map(([key, value]) => [key, typeof value === "string" ? change(value) : value]),
  );
}
/** Its last digit counted up: whatever the text encodes, it stays readable and means something else. */
const foreign = (text: string) => text.replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1) % 10));

function deliver(
  { headers, query, body }: SignedRequest,
  fixture: Pick<Fixture, "headers" | "query" | "now">,
): Delivery {
  return {
    method: "POST",
    headers: { host: "inbound.example.com", ...fixture.headers, ...headers },
    query: new URLSearchParams({ ...fixture.query, ...query }),
    body,
    receivedAt: fixture.now,
  };
}

function verified(source: Source<Secret>, fixture: Fixture): VerifiedDelivery {
  const secret = secretOf(source);
  const delivery = deliver(
    source.proof.sign(fixture.body, secret, { now: fixture.now, id: fixture.id }),
    fixture,
  );
  const result = source.proof.verify(delivery, secret);
  if (!result.ok) throw new Error(`fixture ${source.name}/${fixture.name}: its proof is ${result.reason}`);
  return { ...delivery, payload: result.payload, sentAt: result.sentAt, deliveryId: result.deliveryId };
}

function frozen<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
}

/** As it comes out of the queue: plain JSON. */
const queued = (event: SourceEvent) => frozen(JSON.parse(JSON.stringify(event)) as SourceEvent);

describe.each(sources)("the proof of $name", (source) => {
  const { proof } = source;
  const secret = secretOf(source);
  const [fixture] = fixtures.get(source.name) as [Fixture, ...Fixture[]];
  const at = { now: fixture.now, id: fixture.id };
  const signed = proof.sign(fixture.body, secret, at);
  const attempt = (request: SignedRequest, by: Secret = secret, now = fixture.now) =>
    proof.verify(deliver(request, { ...fixture, now }), by);
  const added = Object.entries(signed.headers);

  it("accepts what it signs, and hands back the body", () => {
    for (const each of fixtures.get(source.name) ?? []) {
      const request = proof.sign(each.body, secret, { now: each.now, id: each.id });
      const result = proof.verify(deliver(request, each), secret);
      expect(result).toMatchObject({ ok: true, payload: expect.any(Uint8Array) });
      const isHandedBack = result.ok && Buffer.from(result.payload).equals(each.body);
      expect(isHandedBack).toBe(true);
    }
  });

  // What we sign ourselves would agree with any mistake in the order of what is signed.
  it.runIf(existsSync(vectorOf(source.name)))("agrees with a delivery that the vendor's side signed", () => {
    const vector = JSON.parse(readFileSync(vectorOf(source.name), "utf8")) as {
      secret: Secret;
      headers: Record<string, string>;
      body: string;
      now: number;
    };
    const given = { headers: {}, query: {}, now: vector.now * 1000 };
    const request = { headers: vector.headers, body: Buffer.from(vector.body) };
    expect(proof.verify(deliver(request, given), vector.secret)).toMatchObject({ ok: true });
  });

  it("refuses a delivery that lacks any part of the proof", () => {
    expect(attempt({ ...signed, headers: {}, query: {} })).toMatchObject({ ok: false });
    const accepted = added.filter(([name]) => {
      const { [name]: _, ...others } = signed.headers;
      return (
        attempt({ ...signed, headers: others }).ok ||
        attempt({ ...signed, headers: { ...others, [name]: "" } }).ok
      );
    });
    expect(accepted).toEqual([]);
  });

  it("refuses a stranger's secret", () => {
    const strange = altered(secret, foreign);
    expect(strange).not.toEqual(secret);
    expect(attempt(proof.sign(fixture.body, strange, at))).toMatchObject({ ok: false });
    expect(attempt(signed, strange)).toMatchObject({ ok: false });
  });

  it("refuses another source's proof", () => {
    const accepted = sources
      .filter((other) => other !== source)
      .filter((other) => attempt(other.proof.sign(fixture.body, secretOf(other), at)).ok)
      .map(({ name }) => name);
    expect(accepted).toEqual([]);
  });

  it("refuses everything where the secret is empty", () => {
    const empty = altered(secret, () => "");
    expect(attempt(signed, empty)).toEqual({ ok: false, reason: "secret-empty" });
    expect(() => proof.sign(fixture.body, empty, at)).toThrow(InboundError);
  });

  it("accepts the current or the previous secret, and none before them", () => {
    const versions = [altered(secret, foreign), secret];
    const holds = (request: SignedRequest) => versions.some((version) => attempt(request, version).ok);
    for (const version of versions) expect(holds(proof.sign(fixture.body, version, at))).toBe(true);
    const older = altered(altered(secret, foreign), foreign);
    expect(holds(proof.sign(fixture.body, older, at))).toBe(false);
  });

  it("refuses a truncated, lengthened or changed proof", () => {
    // Padding carries nothing, and hex may be written in either case.
    const means = (text: string) =>
      /^[0-9a-f]+$/i.test(text) ? text.toLowerCase() : text.replace(/={1,2}$/, "");
    const accepted = added.flatMap(([name, value]) =>
      [value.slice(0, -1), value.slice(1), `${value}0`, flipCase(value)]
        .filter((changed) => means(changed) !== means(value))
        .filter((changed) => attempt({ ...signed, headers: { ...signed.headers, [name]: changed } }).ok),
    );
    expect(accepted).toEqual([]);
  });

  it("refuses a proof that comes twice", () => {
    const inHeaders = added.filter(
      ([name, value]) =>
        attempt({ ...signed, headers: { ...signed.headers, [name]: `${value},${value}` } }).ok,
    );
    const inQuery = Object.entries(signed.query ?? {}).filter(([name, value]) => {
      const delivery = deliver(signed, fixture);
      delivery.query.append(name, value);
      return proof.verify(delivery, secret).ok;
    });
    expect([...inHeaders, ...inQuery]).toEqual([]);
  });

  it.runIf(proof.coversBody)("refuses a body of which one byte differs", () => {
    const { body } = signed;
    const accepted = [0, 1, Math.floor(body.length / 2), body.length - 1].filter((index) => {
      const tampered = Uint8Array.from(body);
      tampered[index] = (tampered[index] as number) ^ 1;
      return attempt({ ...signed, body: tampered }).ok;
    });
    expect(accepted).toEqual([]);
    expect(attempt({ ...signed, body: body.subarray(1) })).toMatchObject({ ok: false });
    expect(attempt({ ...signed, body: body.subarray(0, -1) })).toMatchObject({ ok: false });
    expect(attempt({ ...signed, body: new Uint8Array() })).toMatchObject({ ok: false });
  });

  it.runIf(proof.coversBody && fixture.isJson)("refuses the same JSON, written again", () => {
    const again = Buffer.from(JSON.stringify(JSON.parse(fixture.body.toString())));
    expect(again.equals(fixture.body)).toBe(false);
    expect(attempt({ ...signed, body: again })).toMatchObject({ ok: false });
  });

  it.runIf(proof.refusesStale)("refuses a delivery that is six minutes old, or early", () => {
    const minutes = 60_000;
    expect(attempt(signed, secret, fixture.now + 6 * minutes)).toEqual({
      ok: false,
      reason: "timestamp-stale",
    });
    expect(attempt(signed, secret, fixture.now - 6 * minutes)).toEqual({
      ok: false,
      reason: "timestamp-early",
    });
    expect(attempt(signed, secret, fixture.now + 4 * minutes)).toMatchObject({ ok: true });
  });
});

function flipCase(text: string): string {
  return text.replace(/[a-z](?=[^a-z]*$)/i, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );
}

describe.each(sources)("the events of $name", (source) => {
  const cases = fixtures.get(source.name) ?? [];
  /** The events of a case, all of which can be read. */
  const eventsOf = (fixture: Fixture): SourceEvent[] => {
    const events = source.split(verified(source, fixture));
    expect(events.filter((event) => event instanceof InboundError)).toEqual([]);
    return events.flatMap((event) => (event instanceof InboundError ? [] : event));
  };

  it.each(cases)("translates $name into its golden changes", (fixture) => {
    expect(fixture.golden, `write ${fixture.name}/changes.json`).toBeDefined();
    const events = eventsOf(fixture);
    expect(
      events.map((event) => ({
        type: event.type,
        subject: event.subject,
        occurredAt: event.occurredAt,
        changes: JSON.parse(JSON.stringify(source.translate(queued(event), context))),
      })),
    ).toEqual(fixture.golden);
  });

  it.each(cases)("gives each event of $name an id, a subject and a time", (fixture) => {
    const events = eventsOf(fixture);
    for (const event of events) {
      expect(event.id).toMatch(/^.{1,256}$/);
      expect(event.subject).toMatch(/^.{1,256}$/);
      expect(event.type).toMatch(/^.{1,128}$/);
      expect(new Date(event.occurredAt).toISOString()).toBe(event.occurredAt);
      expect(queued(event)).toEqual(event);
    }
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  });

  it.each(cases)("knows $name again when it is delivered again", (fixture) => {
    const ids = (again: Fixture) => eventsOf(again).map(({ id }) => id);
    expect(ids({ ...fixture, now: fixture.now + 3_600_000 })).toEqual(ids(fixture));
  });

  it.each(cases)("is pure over $name", (fixture) => {
    const delivery = verified(source, fixture);
    const before = Buffer.from(delivery.payload);
    const events = eventsOf(fixture);
    expect(source.split(delivery)).toEqual(events);
    expect(source.split(delivery)).toEqual(events);
    expect(Buffer.from(delivery.payload).equals(before)).toBe(true);
    for (const event of events.map(queued)) {
      expect(source.translate(event, frozen({ ...context }))).toEqual(source.translate(event, context));
    }
  });

  it("has cases with Chinese and with accented names", () => {
    const names = JSON.stringify(cases.map(({ golden }) => golden));
    expect(names).toMatch(/"name":"[^"]*\p{Script=Han}/u);
    expect(names).toMatch(/"name":"[^"]*[À-ž]/u);
    expect(cases.length).toBeGreaterThanOrEqual(5);
  });

  const splitBody = (body: Uint8Array, headers: Readonly<Record<string, string>>) =>
    source.split({
      method: "POST",
      headers,
      query: new URLSearchParams(),
      body,
      payload: body,
      receivedAt,
      sentAt: receivedAt,
      deliveryId: "msg_1",
    });

  /** What splitting says of a body: its events, or the error if it is malformed. Anything else that is thrown goes through. */
  function attemptSplit(
    body: Uint8Array,
    headers: Readonly<Record<string, string>>,
  ): readonly (SourceEvent | InboundError)[] | InboundError {
    try {
      return splitBody(body, headers);
    } catch (error) {
      if (error instanceof InboundError && error.code === "malformed") return error;
      throw error;
    }
  }

  /** Whether a body is either malformed or translated to the end. */
  function survives(body: Uint8Array, headers: Readonly<Record<string, string>>): boolean {
    const events = attemptSplit(body, headers);
    if (events instanceof InboundError) return true;
    return events.every((event) =>
      event instanceof InboundError
        ? event.code === "malformed"
        : new Date(event.occurredAt).toISOString() === event.occurredAt &&
          Array.isArray(source.translate(queued(event), context)),
    );
  }

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
    ];
    const bytes = bodies.map((body) => Buffer.from(body));
    for (const body of [...bytes, Buffer.from([0xff, 0xfe, 0x7b]), Buffer.from([0x7b, 0x22, 0xc3, 0x28])]) {
      for (const type of ["application/json", "application/x-www-form-urlencoded", ""]) {
        const error = attemptSplit(body, { "content-type": type });
        expect(error).toBeInstanceOf(InboundError);
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

  it.each(cases.filter(({ isJson }) => isJson))("survives bottomless JSON anywhere in $name", (fixture) => {
    const depth = 20_000;
    const deep = `${"[".repeat(depth)}${"]".repeat(depth)}`;
    const document = JSON.parse(fixture.body.toString()) as unknown;
    const bodies = pathsIn(document).map((path) =>
      JSON.stringify(replaced(document, path, "bottomless")).replace('"bottomless"', deep),
    );
    expect(bodies.every((body) => survives(Buffer.from(body), fixture.headers))).toBe(true);
  });

  it.each(cases.filter(({ isJson }) => isJson))("survives any value anywhere in $name", (fixture) => {
    const places = pathsIn(JSON.parse(fixture.body.toString()) as unknown);
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.jsonValue({ maxDepth: 2 }), (path, value) => {
        const document = JSON.parse(fixture.body.toString()) as unknown;
        const body = Buffer.from(JSON.stringify(replaced(document, path, value)));
        expect(survives(body, fixture.headers)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it.each(cases.filter(({ isJson }) => !isJson))("survives any byte changed in $name", (fixture) => {
    fc.assert(
      fc.property(fc.nat(fixture.body.length - 1), fc.nat(255), (index, byte) => {
        const body = Buffer.from(fixture.body);
        body[index] = byte;
        expect(survives(body, fixture.headers)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it("names in its README every field of Authing that it fills", () => {
    const readme = readFileSync(new URL("README.md", folderOf(source.name)), "utf8");
    const filled = new Set(
      cases
        .flatMap(({ golden }) => golden as { changes: { person?: object }[] }[])
        .flatMap(({ changes }) => changes)
        .flatMap(({ person = {} }) => Object.keys(person)),
    );
    expect(filled.size).toBeGreaterThan(0);
    expect([...filled].filter((field) => !readme.includes(`\`${field}\``))).toEqual([]);
  });
});

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
