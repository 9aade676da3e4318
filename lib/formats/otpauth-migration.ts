import { PbfReader } from "pbf";
import { encodeBase32 } from "#lib/fields/base32.ts";
import { decodeBase64 } from "./base64.ts";
import { labelParts } from "./otpauth-uri.ts";

// What Google Authenticator exports: `otpauth-migration://offline?data=…`, a Protocol Buffers message in base64.
//
//   MigrationPayload { repeated OtpParameters otp_parameters = 1; int32 version = 2; int32 batch_size = 3; int32 batch_index = 4;
//                      int32 batch_id = 5; }
//   OtpParameters    { bytes secret = 1; string name = 2; string issuer = 3; Algorithm algorithm = 4; DigitCount digits = 5;
//                      OtpType type = 6; int64 counter = 7; }

/** A key of an export, as fields of ours have it. */
export interface MigrationKey {
  /** Behind the issuer in the name of the key. */
  readonly account: string;
  readonly issuer: string;
  /** Base32. */
  readonly secret: string;
  readonly type: string;
  /** Empty where the export leaves it open. */
  readonly algorithm: string;
  readonly digits: string;
  readonly period: string;
  /** Of a key whose codes are made by a counter. */
  readonly counter: string;
}

/** One URI of an export. An export of more than ten keys is several of them, a picture for each. */
export interface MigrationPart {
  /** `undefined` for a key that cannot be read. */
  readonly keys: readonly (MigrationKey | undefined)[];
  /** The same in all parts of an export. */
  readonly batch: string;
  /** How many parts the export has, at least 1. */
  readonly size: number;
  /** Which of them this is, from 0 on. */
  readonly index: number;
}

/** Whether a text is meant as such a URI, valid or not. */
export const migrationUri = /^\s*otpauth-migration:/i;

/** In UTF-16 units; a picture holds 4,296 characters at most. */
const maxUriLength = 65_536;
/** The authenticator puts ten keys into a part. */
const maxParts = 1_000;

const types = ["unspecified", "hotp", "totp"];
const algorithms = ["", "SHA1", "SHA256", "SHA512", "MD5"];
/** An enumeration: 1 does not mean one digit. */
const digitCounts = ["6", "6", "8"];

/** Reads one URI of an export. `undefined` for any other text, and for a message that is damaged: then none of its keys can be trusted. */
export function readMigration(uri: string): MigrationPart | undefined {
  const text = uri.trim();
  const query = text.length > maxUriLength ? null : /^otpauth-migration:\/\/offline\/?\?(.*)$/is.exec(text);
  const data = query?.[1]?.split("&").filter((parameter) => /^data=/i.test(parameter)) ?? [];
  if (data.length !== 1) return undefined;
  try {
    // Not as form data: the base64 of real exports has plus signs that are not encoded.
    const written = decodeURIComponent((data[0] as string).slice("data=".length));
    // Where a program has made spaces of the plus signs, leaving them out would give other secrets.
    const message = /\s/.test(written) ? undefined : decodeBase64(written);
    return message && partOf(message);
  } catch {
    // Not kept as a cause: nothing is known of the text but that it is no such message.
    return undefined;
  }
}

function partOf(message: Uint8Array): MigrationPart | undefined {
  const keys: (MigrationKey | undefined)[] = [];
  let [size, index, batch] = [1, 0, 0];
  eachField(message, (field, reader) => {
    if (field === 1) keys.push(keyOf(bytesOf(reader)));
    else if (field === 3) size = numberOf(reader);
    else if (field === 4) index = numberOf(reader);
    else if (field === 5) batch = numberOf(reader);
    else return false;
    return true;
  });
  const parts = Math.max(size, 1);
  if (parts > maxParts || index < 0 || index >= parts) return undefined;
  return { keys, batch: String(batch), size: parts, index };
}

function keyOf(message: Uint8Array): MigrationKey | undefined {
  let secret: Uint8Array = new Uint8Array();
  let [name, issuer] = ["", ""];
  let [algorithm, digits, type, counter] = [0, 0, 0, 0];
  try {
    eachField(message, (field, reader) => {
      if (field === 1) secret = bytesOf(reader);
      else if (field === 2) name = textOf(reader);
      else if (field === 3) issuer = textOf(reader);
      else if (field === 4) algorithm = numberOf(reader);
      else if (field === 5) digits = numberOf(reader);
      else if (field === 6) type = numberOf(reader);
      else if (field === 7) counter = numberOf(reader);
      else return false;
      return true;
    });
  } catch {
    return undefined;
  }
  const kind = types[type] ?? "unknown";
  return {
    ...labelParts(name, issuer),
    secret: encodeBase32(secret),
    type: kind,
    algorithm: algorithms[algorithm] ?? "unknown",
    digits: digitCounts[digits] ?? "unknown",
    // The authenticator knows no other period, and the message has no field for one.
    period: kind === "hotp" ? "" : "30",
    counter: kind === "hotp" ? String(counter) : "",
  };
}

/**
 * Reads the fields of a message; fields that `read` does not know are skipped, as newer versions of the authenticator may have more.
 *
 * @param read whether it has read the value of a field.
 * @throws Error for a message that ends early or is none. pbf itself reads on behind the end of its bytes.
 */
function eachField(message: Uint8Array, read: (field: number, reader: PbfReader) => boolean): void {
  const reader = new PbfReader(message);
  while (reader.pos < reader.length) {
    const field = reader.nextField();
    if (field === 0) throw new TypeError("no field has the number 0");
    if (!read(field, reader)) reader.skip(reader.type);
    if (!(reader.pos <= reader.length)) throw new TypeError("the message ends early");
  }
}

function numberOf(reader: PbfReader): number {
  if (reader.type !== 0) throw new TypeError("not a number");
  return reader.readVarint(true);
}

function bytesOf(reader: PbfReader): Uint8Array {
  if (reader.type !== 2) throw new TypeError("not bytes");
  return reader.readBytes();
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function textOf(reader: PbfReader): string {
  return utf8.decode(bytesOf(reader));
}
