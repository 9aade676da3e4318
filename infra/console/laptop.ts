import { randomUUID } from "node:crypto";
import * as z from "zod/mini";
import { InboundError } from "#lib/contract/errors.ts";
import type { LoadSecret } from "#lib/contract/secrets.ts";
import type { Delivery } from "#lib/contract/proof.ts";
import type { Source } from "#lib/contract/source.ts";
import type { Explanation } from "#lib/operations/explain.ts";
import { verifiedDelivery } from "#lib/pipeline/verified-delivery.ts";
import { fixtureNames, fixtureSigner, readFixture, requestOf } from "#infra/fixtures/cases.ts";
import { postRequest } from "#infra/fixtures/post.ts";
import { signedRequest, type SaidRequest, type WireRequest } from "#infra/fixtures/requests.ts";
import { sampleCase } from "#infra/fixtures/sample-case.ts";
import { readStory } from "#infra/fixtures/stories.ts";
import { deliveryHeader, type RememberedDelivery } from "#infra/local/deliveries.ts";
import type { Machine } from "#infra/local/machine.ts";
import { sendersSecret } from "#infra/local/secret-file.ts";
import type { Answer, LocalRequest } from "#infra/local/server.ts";
import type { Sandbox } from "#infra/sandbox/sandbox.ts";
import { jsonOf, type Backend } from "./console.ts";
import { requestsAbout } from "./sandbox-requests.ts";
import type { DeliveryOnPage, EventOnPage, PersonOnPage, SaidOnPage, Sent, SourceOnPage } from "./types.ts";

export interface LaptopOptions {
  readonly machine: Machine;
  readonly sandbox: Sandbox | undefined;
  readonly loadSecret: LoadSecret;
  /** Everybody is invented, and Authing is the sandbox. */
  readonly isInvented: boolean;
  /** The address of the stack. */
  readonly url: () => string;
  /** Takes the answers that the source's API gives from now on. */
  readonly play?: (source: string, recording: Pick<ReturnType<typeof readStory>[number], "answers">) => void;
}

const Said = z.strictObject({
  method: z.enum(["GET", "POST"]),
  contentType: z.string(),
  query: z.record(z.string(), z.string()),
  body: z.string(),
});
const Send = z.union([
  z.strictObject({ source: z.string(), case: z.string() }),
  z.strictObject({ source: z.string(), said: Said }),
]);

/** What the page asks about where `npm start` serves it. */
export function laptopBackend({
  machine,
  sandbox,
  loadSecret,
  isInvented,
  url,
  play,
}: LaptopOptions): Backend {
  const sources = [...machine.sources.values()];

  async function send(request: LocalRequest): Promise<Answer> {
    const asked = z.safeParse(Send, jsonOf(request));
    const source = asked.success ? machine.sources.get(asked.data.source) : undefined;
    if (!asked.success || !source)
      throw new InboundError("malformed", "page-request-malformed", { hint: "name a source and a case" });
    const [secret] = await sendersSecret(source, loadSecret);
    const at = { now: Date.now(), id: `msg_${randomUUID()}` };
    // A signer exists only beside the invented secrets.
    const signer = isInvented ? fixtureSigner(source.name) : undefined;
    let wire: WireRequest;
    if ("case" in asked.data) {
      const fixture = readFixture(source.name, asked.data.case);
      if (fixture.kind === "events" && fixture.answers.length > 0) play?.(source.name, fixture);
      wire = requestOf(source, secret, fixture, at, signer);
    } else {
      const signed = signedRequest(source.proof, secret, saidRequest(asked.data.said), at, signer);
      wire = source.trigger ? { ...signed, invokes: true } : signed;
    }
    const answer = await postRequest(url(), source.name, wire);
    await answer?.body?.cancel();
    const delivery = answer?.headers.get(deliveryHeader);
    const sent: Sent = { status: answer?.status ?? 0, ...(delivery && { delivery }) };
    return { status: 200, body: sent };
  }

  async function eventOnPage(source: string, id: string): Promise<Answer> {
    const { events } = (await machine.operate({
      operation: "explain",
      asked: `${source}/${id}`,
    })) as Explanation;
    const event = events.find((each) => each.source === source && each.id === id);
    const delivery = machine.deliveries.ofEvent(source, id);
    const body: EventOnPage = {
      event,
      ...(delivery && { delivery: await deliveryOnPage(delivery) }),
      requests: event && sandbox && isInvented ? requestsAbout(event, sandbox.requests) : [],
    };
    return { status: 200, body };
  }

  async function deliveryOnPage(delivery: RememberedDelivery): Promise<DeliveryOnPage> {
    const { request, answer, ...facts } = delivery;
    const source = machine.sources.get(delivery.source);
    const { name = "", coversBody = false, refusesStale = false } = source?.proof ?? {};
    const said = source && request && (await saidIn(source, request, Date.parse(delivery.at), loadSecret));
    const text = request && utf8(request.body);
    return {
      ...facts,
      proof: { name, coversBody, refusesStale },
      ...(request && {
        request: {
          method: request.method,
          path: `${request.url.pathname}${request.url.search}`,
          headers: request.headers,
          body: text ?? request.body.toString("base64"),
          isBase64: text === undefined,
        },
      }),
      ...(answer && { answer: { headers: answer.headers ?? {}, body: textOf(answer.body) } }),
      ...(said && { said }),
    };
  }

  const routes: Readonly<
    Record<
      string,
      (rest: readonly string[], request: LocalRequest) => Promise<Answer | undefined> | Answer | undefined
    >
  > = {
    "POST send": (_rest, request) => send(request),
    "GET events": ([source = "", ...id]) => eventOnPage(source, id.join("/")),
    "GET deliveries": async ([id = ""]) => {
      const delivery = machine.deliveries.find(id);
      return delivery && { status: 200, body: await deliveryOnPage(delivery) };
    },
    "GET people": () => ({ status: 200, body: sandbox && isInvented ? peopleOf(sandbox) : [] }),
    "GET faults": () => sandbox && { status: 200, body: { pending: sandbox.pendingFaults } },
    "POST sandbox": (rest, request) => sandbox && control(sandbox, "POST", rest, jsonOf(request)),
    "DELETE sandbox": (rest) => sandbox && control(sandbox, "DELETE", rest, undefined),
  };

  return {
    place: {
      kind: "laptop",
      name: "laptop",
      options: "",
      allowsChanges: true,
      isInvented,
      sources: sources.map((source) => onPage(source)),
    },
    operate: (request) => machine.operate(request),
    news: { everyMilliseconds: 300, overlapMilliseconds: 0 },
    deliveriesAfter: (number) => machine.deliveries.after(number),
    answer: async ([first = "", ...rest], request) => routes[`${request.method} ${first}`]?.(rest, request),
  };
}

function onPage({ name, title, list }: Source): SourceOnPage {
  const cases = fixtureNames(name);
  const sample = sampleCase(name)?.name;
  return {
    name,
    title,
    cases: [...(sample === undefined ? [] : [sample]), ...cases.filter((each) => each !== sample)],
    story: readStory(name).map((each) => each.name),
    hasList: list !== undefined,
  };
}

/** What a delivery said before the sender signed it; `undefined` where today's secret does not prove it. */
async function saidIn(
  source: Source,
  { method, url, headers, body }: LocalRequest,
  receivedAt: number,
  loadSecret: LoadSecret,
): Promise<SaidOnPage | undefined> {
  const contentType = headers["content-type"] ?? "";
  if (source.trigger) return { method: "POST", contentType, query: {}, body: body.toString() };
  const pathToken = url.pathname.split("/").slice(3).join("/");
  const delivery: Delivery = {
    method,
    headers,
    rawQuery: url.search.slice(1),
    query: url.searchParams,
    ...(pathToken !== "" && { pathToken }),
    body,
    receivedAt,
  };
  for (const secret of await sendersSecret(source, loadSecret)) {
    const proven = await source.proof.verify(delivery, secret);
    if (!proven.ok) continue;
    const { query, payload } = verifiedDelivery(source, delivery, proven);
    return {
      method: method === "GET" ? "GET" : "POST",
      contentType,
      query: Object.fromEntries(query),
      body: method === "GET" ? "" : Buffer.from(payload).toString(),
    };
  }
  return undefined;
}

const saidRequest = ({ method, contentType, query, body }: SaidOnPage): SaidRequest => ({
  method,
  headers: contentType === "" ? {} : { "content-type": contentType },
  query,
  body: Buffer.from(body),
});

async function control(
  { url }: Sandbox,
  method: string,
  rest: readonly string[],
  body: unknown,
): Promise<Answer> {
  const answer = await fetch(`${url}/__sandbox/${rest.map(encodeURIComponent).join("/")}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json() };
}

function peopleOf(sandbox: Sandbox): PersonOnPage[] {
  return sandbox
    .users()
    .map(({ userId, externalId, name, email, phone, phoneCountryCode, username, status }) => ({
      userId,
      ...(externalId !== undefined && { externalId }),
      ...(name !== undefined && { name }),
      ...(email !== undefined && { email }),
      ...(phone !== undefined && { phone: `${phoneCountryCode ?? ""} ${phone}`.trim() }),
      ...(username !== undefined && { username }),
      ...(status !== undefined && { status }),
      hasTotp: sandbox.otpOf(userId) !== undefined,
    }));
}

/** `undefined` for bytes that are no UTF-8. */
function utf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

const textOf = (body: unknown): string =>
  body === undefined
    ? ""
    : typeof body === "string"
      ? body
      : Buffer.isBuffer(body)
        ? body.toString()
        : JSON.stringify(body);
