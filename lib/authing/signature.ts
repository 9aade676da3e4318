import { createHmac, createSecretKey } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { jsonBytes } from "./json-bytes.ts";

// Authing's signature of a request with an access key, as authing-node-sdk 4.0.2 makes it (src/utils/buildSignature.ts).
// Authing's reference describes it differently, in a text that is commented out there; Authing accepts what the SDK does.
//
// Signed are the method, `date` and every `x-authing-*` header, the path without host or prefix, and the *parsed*
// parameters: of a GET those of the query before URL encoding, otherwise the top level of the JSON body. Their names are
// sorted for the signature only; nested values are written as JSON. The server serialises what it has parsed, so the
// body sent must be exactly what JSON.stringify gives.

/** What a signature covers. */
export interface Signable {
  /** Upper case. */
  readonly method: string;
  /** `/api/v3/…`, without host, prefix and query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The parsed body, or the parameters of a GET; arrays as arrays. A value that is JSON already may be given as those bytes. */
  readonly data?: object | undefined;
}

/** An access key: that of the user pool (its id and secret) or of a collaborator. */
export interface AuthingCredentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
}

/** The text that is signed, in pieces. */
function partsToSign({ method, path, headers, data = {} }: Signable): (string | Buffer)[] {
  const signedHeaders = Object.keys(headers)
    .filter((name) => name === "date" || name.startsWith("x-authing-"))
    .toSorted()
    .map(
      (name) =>
        `${name}:${single(headers[name])
          .replaceAll(/[\t\n\r\f]/g, " ")
          .trim()}\n`,
    );
  const entries = Object.entries(data);
  const parameters = entries
    .filter(([, value]) => value !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, value], index) => [`${index === 0 ? "" : "&"}${name}=`, signedValue(value)]);
  // Like the SDK: the question mark is there as soon as there is a name, even when none of them has a value.
  return [`${method}\n${signedHeaders.join("")}${path}${entries.length === 0 ? "" : "?"}`, ...parameters];
}

function signedValue(value: unknown): string | Buffer {
  if (Buffer.isBuffer(value)) return value;
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

/** A body as JSON. */
export interface Written {
  /** Byte for byte what `JSON.stringify` gives. */
  readonly body: Buffer;
  /** The part that is signed: `Signable`'s `data`, with objects as the bytes that are in the body. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** Writes a body once, for the signature and for the wire. */
export function writeBody(data: object): Written {
  const pieces = Object.entries(data)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ({ name, value: value as unknown, json: jsonBytes(JSON.stringify(value)) }));
  const body = Buffer.concat([
    ...pieces.flatMap(({ name, json }, index) => [
      Buffer.from(`${index === 0 ? "{" : ","}${JSON.stringify(name)}:`),
      json,
    ]),
    Buffer.from(pieces.length === 0 ? "{}" : "}"),
  ]);
  const signed = pieces.map(({ name, value, json }) => [
    name,
    typeof value === "object" && value !== null ? json : value,
  ]);
  return { body, data: Object.fromEntries(signed) as Record<string, unknown> };
}

/** The `authorization` header of a request. */
export function signRequest(request: Signable, credentials: AuthingCredentials): string {
  const signature = hmac(partsToSign(request), credentials.accessKeySecret).toString("base64");
  return `authing ${credentials.accessKeyId}:${signature}`;
}

/**
 * The query of a GET, arrays as `name[]=a&name[]=b`. Authing's SDKs disagree (`userIds=a&userIds=b`, `userIds=a,b`, and one
 * that cannot work); this is what the one that signs its requests sends, with the brackets encoded as its HTTP library
 * does today. The signature covers the same array as JSON.
 */
export function encodeQuery(parameters: object): string {
  return Object.entries(parameters)
    .filter(([, value]) => value !== undefined)
    .flatMap(([name, value]) =>
      Array.isArray(value)
        ? value.map((item) => `${encodeURIComponent(`${name}[]`)}=${encodeURIComponent(String(item))}`)
        : [`${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`],
    )
    .join("&");
}

function single(header: string | string[] | undefined): string {
  return Array.isArray(header) ? header.join(", ") : (header ?? "");
}

/** The key of the secret seen last: a key object is ready to use, a text is prepared anew for every signature. */
let lastKey: { secret: string; key: KeyObject } | undefined;

function hmac(parts: readonly (string | Buffer)[], secret: string): Buffer {
  if (lastKey?.secret !== secret) lastKey = { secret, key: createSecretKey(secret, "utf8") };
  const digest = createHmac("sha1", lastKey.key);
  for (const part of parts) digest.update(part);
  return digest.digest();
}
