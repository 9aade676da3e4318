/** One request that reached the sandbox, in the order of arrival. */
export interface RecordedRequest {
  /** Counts from 1. When the first record has a higher number, older records were dropped. */
  readonly number: number;
  readonly method: string;
  readonly path: string;
  /** The last part of the path. */
  readonly operation: string;
  /** ISO 8601, by the sandbox's clock. */
  readonly at: string;
  /** The number of items in `list` or `userIds`; 1 where the request has neither. */
  readonly count: number;
  /** The signature's nonce and date, as received. */
  readonly nonce?: string;
  readonly date?: string;
  /** The parsed body, or the query of a GET. It is dropped earlier than the rest of the record. */
  body?: Readonly<Record<string, unknown>>;
  /** Bytes of the body as received. */
  readonly bytes: number;
  /** The fault that was played, by kind. */
  fault?: string;
  /** From its arrival to its answer. */
  milliseconds?: number;
  /** HTTP status. Absent until there is an answer, and for ever where a fault sends none. */
  httpStatus?: number;
  /** The envelope's codes. */
  statusCode?: number;
  apiCode?: number;
  requestId?: string;
}

const defaultLimits = { requestsKept: 50_000, bodyBytesKept: 64 * 1024 * 1024 };

export interface Recorder {
  readonly requests: readonly RecordedRequest[];
  add(request: Omit<RecordedRequest, "number">): RecordedRequest;
}

/** Remembers the latest requests, bounded in number and in bytes of bodies. */
export function createRecorder({ requestsKept, bodyBytesKept } = defaultLimits): Recorder {
  const requests: RecordedRequest[] = [];
  let number = 0;
  let bodyBytes = 0;

  function forgetBody(request: RecordedRequest | undefined) {
    if (!request?.body) return;
    bodyBytes -= request.bytes;
    delete request.body;
  }

  let firstWithBody = 0;
  return {
    requests,
    add(request) {
      number += 1;
      const recorded: RecordedRequest = { number, ...request };
      requests.push(recorded);
      if (recorded.body) bodyBytes += recorded.bytes;
      while (bodyBytes > bodyBytesKept) forgetBody(requests[firstWithBody++]);
      // Drops a tenth at a time, because removing from the front of a list costs time in proportion to its length.
      if (requests.length > requestsKept * 1.1) {
        const forgotten = requests.splice(0, requests.length - requestsKept);
        for (const old of forgotten) forgetBody(old);
        firstWithBody = Math.max(0, firstWithBody - forgotten.length);
      }
      return recorded;
    },
  };
}
