import * as z from "zod/mini";
import { defineConfig } from "#lib/config.ts";
import { email } from "#lib/fields/encode.ts";
import { externalId } from "#lib/fields/external-id.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, leaver } from "#lib/fields/person.ts";
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
  translate({ type, payload }) {
    const id = at(payload, "data.login");
    if (type === "person.left") return [leaver(id)];
    if (type !== "person.joined") return [];
    return [
      joiner([externalId(id), fullName({ full: at(payload, "data.name") }), email(at(payload, "data.mail"))]),
    ];
  },
});

export default defineConfig({
  sources: { "acme-people": { source: acmePeople } },
});
