// What an operator does next, by the reason for which an event is parked. What went wrong at a source or in its secret brings a
// hint of its own, from where it went wrong.

const hints: Readonly<Record<string, (source: string) => string>> = {
  "mass-departure": (source) =>
    `are these departures meant? npm run parked -- release preview --source ${source}; if not: npm run parked -- discard preview held --source ${source}`,
  "returned-under-new-id": () =>
    "is it the same person? npm run parked -- release preview --id <id> --as same opens the old account under the new id; if not: " +
    "free the address at Authing, npm run parked -- discard preview held --id <id>, and have the source send the person again",
  "account-exists": () =>
    "is it this person's account? npm run parked -- release preview --id <id> --as same links it; if not: free its id or address " +
    "at Authing, npm run parked -- discard preview held --id <id>, and have the source send the person again",
  "account-not-linked": () =>
    "the source never brought this person, so it closes no account: close it at Authing by hand if the departure is meant",
  "person-of-another-source": (source) =>
    `if ${source} may speak about other sources' people, write people: "shared" for it in inbound.config.ts, deploy, and npm run parked -- redrive preview rejected --source ${source}`,
  conflict: () =>
    "free the identifier at Authing or at the source, then npm run parked -- redrive preview --id <id>",
  "identifier-in-use": () =>
    "another person of this source has the identifier; free it at the source, then npm run parked -- redrive preview --id <id>",
  "identifier-missing": () =>
    "nothing here to sign in with: give the person an e-mail, a phone or a username at the source; the next event about them brings them",
  "user-unknown": () =>
    "the person is not at Authing yet: a joiner, or a complete update, of the source brings them",
  "source-paused": (source) => `npm run resume -- ${source}`,
  "translation-failed": () =>
    "a defect of the mapping: mend it, deploy, npm run parked -- redrive preview --reason translation-failed, then apply",
};

/** One line for an operator; `undefined` where the reason itself says what to do. */
export function hintOf(reason: string, source: string): string | undefined {
  return Object.hasOwn(hints, reason) ? hints[reason]?.(source) : undefined;
}
