import { createHmac, createSecretKey, timingSafeEqual } from "node:crypto";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { eventQueue } from "#lib/aws/queue.ts";
import { webhook as webhookHandler } from "#lib/handlers/webhook.ts";
import type { EventQueue } from "#lib/contract/queue.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import type { SecretReader } from "#lib/contract/secrets.ts";
import clerk from "#lib/sources/clerk/index.ts";
import { httpEvent, invocation, signingSecret, userCreated } from "./deliveries.ts";
import { loopCase, type Loops, type Operation } from "./fresh-process.ts";
import type { Section } from "./section.ts";

// Each case gets the same event of API Gateway, checks the signature, and passes a text to the queue.

const bodyBytes = 1024;
/** The text that was queued. It is checked, so that no case can skip making it. */
let queued = "";

const memoryQueue: EventQueue = {
  async send(messages) {
    for (const message of messages) queued = JSON.stringify(message);
  },
};
const log = { info() {}, warn() {}, error() {} };
const cachedSecret = secretReader(async () => ({ current: { signingSecret } }));

function signedEvent(): APIGatewayProxyEventV2 {
  const body = userCreated(bodyBytes);
  const { headers } = clerk.proof.sign(body, { signingSecret }, { now: Date.now(), id: "msg_invented" });
  // standardwebhooks knows only its own header names; our source accepts both sets.
  const named = Object.entries(headers).map(([name, value]) => [name.replace("svix-", "webhook-"), value]);
  return { ...httpEvent(Object.fromEntries(named) as Record<string, string>), body: body.toString() };
}

async function eventOperation(
  handler: (event: APIGatewayProxyEventV2) => unknown,
): Promise<Record<string, Operation>> {
  const event = signedEvent();
  const answer = (await handler(event)) as { statusCode?: number };
  if (answer.statusCode !== 202 || queued === "") throw new TypeError("the delivery was not accepted");
  return { event: () => handler(event) };
}

const enrolments = { keep: async () => {} };

function ours(secrets: SecretReader, events: EventQueue) {
  const handler = webhookHandler(clerk, () => ({ secrets, events, enrolments, log }));
  return eventOperation((event) => handler(event, invocation));
}

export const loops: Loops = {
  ours: () => ours(cachedSecret, memoryQueue),
  "ours, as SQS takes it": () =>
    ours(
      cachedSecret,
      eventQueue({ url: "https://sqs.invalid/events.fifo", bucket: "uploads" }, async (_url, entries) => {
        queued = entries[0]?.body ?? "";
        return [];
      }),
    ),
  "ours, raw secret": () => {
    // A new object for each call, because lib/proofs keeps the KeyObject of an object that it has seen.
    const read = async () => [{ signingSecret }] as never;
    return ours({ read, changedAt: () => undefined, refresh: read }, memoryQueue);
  },
  // The least that a receiver can do: it checks no time, finds headers in one spelling only, and handles no error.
  floor: () => {
    const key = createSecretKey(Buffer.from(signingSecret.slice("whsec_".length), "base64"));
    return eventOperation(async ({ headers, body = "" }) => {
      const expected = createHmac("sha256", key)
        .update(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.`)
        .update(Buffer.from(body))
        .digest();
      const given = Buffer.from(headers["webhook-signature"]?.slice("v1,".length) ?? "", "base64");
      if (!timingSafeEqual(expected, given)) return { statusCode: 401 };
      queued = JSON.stringify(JSON.parse(body));
      return { statusCode: 202 };
    });
  },
  "middy + standardwebhooks + zod": async () => {
    const [{ default: middy }, { Webhook }, z] = await Promise.all([
      import("@middy/core"),
      import("standardwebhooks"),
      import("zod"),
    ]);
    const User = z.object({
      type: z.string(),
      timestamp: z.number(),
      data: z.object({
        id: z.string(),
        username: z.string().nullable(),
        first_name: z.string().nullable(),
        last_name: z.string().nullable(),
        external_id: z.string().nullable(),
        primary_email_address_id: z.string().nullable(),
        primary_phone_number_id: z.string().nullable(),
        email_addresses: z.array(z.object({ id: z.string(), email_address: z.email() })),
        phone_numbers: z.array(z.object({ id: z.string(), phone_number: z.e164() })),
        banned: z.boolean(),
        locked: z.boolean(),
        created_at: z.number(),
        updated_at: z.number(),
      }),
    });
    const verifier = new Webhook(signingSecret);
    const handler = middy<APIGatewayProxyEventV2, { statusCode: number }>().handler(async (event) => {
      const payload = verifier.verify(event.body ?? "", event.headers as Record<string, string>);
      queued = JSON.stringify({ source: "clerk", event: User.parse(payload) });
      return { statusCode: 202 };
    });
    return eventOperation((event) => handler(event, invocation));
  },
};

const file = import.meta.filename;
const names = ["ours", "ours, as SQS takes it", "floor", "middy + standardwebhooks + zod"];

export const webhook: Section = {
  name: "webhook",
  about: "one delivery of Clerk, 1 KB, from API Gateway's event to the queue's text, warm; µs of CPU",
  rounds: 21,
  prepare: async () => ({
    cases: names.map((name) => loopCase(file, name)),
    ratios: [
      { of: "ours", to: "floor", cost: "event", aim: { atMost: 1.5 } },
      { of: "ours, as SQS takes it", to: "floor", cost: "event", aim: { atMost: 2.5 } },
      { of: "middy + standardwebhooks + zod", to: "ours", cost: "event", aim: { atLeast: 1.6 } },
    ],
    spoilt: { name: "ours", twin: loopCase(file, "ours, raw secret") },
  }),
};
