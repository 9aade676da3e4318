import { standardWebhooks } from "#lib/proofs/standard-webhooks.ts";
import { signingSecret, userCreated } from "./deliveries.ts";
import { loopCase, type Loops, type Operation } from "./fresh-process.ts";
import type { Section } from "./section.ts";

// Each gets the same Buffer and the same headers, and checks signature and time. `verify` stops there; `verify + parse`
// goes on to the document, as a receiver does: ours and svix (since 2) by a JSON.parse, standardwebhooks by itself. Parsing
// costs all of them the same, and at 10 KB more than our verification, so that the aims are about the part that differs.

interface Secret {
  readonly key: string;
}

type Headers = Readonly<Record<string, string>>;
type Operations = Readonly<Record<string, Operation>>;

/** The two operations on one delivery; `verify` throws or returns false when it refuses the delivery. */
interface Receiver {
  verify(body: Buffer, headers: Headers): unknown;
  verifyAndParse(body: Buffer, headers: Headers): unknown;
}

const proof = standardWebhooks<Secret>({ key: ({ key }) => key });
const sizes = { "1 KB": 1024, "10 KB": 10_240 };

function operationsOf({ verify, verifyAndParse }: Receiver): Operations {
  const operations: Record<string, Operation> = {};
  for (const [size, bytes] of Object.entries(sizes)) {
    const body = userCreated(bytes);
    const signed = proof.sign(body, { key: signingSecret }, { now: Date.now(), id: "msg_invented" });
    const headers = { "content-type": "application/json", ...signed.headers };
    const accepted =
      (verifyAndParse(body, headers) as { type?: string } | undefined)?.type === "user.created";
    if (!accepted || verify(body, headers) === false) throw new TypeError("the delivery was not accepted");
    operations[`verify ${size}`] = () => verify(body, headers);
    operations[`verify + parse ${size}`] = () => verifyAndParse(body, headers);
  }
  return operations;
}

function ours(secret: () => Secret): Operations {
  const query = new URLSearchParams();
  const verify = (body: Buffer, headers: Headers) =>
    proof.verify({ method: "POST", headers, rawQuery: "", query, body, receivedAt: Date.now() }, secret()).ok;
  return operationsOf({
    verify,
    verifyAndParse: (body, headers) => (verify(body, headers) ? JSON.parse(body.toString()) : undefined),
  });
}

export const loops: Loops = {
  ours: async () => {
    const secret = { key: signingSecret };
    return ours(() => secret);
  },
  // A new object for each call, because lib/proofs keeps the KeyObject of an object that it has seen.
  "ours, raw secret": async () => ours(() => ({ key: signingSecret })),
  standardwebhooks: async () => {
    const { Webhook } = await import("standardwebhooks");
    const webhook = new Webhook(signingSecret);
    return operationsOf({
      verify: (body, headers) => webhook.verify(body, headers, { jsonParse: false }),
      verifyAndParse: (body, headers) => webhook.verify(body, headers),
    });
  },
  svix: async () => {
    const { Webhook } = await import("svix");
    const webhook = new Webhook(signingSecret);
    return operationsOf({
      verify: (body, headers) => webhook.verify(body, headers),
      verifyAndParse: (body, headers) => {
        webhook.verify(body, headers);
        return JSON.parse(body.toString());
      },
    });
  },
};

const file = import.meta.filename;
const peers = ["standardwebhooks", "svix"];

export const signatures: Section = {
  name: "signatures",
  about: "one delivery of Standard Webhooks, the same bytes for all; µs of CPU",
  rounds: 21,
  prepare: async () => ({
    cases: ["ours", ...peers].map((name) => loopCase(file, name)),
    ratios: [
      ...peers.map((of) => ({ of, to: "ours", cost: "verify 1 KB", aim: { atLeast: 2.8 } })),
      ...peers.map((of) => ({ of, to: "ours", cost: "verify 10 KB", aim: { atLeast: 4 } })),
      ...peers.map((of) => ({ of, to: "ours", cost: "verify + parse 1 KB" })),
      ...peers.map((of) => ({ of, to: "ours", cost: "verify + parse 10 KB" })),
    ],
    spoilt: { name: "ours", twin: loopCase(file, "ours, raw secret") },
  }),
};
