import type { ExplainedEvent } from "#lib/operations/explain.ts";
import type { RecordedRequest } from "#infra/sandbox/recorder.ts";
import type { RequestOnPage } from "./types.ts";

/** Requests that one event is shown with. */
const maxShown = 20;
/** How long before its receipt and after its outcome, in milliseconds: clocks round. */
const slack = 50;
const secrets: ReadonlySet<string> = new Set([
  "password",
  "salt",
  "secret",
  "recoveryCode",
  "accessKeySecret",
]);

/** The requests that were made at the sandbox about the person of an event, between its receipt and its outcome. */
export function requestsAbout(
  { externalId, subject, receivedAt, settledAt, outcome }: ExplainedEvent,
  all: readonly RecordedRequest[],
): RequestOnPage[] {
  const from = Date.parse(receivedAt) - slack;
  const to = settledAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(settledAt) + slack;
  const ids = new Set([externalId, outcome?.userId, subject]);
  for (const none of [undefined, ""]) ids.delete(none);
  const namesPerson = (value: unknown): boolean =>
    typeof value === "object" && value !== null
      ? Object.values(value).some(namesPerson)
      : ids.has(String(value));
  return all
    .filter(({ at }) => Date.parse(at) >= from && Date.parse(at) <= to)
    .filter(({ body, requestId }) => requestId === outcome?.requestId || namesPerson(body))
    .slice(-maxShown)
    .map(({ number, at, operation, count, body, requestId, ...rest }) => {
      const { fault, milliseconds, httpStatus, statusCode, apiCode } = rest;
      const list = body?.["list"];
      const own = Array.isArray(list) ? list.filter(namesPerson) : [];
      const shown = own.length > 0 ? { ...body, list: own } : body;
      return {
        number,
        at,
        operation,
        people: count,
        decides: requestId !== undefined && requestId === outcome?.requestId,
        ...(shown && { body: blanked(shown) }),
        ...(fault !== undefined && { fault }),
        ...(milliseconds !== undefined && { milliseconds }),
        ...(httpStatus !== undefined && { httpStatus }),
        ...(statusCode !== undefined && { statusCode }),
        ...(apiCode !== undefined && { apiCode }),
        ...(requestId !== undefined && { requestId }),
      };
    });
}

function blanked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(blanked);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, secrets.has(name) ? "•••" : blanked(each)]),
  );
}
