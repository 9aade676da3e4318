import type { Context } from "aws-lambda";
import { describe, expect, it } from "vitest";
import { functionDefinitions } from "#infra/aws/functions.ts";
import { InboundError } from "#lib/contract/errors.ts";
import { withRenewals } from "#lib/handlers/renewals.ts";
import type { RenewPorts } from "#lib/pipeline/renew.ts";

const context = { awsRequestId: "r", getRemainingTimeInMillis: () => 30_000 } as Context;

/** Ports of one source, whose renewal is this. */
const portsOf = (run: () => Promise<undefined>): RenewPorts => ({
  sources: new Map([["acme", { secret: {} as never, renew: { hosts: () => ({ api: "" }), run } }]]),
  secrets: { read: async () => [{}] } as never,
  openApi: (() => ({})) as never,
  ledger: { cursor: async () => undefined, moveCursor: async () => {} },
  clock: { now: Date.now },
  log: { begin() {}, info() {}, warn() {}, error() {} },
});

describe("a function that a schedule invokes beside its queue", () => {
  it("renews at the schedule's message, and gives every other event to the function itself", async () => {
    const handled: object[] = [];
    let runs = 0;
    const handler = withRenewals(
      async (event: object) => void handled.push(event),
      () => portsOf(async () => void (runs += 1)),
    );
    expect(await handler({ kind: "renew-subscriptions" }, context)).toEqual({ renewed: true });
    expect({ runs, handled }).toEqual({ runs: 1, handled: [] });
    const others = [{ Records: [] }, { kind: "another" }, {}];
    for (const event of others) await handler(event, context);
    expect({ runs, handled }).toEqual({ runs: 1, handled: others });
  });

  it("fails where a renewal did, so that Lambda tries again and the alarm rings", async () => {
    const refused = new InboundError("misconfigured", "source-refused");
    const handler = withRenewals(
      async () => {},
      () => portsOf(() => Promise.reject(refused)),
    );
    await expect(handler({ kind: "renew-subscriptions" }, context)).rejects.toMatchObject({
      reason: "subscription-not-renewed",
    });
  });
});

describe("the worker", () => {
  it("is invoked each hour, and may read the secret, only where a source has something to renew", () => {
    const worker = (source: object) =>
      JSON.stringify(
        functionDefinitions([{ name: "acme", redeliversForSeconds: 60, ...source }], undefined).find(
          ({ name }) => name === "events-apply",
        ),
      );
    const message = '"schedule":{"rate":["rate(1 hour)"],"input":{"kind":"renew-subscriptions"}}';
    const [renewing, silent] = [worker({ renew: {} }), worker({})];
    expect(renewing).toContain(message);
    expect(renewing).toContain("AcmeSecret");
    expect(silent).not.toContain("renew-subscriptions");
    expect(silent).not.toContain("AcmeSecret");
  });
});
