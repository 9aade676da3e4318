import { createHmac, createSecretKey, hash, type KeyObject } from "node:crypto";
import { InboundError } from "#lib/contract/errors.ts";
import type { ProofPlace } from "#lib/contract/proof-differs.ts";
import type {
  Delivery,
  ImmediateProof,
  ProofResult,
  RefusedProof,
  SignedRequest,
  Signing,
} from "#lib/contract/proof.ts";
import { isSameDigest } from "#lib/constant-time.ts";
import {
  compileTolerance,
  formOf,
  headerNames,
  refuseWrongSettings,
  type HmacSettings,
} from "./hmac-settings.ts";
import { compileTemplate, placeOfPart, type SignedParts } from "./hmac-template.ts";
import { canonical, decodeKey, plusRestored, readList, readPairs, readTimestamp } from "./signature-text.ts";
import { parseJson, textAt, withoutPlace, writeAt } from "./json-place.ts";
import { oncePerSecret } from "./once-per-secret.ts";
import { placeOf, refused, secondsBetween, secretEmpty } from "./refused.ts";

const maximumSignatureLength = 4096;
const maximumSignatures = 32;

/**
 * A proof by HMAC, for every layout that facts of some forty senders asked for. The settings are compiled once; a wrong
 * one throws a `TypeError` here that says what to change, so that it never waits for the first delivery.
 *
 * A key that is empty or cannot be decoded is no key, and a secret without a key verifies nothing (`secret-empty`).
 */
export function hmac<Secret>(settings: HmacSettings<Secret>): ImmediateProof<Secret> {
  const { algorithm, signature, timestamp, deliveryId, keyEncoding = "utf8" } = settings;
  const template = compileTemplate(settings);
  const tolerance = compileTolerance(timestamp?.toleranceSeconds);
  const readsJson =
    "json" in signature ||
    (timestamp !== undefined && "json" in timestamp) ||
    template.some((part) => part.kind === "json");
  const signatureHeaders = "header" in signature ? headerNames(signature.header, "signature") : [];
  const timestampHeaders =
    timestamp && "header" in timestamp ? headerNames(timestamp.header, "timestamp") : [];
  const idHeaders = deliveryId ? headerNames(deliveryId.header, "deliveryId") : [];
  const separators = signature.separator === undefined ? [] : [signature.separator].flat();
  refuseWrongSettings(settings, template, [signatureHeaders, timestampHeaders, idHeaders]);

  const form = formOf(signature);
  const place =
    "header" in signature
      ? placeOf("header", signatureHeaders)
      : "query" in signature
        ? placeOf("query", signature.query)
        : placeOf("body", signature.json);
  const timePlace = timestamp && placeOfTime(timestamp, timestampHeaders, place);
  const malformed = refused("proof-malformed", { place, form });
  const tooDeep = refused("proof-malformed", { place: "body", form: "JSON that is not nested too deep" });
  const notJson = refused("proof-malformed", { place: "body", form: "JSON" });

  // A KeyObject is made once per secret: four times as fast as the raw key each time (Node 24, 1 KB).
  const keys = oncePerSecret((secret: Secret) =>
    [settings.key(secret)]
      .flat()
      .map((text) => decodeKey(text, keyEncoding))
      .filter((bytes) => bytes.length > 0)
      .map((bytes) => createSecretKey(bytes)),
  );

  /** The bytes that are signed, in pieces: the body is never copied or turned into a string. */
  function signedPieces(parts: SignedParts, body: Uint8Array): (string | Uint8Array)[] | RefusedProof {
    const pieces: (string | Uint8Array)[] = [];
    let text = "";
    for (const part of template) {
      if (part.kind === "body") {
        if (text !== "") pieces.push(text);
        pieces.push(body);
        text = "";
        continue;
      }
      const value = part.kind === "text" ? part.text : parts[part.kind](part.name);
      if (value === undefined) {
        const lacks = placeOfPart(part, idHeaders);
        return part.kind === "json"
          ? refused("proof-malformed", { place: lacks, form: "text or number" })
          : refused("proof-missing", { place: lacks });
      }
      text += value;
    }
    if (text !== "") pieces.push(text);
    return pieces;
  }

  function digest(key: KeyObject, pieces: readonly (string | Uint8Array)[]): string {
    const mac = createHmac(algorithm, key);
    for (const piece of pieces) mac.update(piece);
    return mac.digest(signature.encoding);
  }

  function verify(delivery: Delivery, secret: Secret): ProofResult {
    const usable = keys(secret);
    if (usable.length === 0) return secretEmpty;

    const { headers, query, body } = delivery;
    const document = readsJson ? parseJson(body) : undefined;
    const set = Math.max(
      0,
      signatureHeaders.findIndex((name) => typeof headers[name] === "string"),
    );
    const header = (name: string | undefined) =>
      name !== undefined && typeof headers[name] === "string" ? headers[name] : undefined;

    let written: string | undefined;
    if ("header" in signature) {
      written = header(signatureHeaders[set]);
    } else if ("query" in signature) {
      if (query.getAll(signature.query).length > 1) return malformed;
      const given = query.get(signature.query);
      written = given === null ? undefined : plusRestored(given);
    } else {
      if (document === undefined) return notJson;
      written = textAt(document, signature.json);
    }
    if (written === undefined || written === "") return refused("proof-missing", { place });
    if (written.length > maximumSignatureLength) return malformed;

    const pairs = signature.pair === undefined ? undefined : readPairs(written);
    const candidates = pairs
      ? pairs.filter(([name]) => name === signature.pair).map(([, value]) => value)
      : readList(written, separators, signature.prefix ?? "");
    if (candidates.length === 0 || candidates.length > maximumSignatures) return malformed;

    let timestampText: string | undefined;
    let sentAt: number | undefined;
    if (timestamp && timePlace) {
      const timeMalformed = () =>
        refused("timestamp-malformed", { place: timePlace, form: `${timestamp.unit} since 1970` });
      if ("pair" in timestamp) {
        const found = (pairs ?? []).filter(([name]) => name === timestamp.pair);
        if (found.length > 1) return timeMalformed();
        timestampText = found[0]?.[1];
      } else if ("header" in timestamp) {
        timestampText = header(timestampHeaders[set]);
      } else {
        timestampText = document === undefined ? undefined : textAt(document, timestamp.json);
      }
      if (timestampText === undefined || timestampText === "") {
        return refused("timestamp-missing", { place: timePlace });
      }
      sentAt = readTimestamp(timestampText, timestamp.unit);
      if (sentAt === undefined) return timeMalformed();
      const { receivedAt } = delivery;
      if (receivedAt - sentAt > tolerance.past) {
        const off = { seconds: secondsBetween(sentAt, receivedAt), toleranceSeconds: tolerance.past / 1000 };
        return refused("timestamp-stale", { place: timePlace, ...off });
      }
      if (sentAt - receivedAt > tolerance.future) {
        const off = {
          seconds: secondsBetween(receivedAt, sentAt),
          toleranceSeconds: tolerance.future / 1000,
        };
        return refused("timestamp-early", { place: timePlace, ...off });
      }
    }

    const id = header(idHeaders[set]);
    const pieces = signedPieces(
      {
        timestamp: () => timestampText,
        id: () => (id === "" ? undefined : id),
        header,
        query: (name) => {
          const values = query.getAll(name);
          return values.length === 1 ? values[0] : undefined;
        },
        json: (name) => (document === undefined ? undefined : textAt(document, name)),
        bodyHash: () => hash("sha256", body, "hex"),
      },
      body,
    );
    if ("ok" in pieces) return pieces;

    for (const key of usable) {
      const expected = canonical(digest(key, pieces), signature.encoding);
      if (candidates.some((candidate) => isSameDigest(expected, canonical(candidate, signature.encoding)))) {
        // A signature inside of the body is no part of what is said.
        const payload = "json" in signature ? withoutPlace(document, signature.json) : body;
        if (payload === undefined) return tooDeep;
        return {
          ok: true,
          payload,
          ...(sentAt === undefined ? {} : { sentAt }),
          ...(id === undefined ? {} : { deliveryId: id }),
        };
      }
    }
    return refused("proof-mismatch", { place, covers: settings.signed });
  }

  function sign(body: Uint8Array, secret: Secret, at: Signing): SignedRequest {
    const [key] = keys(secret);
    if (key === undefined) throw new InboundError("misconfigured", "secret-empty");
    const timestampText = String(timestamp?.unit === "milliseconds" ? at.now : Math.floor(at.now / 1000));
    const headers: Record<string, string> = {};
    const query: Record<string, string> = {};
    let document: object | undefined;
    if (readsJson) {
      const parsed = parseJson(body);
      if (typeof parsed !== "object" || parsed === null) {
        throw new InboundError("malformed", "body-not-a-json-object");
      }
      document = parsed;
    }

    let sent = body;
    if (timestampHeaders[0] !== undefined) headers[timestampHeaders[0]] = timestampText;
    if (document && timestamp && "json" in timestamp) {
      writeAt(document, timestamp.json, Number(timestampText));
      sent = Buffer.from(JSON.stringify(document));
    }
    if (idHeaders[0] !== undefined) headers[idHeaders[0]] = at.id;
    const pieces = signedPieces(
      {
        timestamp: () => timestampText,
        id: () => at.id,
        // A sender has its own values for these; where the request has none, any value will do.
        header: (name) => headers[name] ?? at.headers?.[name] ?? (headers[name] = at.id),
        query: (name) => query[name] ?? at.query?.[name] ?? (query[name] = at.id),
        json: (name) => (document === undefined ? undefined : textAt(document, name)),
        bodyHash: () => hash("sha256", sent, "hex"),
      },
      sent,
    );
    if ("ok" in pieces) throw new InboundError("malformed", "signed-part-missing");

    const text = (signature.prefix ?? "") + digest(key, pieces);
    const pairs = timestamp && "pair" in timestamp ? [`${timestamp.pair}=${timestampText}`] : [];
    const written = signature.pair === undefined ? text : [...pairs, `${signature.pair}=${text}`].join(",");
    if ("query" in signature) {
      query[signature.query] = written;
    } else if ("json" in signature) {
      writeAt(document ?? {}, signature.json, written);
      sent = Buffer.from(JSON.stringify(document));
    } else {
      headers[signatureHeaders[0] ?? ""] = written;
    }
    return { headers, ...(Object.keys(query).length === 0 ? {} : { query }), body: sent };
  }

  return {
    name: settings.name ?? `hmac-${algorithm}`,
    coversBody: template.some((part) => part.kind === "body" || part.kind === "bodyHash"),
    refusesStale: Number.isFinite(tolerance.past),
    ...("query" in signature && { proofParameters: [signature.query] }),
    verify,
    sign,
  };
}

function placeOfTime<Secret>(
  timestamp: NonNullable<HmacSettings<Secret>["timestamp"]>,
  headers: readonly string[],
  signature: ProofPlace,
): ProofPlace {
  if ("header" in timestamp) return placeOf("header", headers);
  // A pair is beside the signature.
  return "json" in timestamp ? placeOf("body", timestamp.json) : signature;
}
