import * as z from "zod/mini";
import { describe, expect, it } from "vitest";
import { InboundError } from "#lib/contract/errors.ts";
import type { Renewal, Source } from "#lib/contract/source.ts";
import { renewSubscriptions, type RenewPorts } from "#lib/pipeline/renew.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import { sourceApis } from "#lib/source-apis/source-api.ts";
import { memoryLedger } from "../memory/ledger.ts";

const secret = z.object({ token: z.string() });
type Run = Renewal<unknown>["run"];

const clock = { now: () => Date.UTC(2026, 1, 10), random: () => 0.5, wait: async () => {} };

/** Sources whose renewals are these, and what was logged. */
function world(runs: Readonly<Record<string, Run | undefined>>, token: unknown = "invented") {
  const lines: unknown[][] = [];
  const line = (...told: unknown[]) => void lines.push(told);
  const read: string[] = [];
  const ports: RenewPorts = {
    sources: new Map(
      Object.entries(runs).map(([name, run]) => [
        name,
        {
          secret,
          ...(run && { renew: { hosts: () => ({ api: "https://api.example.com" }), run } }),
        } as unknown as Source<unknown>,
      ]),
    ),
    secrets: secretReader(async (name) => {
      read.push(name);
      return { current: { token } };
    }),
    openApi: sourceApis(clock),
    ledger: memoryLedger(clock.now),
    clock,
    log: { begin() {}, info: line, warn: line, error: line },
  };
  return { ports, lines, read, renew: () => renewSubscriptions(ports, clock.now() + 60_000) };
}

describe("subscriptions of sources", () => {
  it("are renewed with the source's secret, and only where a source has some", async () => {
    const secrets: unknown[] = [];
    const { renew, read } = world({
      acme: async (api) => void secrets.push(api.secret),
      other: undefined,
    });
    expect(await renew()).toEqual([]);
    expect(secrets).toEqual([{ token: "invented" }]);
    expect(read).toEqual(["sources/acme"]);
  });

  it("know what the run before returned, which nothing else of the source is stored over", async () => {
    const known: (string | undefined)[] = [];
    let runs = 0;
    const { renew, ports, lines } = world({
      acme: async (_, last) => {
        known.push(last);
        runs += 1;
        return runs < 3 ? "until Monday" : undefined;
      },
    });
    await ports.ledger.moveCursor("acme", "page 3");
    for (const _ of Array(4)) await renew();
    expect(known).toEqual([undefined, "until Monday", "until Monday", "until Monday"]);
    expect(await ports.ledger.cursor("acme")).toBe("page 3");
    // Nothing is said of what still lasts.
    expect(lines).toEqual([["subscription renewed", { source: "acme" }]]);
  });

  it("are renewed each by itself: of one that fails the log says why, and what it knew is kept", async () => {
    const { renew, lines, ports } = world({
      first: () => Promise.reject(new InboundError("unavailable", "source-unreachable")),
      second: async () => "renewed",
      third: () => Promise.reject(new TypeError("a bug")),
    });
    await ports.ledger.moveCursor("first renewal", "until Monday");
    expect(await renew()).toEqual(["first", "third"]);
    expect(lines).toHaveLength(3);
    expect(lines).toEqual(
      expect.arrayContaining([
        ["subscription not renewed", { source: "first", reason: "source-unreachable" }],
        ["subscription not renewed", { source: "third", reason: expect.any(String) as string }],
      ]),
    );
    expect(await ports.ledger.cursor("first renewal")).toBe("until Monday");
    expect(await ports.ledger.cursor("second renewal")).toBe("renewed");
  });

  it("fail where the secret is wrong", async () => {
    const { renew, lines } = world({ acme: async () => undefined }, 7);
    expect(await renew()).toEqual(["acme"]);
    expect(lines).toEqual([["subscription not renewed", expect.objectContaining({ source: "acme" })]]);
  });
});
