// What the operator of the rehearsal deploys: a first configuration, and one in which a source was added, one taken away, and a
// setting changed.

/** A source that brings its secret itself, so that `npm run enrol` has something to do. */
const acme = `
  acme: {
    source: {
      title: "Acme HR",
      secret: z.object({ signingKey: z.string() }),
      proof: hmac<{ signingKey: string }>({
        algorithm: "sha256",
        key: ({ signingKey }) => signingKey,
        signed: "{body}",
        signature: { header: "x-acme-signature", encoding: "hex" },
      }),
      redeliversForSeconds: 3600,
      split: () => [],
      translate: () => [],
      enrol: () => undefined,
    } as never,
  },`;

const configuration = (sources: string, authing: string) => `
import * as z from "zod/mini";
import { defineConfig } from "#lib/config.ts";
import { hmac } from "#lib/proofs/hmac.ts";

export default defineConfig({
  service: "authing-inbound",
  encryption: "customer-managed",
  authing: ${authing},
  sources: {${sources}},
});
`;

export const first = configuration(`clerk: {}, okta: {},${acme}`, "{}");
export const second = configuration(`okta: {}, wecom: {},${acme}`, "{ timeoutSeconds: 20 }");
