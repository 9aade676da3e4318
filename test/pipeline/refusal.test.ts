import { describe, expect, it } from "vitest";
import type { Log, LogFields } from "#lib/contract/log.ts";
import type { Refusal } from "#lib/contract/refusals.ts";
import { shapeOf, tellRefusal } from "#lib/pipeline/refusal.ts";

const refusal: Refusal = {
  status: 401,
  reason: "proof-missing",
  source: "acme",
  method: "POST",
  headers: "host",
  bodyBytes: 2,
};

/** A log that counts what it is told of, and what it only counts. */
function countingLog() {
  const told: LogFields[] = [];
  let counted = 0;
  const log: Log = {
    info: () => {},
    warn(_, fields = {}, metrics = {}) {
      told.push(fields);
      counted += metrics.DeliveriesRefused ?? 0;
    },
    error: () => {},
    count: ({ DeliveriesRefused = 0 }) => void (counted += DeliveriesRefused),
  };
  return { log, told, counted: () => counted };
}

describe("a flood of refused deliveries", () => {
  it("is told of in twenty lines a minute, and counted whole", () => {
    const { log, told, counted } = countingLog();
    for (let index = 0; index < 1000; index += 1) tellRefusal(log, refusal, 1_000 + index);
    expect(told).toHaveLength(20);
    expect(counted()).toBe(1000);

    // The next minute begins with how many the one before left out.
    tellRefusal(log, refusal, 61_000);
    tellRefusal(log, refusal, 61_001);
    expect(told.slice(20)).toEqual([{ ...refusal, untold: 980 }, refusal]);
    expect(counted()).toBe(1002);
  });

  it("is bounded for each log by itself, and where a log counts nothing", () => {
    const quiet = countingLog();
    const { count: _, ...log } = quiet.log;
    for (let index = 0; index < 30; index += 1) tellRefusal(log, refusal, index);
    const other = countingLog();
    tellRefusal(other.log, refusal, 30);
    expect(quiet.told).toHaveLength(20);
    expect(other.told).toHaveLength(1);
  });
});

describe("what is told of a stranger's request", () => {
  const request = (headers: Record<string, string>, method = "POST") =>
    shapeOf({ method, headers, body: Buffer.from("张三") });

  it("is the names of its headers, sorted, and how long its body is", () => {
    expect(request({ host: "h", "x-signature": "secret", accept: "*/*" })).toEqual({
      method: "POST",
      headers: "accept,host,x-signature",
      bodyBytes: 6,
    });
  });

  it("holds no name that is no name of a header, and at most forty of them", () => {
    const odd = { "x_secret=1": "", 姓名: "", "zhang.san@example.com": "", ["x".repeat(65)]: "", ok: "" };
    expect(request(odd).headers).toBe("ok");
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`h-${1000 + index}`, ""]));
    expect(request(many).headers.split(",")).toHaveLength(40);
  });

  it.each([
    ["application/json; charset=utf-8", "application/json"],
    ["Text/XML", "text/xml"],
    ["application/cloudevents+json", "application/cloudevents+json"],
    ["zhang.san@example.com", undefined],
    ["application/张三", undefined],
    ["secret/value", undefined],
    ["", undefined],
  ])("has the media type of %j: %j", (type, mediaType) => {
    expect(request({ "content-type": type }).mediaType).toBe(mediaType);
  });

  it("has one of the methods of HTTP", () => {
    expect(request({}, "PATCH").method).toBe("PATCH");
    expect(request({}, "SECRET").method).toBe("other");
  });
});
