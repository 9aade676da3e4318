import type { Ledger } from "#lib/contract/ledger.ts";
import { eventLedger } from "./ledger-events.ts";
import { peopleLedger } from "./ledger-people.ts";
import { subjectLedger } from "./ledger-subjects.ts";
import { ledgerTable } from "./ledger-table.ts";

// The ledger in one DynamoDB table (infra/aws/ledger.yml), which parked messages share for what is due (parked.ts):
//
//   what      pk                            sk            attributes
//   event     event#<source>#<id>           event         while it is worked on: owner, lease (ms), attempts, departures
//                                                         once its outcome is recorded: record (stored-outcome.ts), person (its pk), settled
//                                                         always: expires (s), the table's time to live
//   chunks    event#<source>#<id>           chunks        done: the numbers of an import's chunks that are; expires
//   lock      event#people#<id>             event         owner (the pk of the event), lease (ms), attempts, expires
//   subject   subject#<source>#<shard>      <subject>     told (JSON), revision
//   person    person#<externalId>           person        externalId, userId, createdBy, owner, closedBy (set), formerly
//                                                         of an earlier id: renamedTo
//   source    source#<source>               pause         value: since when its events are only stored
//                                           cursor        value: how far its list of changes has been read
//             departures#<source>           <minute>      count: how many left in that minute, for a few hours
//   due       due#<shard>                   <ms>#<key>    nothing: the object of a waiting message, by the moment it is due
//
// The index `by-person` (person, settled) finds the outcomes of a person, newest first; it holds only keys, and not those of what
// created the person, which `createdBy` names. DynamoDB deletes an item up to two days after it expired, so that the functions here ignore
// items that have expired.

/** A ledger in the DynamoDB table of this name. `now` gives milliseconds since 1970. */
export function dynamodbLedger(name: string, now: () => number = Date.now): Ledger {
  const table = ledgerTable(name);
  return { ...eventLedger(table, now), ...subjectLedger(table, now), ...peopleLedger(table, now) };
}
