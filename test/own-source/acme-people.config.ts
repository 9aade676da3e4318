import * as z from "zod/mini";
import { defineConfig } from "#lib/config.ts";
import { assemble, email, text } from "#lib/fields/encode.ts";
import { fullName } from "#lib/fields/name.ts";
import { at } from "#lib/fields/read.ts";
import { defineSource } from "#lib/contract/source.ts";
import { hmac } from "#lib/proofs/hmac.ts";
import { jsonEvent } from "#lib/payloads/json-event.ts";

const secret = z.object({ signingKey: z.string() });

const acmePeople = defineSource({
  title: "Acme People",
  secret,
  proof: hmac<z.infer<typeof secret>>({
    algorithm: "sha256",
    key: ({ signingKey }) => signingKey,
    signed: "{timestamp}.{body}",
    signature: { header: "x-acme-signature", encoding: "hex", prefix: "sha256=" },
    timestamp: { header: "x-acme-timestamp", unit: "seconds", toleranceSeconds: 300 },
  }),
  redeliversForSeconds: 3 * 3600,
  split: jsonEvent({ type: "type", subject: "data.login", occurredAt: "at" }),
  translate({ type, subject, payload }) {
    if (type === "person.left") return [{ kind: "leave", who: { externalId: subject } }];
    if (type !== "person.joined") return [];
    const externalId = text("externalId", at(payload, "data.login"));
    const name = fullName({ full: at(payload, "data.name") });
    return [{ kind: "create", ...assemble([externalId, name, email(at(payload, "data.mail"))]) }];
  },
});

export default defineConfig({
  sources: { "acme-people": { source: acmePeople } },
});
