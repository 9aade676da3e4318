import type { Refusal } from "#lib/contract/refusals.ts";

const advice: Readonly<Record<Refusal["reason"], string>> = {
  "proof-missing":
    "the sender does not prove itself: set the secret at the vendor. Where only some deliveries lack it, a proxy may remove the header, or a stranger knows the URL. npm run doctor sends one such delivery, too.",
  "proof-malformed":
    "the proof is written in another way than the vendor documents: compare the vendor's settings with the README of the source.",
  "proof-mismatch":
    "the secret at the vendor and the one here differ, or a proxy wrote the body again on its way. Where npm run doctor finds the webhook fine, put the vendor's secret into Secrets Manager anew, and let no proxy change the body.",
  "timestamp-missing": "the sender does not say when it sent: a proxy may remove the header.",
  "timestamp-malformed": "the sender writes its time in another way than the vendor documents.",
  "timestamp-stale":
    "the delivery was signed too long ago: it waited in a queue of the sender or of a proxy, or the clock there is slow.",
  "timestamp-early": "the clock of the sender is fast: correct it.",
  "algorithm-refused":
    "the sender signs its tokens by another algorithm: choose one of those that are named at the vendor.",
  "key-unknown":
    "the sender signs with a key that it does not publish: compare the address of the key set in the secret with the vendor's.",
  "issuer-mismatch": "the token is of another tenant: compare the issuer in the secret with the vendor's.",
  "audience-mismatch":
    "the token is for another receiver: compare the audience in the secret with the vendor's.",
  "secret-empty":
    "put the secret of the source into Secrets Manager; npm run doctor says which fields it needs.",
  "body-too-large": "the vendor puts too many events into one delivery: make its batches smaller.",
  "route-unknown": "correct the URL at the vendor: the stack's output <Source>WebhookUrl holds it.",
};

/** What an operator does about deliveries that are refused for a reason. */
export const whatToDo = (reason: Refusal["reason"]): string => advice[reason];
