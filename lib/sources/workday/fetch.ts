import type { CalendarDay } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { Fetch } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { calendarDay } from "#lib/fields/date.ts";
import { at } from "#lib/fields/read.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { sourceFailure, type FailureHints } from "#lib/source-apis/failures.ts";
import { isEnding, personNotShown, refuseAnother, refuseDeparture } from "#lib/source-apis/people.ts";
import { objectIn } from "#lib/source-apis/rest-api.ts";
import { hasLeft, tellsDeparture } from "./translate.ts";

/** What of the secret is for asking Workday. */
export interface WorkdayApiSecret {
  readonly apiUsername?: string;
  readonly apiPassword?: string;
  readonly reportUrl?: string | readonly string[];
  readonly apiHost?: string;
}
type Api = SourceApi<WorkdayApiSecret>;

const hints: FailureHints = {
  "source-credentials-refused":
    "store the integration system user that may run the report as apiUsername and apiPassword",
  "source-host-wrong": "write the report's JSON address from View URLs into the secret as reportUrl",
};

export const canAsk = ({ apiUsername = "", apiPassword = "", reportUrl = "" }: WorkdayApiSecret): boolean =>
  apiUsername !== "" && apiPassword !== "" && reportUrl.length > 0;

/** Workday makes a report while it is asked for it: that of all workers takes minutes, that of one the usual time of an answer. */
const wholeReportSeconds = 240;

/** The reports of the workers, as their addresses name them; all of them are at one host. */
export function reportsOf({ reportUrl = [] }: WorkdayApiSecret): readonly URL[] {
  const reports = [reportUrl].flat().map((address) => URL.parse(address));
  const [first] = reports;
  const areReports = reports.every(
    (report) =>
      report?.protocol === "https:" &&
      report.origin === first?.origin &&
      report.pathname.startsWith("/ccx/service/customreport2/"),
  );
  if (first && areReports) return reports as URL[];
  throw new InboundError("misconfigured", "source-host-wrong", {
    path: "reportUrl",
    hint: hints["source-host-wrong"] ?? "",
  });
}

/** The entries of a report: all of them, or those of one worker. */
export async function entriesOf(report: URL, api: Api, worker?: string): Promise<readonly unknown[]> {
  const { apiUsername, apiPassword } = api.secret;
  const answer = await api.request({
    path: report.pathname,
    query: {
      ...Object.fromEntries(report.searchParams),
      ...(worker !== undefined && { Employee_ID: worker }),
      format: "json",
    },
    headers: {
      authorization: `Basic ${Buffer.from(`${apiUsername}:${apiPassword}`).toString("base64")}`,
    },
    ...(worker === undefined && { timeoutSeconds: wholeReportSeconds }),
  });
  const { Report_Entry: entries } = objectIn(answer, { hints });
  if (!Array.isArray(entries)) throw sourceFailure("source-answer-unexpected");
  return entries;
}

/**
 * One worker, from the report that has them.
 *
 * @throws InboundError `malformed` `person-not-shown` for a worker who is in no report: what a report holds, the customer says.
 */
export async function readWorker(id: string, api: Api): Promise<JsonObject> {
  for (const report of reportsOf(api.secret)) {
    const entries = await entriesOf(report, api, id);
    // A report without such a prompt holds the others, too.
    const worker = entries.find((entry) => isJsonObject(entry) && readId(entry["Employee_ID"]) === id);
    if (isJsonObject(worker)) return worker;
    if (entries.length === 1)
      refuseAnother(id, at(entries, "[0].Employee_ID").value, "Report_Entry[0].Employee_ID");
  }
  throw personNotShown("Report_Entry");
}

/**
 * A departure is asked about before it is believed, where the secret has credentials: the password that a delivery shows does not cover what it
 * says. Everything else goes through as it is.
 */
export const fetch: Fetch<WorkdayApiSecret> = {
  hosts: ({ apiHost, ...secret }) => ({ api: apiHost ?? (reportsOf(secret)[0] as URL).origin }),

  async read(event, api) {
    const said = event.payload as JsonObject;
    if (!tellsDeparture(event) || !canAsk(api.secret)) return said;
    const worker = await readWorker(event.subject, api);
    if (hasLeft(worker, new Date(api.now()).toISOString())) return said;
    const days = lastDaysOf(worker);
    if (!Object.values(days).some((day) => isEnding(day, api.now()))) refuseDeparture(event, api.now());
    // The days that Workday knows count, not those that the delivery states.
    return { ...said, ...days };
  },
};

function lastDaysOf(worker: JsonObject): Readonly<Record<string, CalendarDay | undefined>> {
  const day = (name: string) => calendarDay(at(worker, name));
  return { Last_Day_of_Work: day("Last_Day_of_Work"), Termination_Date: day("Termination_Date") };
}
