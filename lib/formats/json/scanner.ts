import { InboundError } from "#lib/contract/errors.ts";
import { maxCellLength, maxRecordLength, type Row } from "#lib/formats/format.ts";
import { jsonRow, maxDepth, overlongRow } from "#lib/formats/json-record.ts";
import { holdsMore, type ListPlace } from "#lib/formats/list-paths.ts";
import { scanValue, type ValueState } from "./value.ts";

// Reads a JSON document of any size in pieces. It holds no more than one record and the keys of the objects around it. What is no record is
// checked by the grammar of RFC 8259; of a record only strings and brackets are followed, and JSON.parse checks the rest.

/** What a scanner tells of a document. */
export interface Watcher {
  /** An element of a list that is known, and is not the one whose records are read. `holdsMore`: its elements may hold such lists. */
  element?(list: string, isObject: boolean, holdsMore: boolean): void;
  /** The end of such a list, with how many elements it had. */
  listEnd?(list: string, count: number): void;
  /** A key of the document's own object. */
  key?(key: string): void;
  /** The text of a value that is wanted; `undefined` for one that is longer than `maxAroundLength`. Where this is told, records are passed over. */
  around?(key: string, text: string | undefined): void;
}

export interface Scanner {
  /** Reads the next piece. Throws `malformed` without a path: it is at `offset`. */
  push(piece: string): void;
  /** Throws when the document is not complete. */
  end(): void;
  /** The records that were completed since the last call. */
  takeRows(): Row[];
  /** How far the document was read, or where it is wrong, in UTF-16 units from its beginning. */
  offset(): number;
}

/** An object or a list that is open. */
interface Frame {
  readonly isList: boolean;
  /** `undefined` in a part of the document where no list is known. */
  readonly place: ListPlace | undefined;
  /** How a row names it, e.g. `users`. */
  readonly name: string;
  /** Elements, or keys, before the present one. */
  count: number;
  /** Of an object on the way to a list. */
  readonly keys: Set<string> | undefined;
  keysLength: number;
  /** The present key of such an object. */
  key: string;
  /** Whether elements are still told: until the first object. */
  isTold: boolean;
}

type DocumentProblem = "json-invalid" | "json-key-twice" | "json-too-deep" | "json-keys-too-many";
type Mode = "structure" | "string" | "token" | "record";
type Expected = "value" | "first value" | "key" | "first key" | "colon" | "after" | "end";

const invalid = "correct the JSON there, e.g. with an editor that checks it, and upload the file again";
const several = "write one list of records, or one record a line and name the file .ndjson";
/** The longest value beside a list that is read, in UTF-16 units. */
export const maxAroundLength = 65_536;
/** Numbers, `true`, `false`, `null`. */
const token = /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)$/;

/** @param root what is known of the document; records are read where it says so. */
export function createScanner(root: ListPlace, watcher: Watcher): Scanner {
  const frames: Frame[] = [];
  let top: Frame | undefined;
  let mode: Mode = "structure";
  let expected: Expected = "value";
  /** The text of a key, a token or a record so far; `undefined`: longer than a record may be, or not needed. */
  let held: string | undefined;
  let isKey = false;
  /** In a string, 1 after a backslash; 5 to 2 while hexadecimal digits follow. */
  let escape = 0;
  let value: ValueState | undefined;
  let rows: Row[] = [];
  let offset = 0;

  function refusal(at: number, reason: DocumentProblem = "json-invalid", hint = invalid): InboundError {
    offset += at;
    return new InboundError("malformed", reason, { hint });
  }

  function hold(more: string, limit: number): void {
    held = held === undefined || held.length + more.length > limit ? undefined : held + more;
  }

  function placeHere(): ListPlace | undefined {
    if (top === undefined) return root;
    return top.isList ? top.place?.element : top.place?.names.get(top.key);
  }

  function nameHere(): string {
    if (top === undefined) return "";
    if (top.isList) return `${top.name}[${top.count}]`;
    return top.name === "" ? top.key : `${top.name}.${top.key}`;
  }

  function begin(piece: string, at: number): number {
    const opener = piece.charCodeAt(at);
    const isContainer = opener === 123 || opener === 91;
    const place = placeHere();
    if ((place?.isRecord === true || place?.isAround === true) && !isCloserOrComma(opener)) {
      held = "";
      mode = isContainer || opener === 34 ? "record" : "token";
      if (mode === "record") value = { depth: 0, closers: [], isQuoted: false, isEscaped: false };
      return at;
    }
    if (top?.isTold === true && top.place?.list !== undefined) {
      watcher.element?.(top.place.list, opener === 123, holdsMore(top.place));
      top.isTold = opener !== 123;
    }
    if (isContainer) {
      open(opener === 91, place, at);
    } else if (opener === 34) {
      mode = "string";
      isKey = false;
    } else if (opener === 45 || isDigit(opener) || opener === 116 || opener === 102 || opener === 110) {
      mode = "token";
      held = "";
      return at;
    } else {
      throw refusal(at);
    }
    return at + 1;
  }

  function open(isList: boolean, place: ListPlace | undefined, at: number): void {
    if (frames.length === maxDepth) throw refusal(at, "json-too-deep", "flatten the document");
    top = {
      isList,
      place,
      name: place === undefined ? "" : nameHere(),
      count: 0,
      keys: isList || place === undefined ? undefined : new Set(),
      keysLength: 0,
      key: "",
      isTold: isList,
    };
    frames.push(top);
    expected = isList ? "first value" : "first key";
  }

  function close(isList: boolean, at: number): void {
    if (top?.isList !== isList) throw refusal(at);
    if (isList && top.place?.list !== undefined) {
      const count = expected === "first value" ? 0 : top.count + 1;
      watcher.listEnd?.(top.place.list, count);
    }
    frames.pop();
    top = frames.at(-1);
    valueEnd();
  }

  function valueEnd(): void {
    mode = "structure";
    expected = top === undefined ? "end" : "after";
  }

  /** Reads white space and signs, up to the beginning of a key or a value. */
  function structure(piece: string, from: number): number {
    for (let at = from; at < piece.length; at += 1) {
      const unit = piece.charCodeAt(at);
      if (isSpace(unit)) continue;
      const closes = expected === "after" || expected === "first value" || expected === "first key";
      if (closes && unit === (top?.isList === true ? 93 : 125)) {
        close(unit === 93, at);
      } else if (expected === "value" || expected === "first value") {
        return begin(piece, at);
      } else if ((expected === "key" || expected === "first key") && unit === 34) {
        isKey = true;
        held = top?.keys === undefined ? undefined : "";
        mode = "string";
        return at + 1;
      } else if (expected === "colon" && unit === 58) {
        expected = "value";
      } else if (expected === "after" && unit === 44 && top !== undefined) {
        top.count += 1;
        expected = top.isList ? "value" : "key";
      } else {
        throw expected === "end" ? refusal(at, "json-invalid", several) : refusal(at);
      }
    }
    return piece.length;
  }

  function string(piece: string, from: number): number {
    let at = from;
    for (; at < piece.length; at += 1) {
      const unit = piece.charCodeAt(at);
      if (escape > 1) {
        if (!isHexadecimal(unit)) throw refusal(at);
        escape = escape === 2 ? 0 : escape - 1;
      } else if (escape === 1) {
        if (!'"\\/bfnrtu'.includes(piece.charAt(at))) throw refusal(at);
        escape = unit === 117 ? 5 : 0;
      } else if (unit === 92) {
        escape = 1;
      } else if (unit < 32) {
        throw refusal(at);
      } else if (unit === 34) {
        break;
      }
    }
    if (isKey && top?.keys !== undefined) {
      hold(piece.slice(from, at), maxCellLength);
      if (held === undefined)
        throw refusal(at, "json-keys-too-many", `shorten the key: at most ${maxCellLength} characters`);
    }
    if (at === piece.length) return at;
    if (isKey) keyEnd(at);
    else valueEnd();
    return at + 1;
  }

  function keyEnd(at: number): void {
    mode = "structure";
    expected = "colon";
    if (top?.keys === undefined) return;
    const key = JSON.parse(`"${held ?? ""}"`) as string;
    if (top.keys.has(key)) throw refusal(at, "json-key-twice", "keep one of the two keys");
    top.keys.add(key);
    top.keysLength += key.length;
    if (top.keysLength > maxRecordLength)
      throw refusal(
        at,
        "json-keys-too-many",
        `write a list of records: the keys of an object around them may have at most ${maxRecordLength} characters`,
      );
    top.key = key;
    if (frames.length === 1) watcher.key?.(key);
  }

  function readToken(piece: string, from: number): number {
    let at = from;
    while (at < piece.length && !endsToken(piece.charCodeAt(at))) at += 1;
    hold(piece.slice(from, at), maxCellLength);
    if (at < piece.length) tokenEnd(at);
    return at;
  }

  function tokenEnd(at: number): void {
    const place = placeHere();
    if (place?.isRecord === true || place?.isAround === true) recordEnd();
    else if (held === undefined || !token.test(held)) throw refusal(Math.max(0, at - 1));
    valueEnd();
  }

  function record(piece: string, from: number, state: ValueState): number {
    const found = scanValue(piece, from, state);
    if (found !== undefined && "mismatch" in found) throw refusal(found.mismatch);
    if (placeHere()?.isAround === true) hold(piece.slice(from, found?.end), maxAroundLength);
    else if (watcher.around === undefined) hold(piece.slice(from, found?.end), maxRecordLength);
    if (found === undefined) return piece.length;
    recordEnd();
    valueEnd();
    return found.end;
  }

  function recordEnd(): void {
    const place = top === undefined ? "document" : nameHere();
    if (placeHere()?.isAround === true) watcher.around?.(top?.key ?? "", held);
    else if (watcher.around === undefined)
      rows.push(held === undefined ? overlongRow(place) : jsonRow(place, held));
    held = undefined;
  }

  return {
    push(piece) {
      for (let at = 0; at < piece.length;) {
        if (mode === "structure") at = structure(piece, at);
        else if (mode === "string") at = string(piece, at);
        else if (mode === "token") at = readToken(piece, at);
        else at = record(piece, at, value as ValueState);
      }
      offset += piece.length;
    },
    end() {
      if (mode === "token" && top === undefined) tokenEnd(0);
      if (mode !== "structure" || expected !== "end") throw refusal(0);
    },
    takeRows() {
      const taken = rows;
      rows = [];
      return taken;
    },
    offset: () => offset,
  };
}

function isSpace(unit: number): boolean {
  return unit === 32 || unit === 10 || unit === 13 || unit === 9;
}

function isDigit(unit: number): boolean {
  return unit >= 48 && unit <= 57;
}

function isHexadecimal(unit: number): boolean {
  return isDigit(unit) || (unit >= 65 && unit <= 70) || (unit >= 97 && unit <= 102);
}

/** `,`, `]`, `}`, `:` where a value should be. */
function isCloserOrComma(unit: number): boolean {
  return unit === 44 || unit === 93 || unit === 125 || unit === 58;
}

function endsToken(unit: number): boolean {
  return isSpace(unit) || isCloserOrComma(unit) || unit === 34 || unit === 91 || unit === 123;
}
