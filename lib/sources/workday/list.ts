import { InboundError } from "#lib/contract/errors.ts";
import type { ListedPerson, Listing } from "#lib/contract/source.ts";
import { yesOrNo } from "#lib/fields/encode.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { credentialsMissing } from "#lib/source-apis/failures.ts";
import { canAsk, entriesOf, fetch, readWorker, reportsOf, type WorkdayApiSecret } from "./fetch.ts";

/**
 * The workers of the reports that the secret names, one report a page: Workday's reports have no pages. Who is in them, the customer says; the
 * README wants the data source All Active and Terminated Workers.
 */
export const list: Listing<WorkdayApiSecret> = {
  hosts: fetch.hosts,
  async page(api, cursor = "0") {
    requireCredentials(api.secret);
    const reports = reportsOf(api.secret);
    const index = Number(cursor);
    const report = reports[index];
    if (!report) throw new InboundError("malformed", "list-cursor-unreadable");
    const entries = await entriesOf(report, api);
    const people = entries.flatMap((entry): ListedPerson[] => {
      const subject = isJsonObject(entry) ? readId(entry["Employee_ID"]) : undefined;
      return subject === undefined || !isJsonObject(entry) ? [] : [listed(subject, entry)];
    });
    return {
      people,
      ...(index + 1 < reports.length && { next: String(index + 1) }),
      isComplete: people.length === entries.length,
    };
  },
  async person(api, subject) {
    requireCredentials(api.secret);
    return listed(subject, await readWorker(subject, api));
  },
};

function requireCredentials(secret: WorkdayApiSecret): void {
  if (!canAsk(secret)) throw credentialsMissing("apiUsername, apiPassword and reportUrl");
}

function listed(subject: string, worker: JsonObject): ListedPerson {
  const isActive = yesOrNo(worker["Active_Status"]) === true;
  return {
    subject,
    type: "worker-changed",
    payload: worker,
    ...(isActive && { isActive: true as const }),
  };
}
