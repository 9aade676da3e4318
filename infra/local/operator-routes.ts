import { InboundError } from "#lib/contract/errors.ts";
import { isRoster, rosterPlaceOf } from "#lib/rosters/roster-place.ts";
import { importIdOf } from "#lib/uploads/import-id.ts";
import { kindOf, uploadPlaces } from "#lib/uploads/upload-place.ts";
import type { OperationRequest } from "#lib/handlers/operations.ts";
import type { Store } from "#infra/store/store.ts";
import type { DeliveredEvents } from "./deliveries.ts";
import type { Machine } from "./machine.ts";
import type { Answer, LocalRequest, RequestHead } from "./server.ts";

// What the operator of a machine asks it over HTTP, files of people included. Senders have no route here.

interface OperatorOf {
  readonly machine: Machine;
  /** Carries out an operation. Default: as the machine does. */
  readonly operate?: Machine["operate"];
  readonly store: Store;
  /** What the address says that it is. */
  readonly stack: string;
}

/** The answer to a request of the operator; `undefined` where it has no route here. */
export function operatorAnswer(
  request: LocalRequest,
  { machine, operate = machine.operate, store, stack }: OperatorOf,
): Promise<Answer> | Answer | undefined {
  const { method } = request;
  const [first, ...rest] = segmentsOf(request);
  const isRead = method === "GET" || method === "HEAD";
  if (first === "uploads" && isRead && rest[0] === "results") return results(rest.join("/"), store);
  if (first === "enrolments" && rest.length === 1) return enrolment(rest[0] ?? "", method, store);
  if (first === "operations" && method === "POST") return operation(request.body, operate);
  if (first === "deliveries" && isRead && rest.length === 1) {
    const delivery = machine.deliveries.find(rest[0] ?? "");
    return delivery
      ? { status: 200, body: { events: delivery.events } satisfies DeliveredEvents }
      : { status: 404, body: { error: "no such delivery" } };
  }
  if (first === "healthz" && isRead) {
    return { status: 200, body: { status: "ok", stack, waiting: machine.waiting, dead: machine.dead } };
  }
  if (first === "events" && isRead) return { status: 200, body: { events: store.ledger.recent(1000) } };
  if (first === "people" && isRead && rest.length === 1) return person(rest[0] ?? "", store);
  return undefined;
}

/** The answer to a file that is put under `/uploads/`; `undefined` for any other request. The file is stored as it comes. */
export function uploadAnswer(
  head: RequestHead,
  body: AsyncIterable<Uint8Array>,
  { machine, store }: { machine: Machine; store: Store },
): Promise<Answer> | undefined {
  const [first, ...rest] = segmentsOf(head);
  return first === "uploads" && head.method === "PUT"
    ? upload(rest.join("/"), head, body, { machine, store })
    : undefined;
}

async function upload(
  key: string,
  { headers, url }: RequestHead,
  body: AsyncIterable<Uint8Array>,
  { machine, store }: { machine: Machine; store: Store },
): Promise<Answer> {
  // As in the bucket: a file in a folder that is no source's is stored; its results then say that it is refused.
  if (kindOf({ key }) === undefined && !isRoster({ key }))
    return { status: 404, body: { error: uploadPlaces } };
  const object = await store.objects.receive(
    key,
    headers["content-type"] ?? "application/octet-stream",
    body,
  );
  machine.uploaded(object);
  if (isRoster(object)) {
    const { source, run } = rosterPlaceOf(object);
    return {
      status: 202,
      body: { source, run, results: `/uploads/results/roster/${source}/${run}/report.json` },
    };
  }
  const results = `/uploads/results/${encodeURIComponent(importIdOf(object))}/summary.json`;
  return {
    status: 202,
    headers: { location: results },
    body: {
      import: importIdOf(object),
      results: new URL(results, `http://${headers["host"] ?? url.host}`).href,
    },
  };
}

async function results(key: string, { objects }: Store): Promise<Answer> {
  if (key.endsWith("/")) return { status: 200, body: { keys: objects.keys(key) } };
  const found = objects.find(key);
  return found
    ? {
        status: 200,
        headers: { "content-type": found.contentType, "content-length": String(found.size) },
        body: await objects.read({ bucket: "", key }),
      }
    : {
        status: 404,
        body: {
          error:
            "no such result, or not yet: results are written when the import ends; progress.json beside them says when",
        },
      };
}

async function operation(body: Buffer, operate: Machine["operate"]): Promise<Answer> {
  try {
    const request = JSON.parse(body.toString()) as OperationRequest;
    return { status: 200, body: await operate(request) };
  } catch (error) {
    const told = error instanceof InboundError || error instanceof SyntaxError;
    return { status: told ? 400 : 500, body: { error: told ? error.message : "unknown" } };
  }
}

/** The enrolment of a source: `npm run enrol` reads it and deletes it. */
function enrolment(source: string, method: string, { enrolments }: Store): Answer {
  const kept = enrolments.get(source);
  if (method === "DELETE") enrolments.remove(source);
  return kept ? { status: 200, body: kept } : { status: 404, body: { error: "nothing is kept" } };
}

async function person(externalId: string, { ledger }: Store): Promise<Answer> {
  const known = await ledger.person(externalId);
  const events = await ledger.events(externalId, 100);
  if (!known && events.length === 0) {
    return {
      status: 404,
      body: { error: "no person with this externalId is known; GET /events lists what has come in" },
    };
  }
  return { status: 200, body: { externalId, ...known, events } };
}

/** The segments of a path, decoded where they can be. */
export function segmentsOf({ url }: RequestHead): string[] {
  return url.pathname.split("/").slice(1).map(decodeSegment);
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
