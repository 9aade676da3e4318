import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";
import { InboundError } from "#lib/pipeline/errors.ts";
import type { Reply, SignedRequest, Source } from "#lib/pipeline/source.ts";

// The one reader of captured deliveries. CONTRIBUTING.md describes the files of a case.

const Texts = z.record(z.string(), z.string());
const Instant = z.iso.datetime({ offset: true });

/** `delivery.json`: what defaults will not do for. */
const DeliveryFile = z.strictObject({
  method: z._default(z.string(), "POST"),
  headers: z._default(Texts, {}),
  query: z._default(Texts, {}),
  now: z._default(Instant, "2026-01-31T18:42:05.000Z"),
  id: z.optional(z.string()),
});

const RequestFile = z.strictObject({
  method: z.string(),
  headers: z._default(Texts, {}),
  query: z._default(Texts, {}),
  body: z._default(z.string(), ""),
  now: z._default(Instant, "2026-01-31T18:42:05.000Z"),
});

const ReplyFile = z.strictObject({
  status: z.number(),
  headers: z.exactOptional(Texts),
  body: z.exactOptional(z.string()),
});

const AnswersFile = z.array(
  z.strictObject({
    request: z.string().check(z.regex(/^(GET|POST) \//)),
    status: z.number(),
    json: z.optional(z.unknown()),
    headers: z.optional(Texts),
  }),
);

/** One answer of a source's own API: to `GET /path`, whatever the query. */
export type RecordedAnswer = z.infer<typeof AnswersFile>[number];

const SettingsFile = z.strictObject({
  region: z.exactOptional(z.string()),
  externalId: z.exactOptional(z.string()),
  departments: z.exactOptional(Texts),
  customData: z.exactOptional(Texts),
});

/** What an event of a case is and means, as somebody read and approved it. */
const GoldenFile = z.array(
  z.union([
    z.strictObject({
      type: z.string(),
      subject: z.string(),
      occurredAt: z.string(),
      changes: z.array(z.looseObject({ kind: z.string() })),
    }),
    // It ends among the dead letters, for this reason.
    z.strictObject({ type: z.string(), subject: z.string(), occurredAt: z.string(), dead: z.string() }),
    // It is asked about again later, for this reason.
    z.strictObject({ type: z.string(), subject: z.string(), occurredAt: z.string(), later: z.string() }),
    // Nobody can tell what it is: the delivery, or this one of its events, cannot be read.
    z.strictObject({ dead: z.string() }),
  ]),
);

interface CapturedRequest {
  readonly source: string;
  readonly name: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly contentType: string;
  /** When it came, in milliseconds since 1970. */
  readonly now: number;
}

/** What a sender said: the words before the proof wraps, signs or encrypts them. */
export interface EventFixture extends CapturedRequest {
  readonly kind: "events";
  /** How `body` is written. */
  readonly extension: "json" | "form" | "xml";
  readonly id: string;
  /** `changes.json`; `undefined` when it is missing. */
  readonly golden: z.infer<typeof GoldenFile> | undefined;
  /** What the source's API answers about the people of the case. */
  readonly answers: readonly RecordedAnswer[];
  /** Settings of the source that the golden changes depend on. */
  readonly settings: z.infer<typeof SettingsFile>;
}

/** A check of the URL, byte for byte as the vendor sends it, with the answer it wants. */
export interface HandshakeFixture extends CapturedRequest {
  readonly kind: "handshake";
  readonly reply: Reply;
}

export type Fixture = EventFixture | HandshakeFixture;

const root = join(import.meta.dirname, "../..");
const contentTypes = {
  json: "application/json",
  form: "application/x-www-form-urlencoded",
  xml: "text/xml",
} as const;

/** Where the cases of a source are: beside a built-in one, in `test/sources/<name>/fixtures` for one's own. */
export function fixturesFolder(source: string): string {
  const builtIn = join(root, "lib/sources", source);
  return join(existsSync(builtIn) ? builtIn : join(root, "test/sources", source), "fixtures");
}

/** The cases of a source, by name; none where there is no folder. */
export function fixtureNames(source: string, folder = fixturesFolder(source)): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted();
}

/** The invented secret that goes with a source's cases. `undefined` when there is none. */
export function fixtureSecret(
  source: string,
  folder = fixturesFolder(source),
): Readonly<Record<string, unknown>> | undefined {
  return readJson(join(folder, "secret.json"), z.record(z.string(), z.unknown()));
}

/** Reads a case. Throws `malformed` with the cases there are when there is none of that name. */
export function readFixture(source: string, name: string, cases = fixturesFolder(source)): Fixture {
  const names = fixtureNames(source, cases);
  if (!names.includes(name)) {
    throw new InboundError("malformed", "case-unknown", { hint: `cases of ${source}: ${names.join(", ")}` });
  }
  const folder = join(cases, name);
  const request = readJson(join(folder, "request.json"), RequestFile);
  if (request) {
    const reply = readJson(join(folder, "reply.json"), ReplyFile);
    if (!reply) throw missing(join(folder, "reply.json"), "the answer that the vendor wants");
    const { headers, query, method } = request;
    return {
      kind: "handshake",
      source,
      name,
      method,
      headers,
      query,
      reply,
      body: Buffer.from(request.body),
      contentType: headers["content-type"] ?? "",
      now: Date.parse(request.now),
    };
  }
  const bodies = readdirSync(folder).filter((file) => file.startsWith("body."));
  const extension = bodies[0]?.slice("body.".length) ?? "";
  if (bodies.length !== 1 || !isExtension(extension)) {
    throw missing(join(folder, "body.json"), "exactly one body.json, body.form or body.xml");
  }
  const { now, id, headers, query, method } = z.parse(
    DeliveryFile,
    readJson(join(folder, "delivery.json"), DeliveryFile) ?? {},
  );
  const contentType = contentTypes[extension];
  return {
    kind: "events",
    source,
    name,
    method,
    query,
    extension,
    contentType,
    headers: { "content-type": contentType, ...headers },
    body: readFileSync(join(folder, `body.${extension}`)),
    now: Date.parse(now),
    id: id ?? `msg_${name}`,
    golden: readJson(join(folder, "changes.json"), GoldenFile),
    answers: readJson(join(folder, "answers.json"), AnswersFile) ?? [],
    settings: readJson(join(folder, "settings.json"), SettingsFile) ?? {},
  };
}

/** Every case of a source. */
export function readFixtures(source: string, folder = fixturesFolder(source)): Fixture[] {
  return fixtureNames(source, folder).map((name) => readFixture(source, name, folder));
}

/** The answers beside a body, whosever it is. */
export function readAnswers(folder: string): readonly RecordedAnswer[] {
  return readJson(join(folder, "answers.json"), AnswersFile) ?? [];
}

/** A request as it goes over the wire. */
export interface WireRequest extends SignedRequest {
  readonly method: string;
  readonly query: Readonly<Record<string, string>>;
}

/** What the sender of a case would send at this moment; a handshake goes as it was captured. */
export function requestOf<Secret>(
  source: Source<Secret>,
  secret: Secret,
  fixture: Fixture,
  at: { now: number; id: string },
): WireRequest {
  const { method, headers, query, body } = fixture;
  if (fixture.kind === "handshake") return { method, headers, query, body };
  const signed = source.proof.sign(body, secret, at);
  return {
    method,
    headers: { ...headers, ...signed.headers },
    query: { ...query, ...signed.query },
    body: signed.body,
  };
}

/** Signs a body as the sender would at this moment. */
export function signDelivery<Secret>(
  source: Source<Secret>,
  secret: Secret,
  { body, contentType }: Pick<Fixture, "body" | "contentType">,
  at: { now: number; id: string },
): SignedRequest {
  const signed = source.proof.sign(body, secret, at);
  return { ...signed, headers: { "content-type": contentType, ...signed.headers } };
}

function isExtension(text: string): text is keyof typeof contentTypes {
  return Object.hasOwn(contentTypes, text);
}

/** The parsed file; `undefined` when there is none. */
function readJson<Shape>(path: string, shape: z.core.$ZodType<Shape>): Shape | undefined {
  if (!existsSync(path)) return undefined;
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    throw new InboundError("malformed", "fixture-not-json", { path: relative(path) });
  }
  const parsed = z.safeParse(shape, document);
  if (parsed.success) return parsed.data;
  const places = parsed.error.issues.map((issue) => issue.path.map(String).join(".") || "(whole)");
  throw new InboundError("malformed", "fixture-shape-wrong", {
    path: `${relative(path)}: ${places.join(", ")}`,
    hint: "CONTRIBUTING.md describes the files of a case",
  });
}

function missing(path: string, what: string): InboundError {
  return new InboundError("malformed", "fixture-missing", { path: relative(path), hint: `add ${what}` });
}

function relative(path: string): string {
  return path.slice(root.length + 1);
}
