import * as z from "zod/mini";
import { defineSource, type Source } from "#lib/contract/source.ts";
import { jsonEvent } from "#lib/payloads/json-event.ts";
import { hmac } from "#lib/proofs/hmac.ts";
import { readFixture } from "#infra/fixtures/cases.ts";
import { attackProof } from "./source-proof.ts";
import { sourceUnderTest } from "./source-under-test.ts";
import type { Secret } from "./strangers.ts";

// Tests the suite itself: correct forms of proofs that no shipped source has pass it.

const secret = z.object({ signingKey: z.string() });
const fixture = readFixture("clerk", "user-created");
if (fixture.kind !== "events") throw new Error("not a case with events");

const inPairs = defineSource({
  name: "pairs-people",
  title: "Pairs People",
  secret,
  proof: hmac<z.infer<typeof secret>>({
    algorithm: "sha256",
    key: ({ signingKey }) => signingKey,
    signed: "{timestamp}.{body}",
    signature: { header: "x-pairs-signature", encoding: "hex", pair: "v1" },
    timestamp: { pair: "t", unit: "seconds", toleranceSeconds: 300 },
  }),
  redeliversForSeconds: 3600,
  split: jsonEvent({ type: "type", subject: "data.id" }),
  translate: () => [],
});

// Hex in pairs, `t=…,v1=…`, may be written in either case.
attackProof(
  sourceUnderTest({
    source: inPairs as unknown as Source<Secret>,
    invented: { signingKey: "invented-pairs-key-0001" },
    fixture,
    eventCases: [fixture],
    handshakes: [],
    readme: undefined,
    folder: "",
  }),
);
