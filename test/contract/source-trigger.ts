import type { Context } from "aws-lambda";
import { describe, expect, it } from "vitest";
import type { LogFields } from "#lib/contract/log.ts";
import type { QueuedMessage } from "#lib/contract/queue.ts";
import { trigger } from "#lib/handlers/trigger.ts";
import { receive } from "#lib/pipeline/receive.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import { arrived, type SourceUnderTest } from "./source-under-test.ts";

// A source that AWS itself invokes: a person waits for the answer, which comes in time and unchanged, whatever happens behind it.

const context = { awsRequestId: "invocation-1" } as Context;
const planted = "planted-Passw0rd";

export function attackTrigger(tested: SourceUnderTest): void {
  const { source, secret, eventCases, requestFor } = tested;
  const { name } = source;
  const bodyOf = ({ body }: { readonly body: Uint8Array }): unknown =>
    JSON.parse(Buffer.from(body).toString());

  /** Invokes the function of the source; `send` is what the queue does. */
  async function invoked(invocation: unknown, send?: () => Promise<void>, milliseconds?: number) {
    const queued: QueuedMessage[] = [];
    const lines: [string, LogFields, object | undefined][] = [];
    const keep = (message: string, fields: LogFields = {}, counts?: object) =>
      void lines.push([message, fields, counts]);
    const handler = trigger(
      source,
      () => ({
        events: {
          async send(messages) {
            await send?.();
            queued.push(...messages);
          },
        },
        log: { info: keep, warn: keep, error: keep },
      }),
      milliseconds,
    );
    return { answer: await handler(invocation, context), queued, lines };
  }

  describe(`the trigger of ${name}`, () => {
    it.each(eventCases)("queues the events of $name, and answers with what it was given", async (each) => {
      const invocation = bodyOf(each);
      const { answer, queued } = await invoked(invocation);
      expect(answer).toBe(invocation);
      expect(answer).toEqual(bodyOf(each));
      expect(queued.flatMap((message) => (message.kind === "event" ? [message.event.type] : []))).toEqual(
        (await tested.readable(each)).map(({ type }) => type),
      );
      for (const { reception } of queued) expect(reception.proof).toBe("aws-invocation");
    });

    it.each(eventCases)(
      "queues nothing of $name that is not read, least of all what a person typed",
      async (each) => {
        const invocation = bodyOf(each) as Record<string, unknown>;
        const bad = { password: planted, validationData: { password: planted }, code: planted };
        const parts = Object.entries(invocation).map(([key, value]) => [
          key,
          typeof value === "object" && value !== null ? { ...value, ...bad, clientMetadata: bad } : value,
        ]);
        const { queued, lines } = await invoked({ ...Object.fromEntries(parts), ...bad });
        expect(JSON.stringify([queued, lines])).not.toContain(planted);
        expect(queued).toHaveLength((await invoked(invocation)).queued.length);
      },
    );

    it.each([undefined, null, 0, "", "text", [], {}, { request: null }, { request: { userAttributes: [] } }])(
      "answers %j with itself",
      async (nonsense) => {
        const { answer, queued } = await invoked(nonsense);
        expect(answer).toBe(nonsense);
        expect(queued.every(({ kind }) => kind === "unreadable")).toBe(true);
      },
    );

    const telling = eventCases.find(({ golden }) => JSON.stringify(golden ?? []).includes('"kind":"create"'));
    const invocation = telling && bodyOf(telling);

    it("answers, and counts what was lost, where the queue fails", async () => {
      const { answer, lines } = await invoked(invocation, () => Promise.reject(new Error("no queue")));
      expect(answer).toBe(invocation);
      expect(lines).toContainEqual(["delivery not taken", expect.anything(), { DeliveriesFailed: 1 }]);
    });

    it("answers in time, and counts it, where the queue does not end", async () => {
      const { answer, lines } = await invoked(invocation, () => new Promise(() => {}), 50);
      expect(answer).toBe(invocation);
      expect(lines).toContainEqual([
        "delivery not taken",
        { source: name, reason: "trigger-late" },
        { DeliveriesFailed: 1 },
      ]);
    });

    it("answers where its environment is wrong", async () => {
      const broken = trigger(source, () => {
        throw new TypeError("EVENTS_QUEUE_URL is missing");
      });
      expect(await broken(invocation, context)).toBe(invocation);
    });

    it("takes nothing over HTTP", async () => {
      for (const each of eventCases) {
        const reply = await receive(source, arrived(requestFor(each), each.now), {
          secrets: secretReader(async () => ({ current: secret })),
          events: { send: () => Promise.reject(new Error("an event was queued")) },
          enrolments: { keep: () => Promise.reject(new Error("an enrolment was kept")) },
          log: { info() {}, warn() {}, error() {} },
        });
        expect(reply).toEqual({ status: 401 });
      }
    });

    it("says what AWS invokes it as", () => {
      expect(source.trigger?.principal).toMatch(/^[a-z-]+\.amazonaws\.com$/);
    });
  });
}
