import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

// A real server in place of a vendor's, and a virtual clock in place of the real time.

/** The answer to one request. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A source's API on this machine: a list with the answer to each request in order. The last entry repeats. */
export async function server(...answers: readonly Answer[]) {
  const requests: { method: string; url: string; headers: IncomingMessage["headers"]; body: string }[] = [];
  let next = 0;
  const listening = createServer(async (request, response) => {
    const { method = "", url = "", headers } = request;
    const chunks = (await request.toArray()) as Buffer[];
    requests.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
    answers[Math.min(next, answers.length - 1)]?.(request, response);
    next += 1;
  });
  listening.listen(0, "127.0.0.1");
  await once(listening, "listening");
  onTestFinished(() => {
    listening.close();
    listening.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(listening.address() as AddressInfo).port}`, requests };
}

/** Answers with JSON. */
export const json =
  (status: number, body: unknown = {}, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    void response
      .writeHead(status, { "content-type": "application/json", ...headers })
      .end(JSON.stringify(body));

/** Answers with an HTML page, as a host does that is not the vendor's. */
export const page =
  (status: number): Answer =>
  (_, response) =>
    void response.writeHead(status, { "content-type": "text/html" }).end("<title>no</title>");

/** A clock that moves only when the code waits or the test lets time pass, so that no test really waits. */
export function virtualClock(startsAt = 1_769_884_925_000) {
  const waits: number[] = [];
  let now = startsAt;
  return {
    waits,
    now: () => now,
    random: () => 0.5,
    async wait(milliseconds: number) {
      waits.push(milliseconds);
      now += milliseconds;
    },
    pass(milliseconds: number) {
      now += milliseconds;
    },
  };
}
