import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { InboundError } from "#lib/contract/errors.ts";
import * as fc from "../properties.ts";
import { frozen, isJson, pathsIn, replaced } from "./json-places.ts";
import { asQueued, contextOf } from "#infra/local/case-meaning.ts";
import { attempted, type SourceUnderTest } from "./source-under-test.ts";

// The translation of deliveries: it gives the golden changes, gives the same ones again, and fails with nothing but `malformed`.

const hour = 60 * 60_000;

export function attackTranslation(tested: SourceUnderTest): void {
  const { source, fixture, eventCases, plain, readable, survives, meaningOf, verified } = tested;
  const { name } = source;

  describe(`the events of ${name}, ${fixture.method}`, () => {
    it.each(eventCases)("translates $name into its golden changes", async (each) => {
      expect(each.golden, `write ${each.name}/changes.json`).toBeDefined();
      const { golden, requests } = await meaningOf(each);
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

    it.each(eventCases)("gives the events of $name the same ids when it is delivered again", async (each) => {
      const ids = async (now: number) => (await readable({ ...each, now })).map(({ id }) => id);
      expect(await ids(each.now + hour)).toEqual(await ids(each.now));
    });

    it.each(eventCases)("is pure over $name", async (each) => {
      const delivery = await verified(each);
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

    it("refuses a body that it cannot read as malformed, without quoting it", () => {
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
    it.each(jsonCases)("survives deeply nested JSON anywhere in $name", (each) => {
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

    if (tested.readme)
      it("names in its README every field of Authing that it fills", () => {
        const readme = readFileSync(tested.readme as URL, "utf8");
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
}
