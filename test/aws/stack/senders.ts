import config from "#config";
import type { Source } from "#lib/contract/source.ts";
import { enabledSources } from "#lib/wiring/enabled-sources.ts";
import { requestOf, signDelivery, type EventFixture } from "#infra/fixtures/cases.ts";
import { sampleCase } from "#infra/fixtures/sample-case.ts";
import type { WireRequest } from "#infra/fixtures/requests.ts";
import { postRequest } from "#infra/fixtures/post.ts";
import { startRecordedApi, type RecordedApi } from "#infra/local/recorded-api.ts";
import { invented } from "../../invented-secrets.ts";
import { accessKey, type Stack } from "./stack.ts";

/** A field that makes an event too large for the queue, and not its delivery: each character is escaped, to six bytes in place of three. */
export const largeNote = { Note: { value: "\uFFFE".repeat(200_000) } };

export const sourceNames: readonly string[] = Object.keys(config.sources);
const sources = enabledSources(config);

export function sourceOf(name: string): Source {
  const source = sources.get(name);
  if (!source) throw new Error(`no source ${name}`);
  return source;
}

/** A source's first case that brings a person. */
export function joinerOf(name: string): EventFixture {
  const joiner = sampleCase(name);
  if (!joiner) throw new Error(`${name} has no case that brings a person`);
  return joiner;
}

/** The invented secret of a source; with `api`, of one that asks there. */
export function secretOf(name: string, api?: RecordedApi): Readonly<Record<string, unknown>> {
  const secret = invented[`sources/${name}`] ?? {};
  return api && sourceOf(name).fetch ? { ...secret, apiHost: api.url } : secret;
}

/** Every text that a secret holds, of any source and of Authing. */
export const secretValues: readonly string[] = [
  accessKey.accessKeySecret,
  ...Object.values(invented).flatMap(textsOf),
];

/** The APIs of the sources, which tell of everybody who joins, and the secrets that lead there; and Authing's key. */
export async function putSecrets(stack: Stack, names = sourceNames): Promise<RecordedApi> {
  const api = await startRecordedApi(names.map(joinerOf));
  await stack.putSecret("authing", accessKey);
  for (const name of names) await stack.putSecret(`sources/${name}`, secretOf(name, api));
  return api;
}

/** How a delivery differs from an honest one. */
export interface Sending {
  readonly id?: string;
  readonly now?: number;
  readonly secret?: unknown;
  readonly change?: (request: { headers: Record<string, string>; body: Uint8Array }) => {
    headers: Record<string, string>;
    body: Uint8Array | string;
  };
}

/** Posts a JSON body as the source would sign and send it now. */
export async function send(
  stack: Stack,
  name: string,
  body: unknown,
  sending: Sending = {},
): Promise<Response> {
  const { now = stack.clock.now(), id = `msg_${crypto.randomUUID()}`, secret = secretOf(name) } = sending;
  stack.said(textsOf(body));
  const bytes = Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
  const content = { body: bytes, contentType: "application/json" };
  const signed = signDelivery(sourceOf(name), secret as never, content, { now, id });
  const unchanged = { headers: { ...signed.headers }, body: signed.body };
  const request = sending.change?.(unchanged) ?? unchanged;
  return fetch(`${stack.url}/webhooks/${name}`, {
    method: "POST",
    headers: request.headers,
    body: request.body as Uint8Array<ArrayBuffer>,
  });
}

/** Every text in a document. */
function textsOf(document: unknown): string[] {
  if (typeof document === "string") return [document];
  return typeof document === "object" && document !== null ? Object.values(document).flatMap(textsOf) : [];
}

/** What a source sends when the person of its first case joins. */
export function joinerRequest(stack: Stack, name: string, secret: unknown = secretOf(name)): WireRequest {
  return requestOf(sourceOf(name), secret as never, joinerOf(name), {
    now: stack.clock.now(),
    id: "msg_joiner",
  });
}

export async function post(stack: Stack, name: string, request: WireRequest): Promise<Response> {
  const response = await postRequest(stack.url, name, request);
  if (!response) throw new Error(`no server answers at ${stack.url}`);
  return response;
}

/** A person in BambooHR's words. */
export const employee = (id: string, action = "Created", fields: object = {}) => ({
  id,
  action,
  fields: {
    "First Name": { value: "三" },
    "Last Name": { value: "张" },
    "Work Email": { value: `zhang.san.${id}@example.com` },
    ...fields,
  },
});

/** A person in Clerk's words. */
export const clerkUser = (type: string, timestamp: number, over: object = {}) => ({
  type,
  timestamp,
  data: {
    id: "user_1",
    external_id: "10010",
    first_name: "Zoë",
    last_name: "Müller-Lüdenscheidt",
    primary_email_address_id: "e1",
    email_addresses: [{ id: "e1", email_address: "zoe@example.com", verification: { status: "verified" } }],
    ...over,
  },
});

/** Calls in batches of users that reached Authing. */
export const creates = ({ sandbox }: Stack) =>
  sandbox.requests.filter(({ operation }) => operation === "create-users-batch");

/** How many of each: of results, of outcomes, of statuses. */
export const countOf = (kinds: readonly (string | undefined)[]) =>
  Object.fromEntries(
    [...Map.groupBy(kinds, (kind) => kind ?? "none")].map(([kind, all]) => [kind, all.length]),
  );
