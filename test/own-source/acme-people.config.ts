import * as z from "zod/mini";
import { defineConfig } from "#lib/config.ts";
import { email } from "#lib/fields/encode.ts";
import { externalId } from "#lib/fields/external-id.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, leaver } from "#lib/fields/person.ts";
import { at } from "#lib/fields/read.ts";
import { defineSource } from "#lib/contract/source.ts";
import { hmac } from "#lib/proofs/hmac.ts";
import { interpret } from "#lib/payloads/interpret.ts";
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
  translate(event) {
    const read = (path: string) => at(event.payload, path);
    const id = read("data.login");
    return interpret(
      event,
      {
        "person.joined": () => [
          joiner([externalId(id), fullName({ full: read("data.name") }), email(read("data.mail"))]),
        ],
        "person.left": () => [leaver(id)],
      },
      { path: "type", uninteresting: ["person.renamed", "leave-request.*"] },
    );
  },
});

export default defineConfig({
  sources: { "acme-people": { source: acmePeople } },
});
