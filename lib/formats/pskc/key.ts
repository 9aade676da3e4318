import { columns } from "./columns.ts";
import { encodeBase32 } from "#lib/fields/base32.ts";
import { decodeBase64 } from "#lib/formats/base64.ts";
import { maxCellLength, type Row, type RowProblem } from "#lib/formats/format.ts";
import type { Encryption, EncryptionProblem } from "./encryption.ts";
import { policyOf, type Dates } from "./policy.ts";
import { find, isAmbiguous, textOf, type Element } from "./xml.ts";

type Cells = Record<(typeof columns)[number], string>;

const emptyCells = Object.fromEntries(columns.map((column) => [column, ""])) as Cells;

type KeyProblem = EncryptionProblem | "value-ambiguous" | "secret-not-in-file" | "text-too-long";

/** The algorithms of RFC 6030, section 10, and of its drafts; others are vendors' own, whatever they end in. */
const ownAlgorithm =
  /^(?:urn:ietf:params:xml:ns:keyprov:pskc(?::1\.0)?[:#]|http:\/\/www\.ietf\.org\/keyprov\/pskc#)([a-z]+)$/i;

/** What a package says of all its keys. */
export interface Device {
  readonly userId: string;
  readonly serialNo: string;
  readonly manufacturer: string;
  readonly dates: Dates;
  readonly isAmbiguous: boolean;
}

/** Read once for each package: drafts of RFC 6030 allow many keys in one. */
export function deviceOf({ children, ...rest }: Element): Device {
  const own: Element = { ...rest, children: children.filter(({ name }) => name !== "Key") };
  const info = find(own, "DeviceInfo");
  return {
    userId: textOf(find(info, "UserId")),
    serialNo: textOf(find(info, "SerialNo")),
    manufacturer: textOf(find(info, "Manufacturer")),
    dates: { start: textOf(find(info, "StartDate")), end: textOf(find(info, "ExpiryDate")) },
    isAmbiguous: isAmbiguous(own),
  };
}

/**
 * A key as a row: its values, also where Authing cannot hold them, or why it has none.
 *
 * @param now in milliseconds since 1970.
 */
export async function keyRow(
  place: string,
  key: Element,
  device: Device,
  encryption: Encryption,
  now: number,
): Promise<Row> {
  const data = find(key, "Data");
  const parameters = find(key, "AlgorithmParameters") ?? find(key, "Usage");
  const response: Element["attributes"] = find(parameters, "ResponseFormat")?.attributes ?? {};
  const { attributes } = key;
  const cells: Cells = {
    userId: textOf(find(key, "UserId")) || device.userId,
    serialNo: device.serialNo,
    manufacturer: device.manufacturer,
    keyId: attributes["Id"] ?? attributes["KeyId"] ?? "",
    secret: "",
    type: typeOf(attributes["Algorithm"] ?? attributes["KeyAlgorithm"] ?? ""),
    algorithm: textOf(find(parameters, "Suite")),
    digits: response["Length"] ?? "",
    period: "",
    counter: "",
    startTime: "",
    encoding: response["Encoding"] ?? response["Format"] ?? "",
    checkDigits: response["CheckDigits"] ?? response["CheckDigit"] ?? "",
  };
  if (Object.values(cells).some((cell) => cell.length > maxCellLength) || isTooLong(key)) {
    return refused(place, emptyCells, "text-too-long");
  }
  if (device.isAmbiguous || isAmbiguous(key)) return refused(place, cells, "value-ambiguous");

  const secret = await bytesOf(find(data, "Secret"), encryption);
  if (typeof secret === "string") return refused(place, cells, secret);
  if (secret === undefined && find(key, "KeyReference")) return refused(place, cells, "secret-not-in-file");
  if (secret) cells.secret = encodeBase32(secret);

  let drift = "";
  for (const [name, keep] of [
    ["TimeInterval", (text: string) => (cells.period = text)],
    ["Counter", (text: string) => (cells.counter = text)],
    ["Time", (text: string) => (cells.startTime = text)],
    ["TimeDrift", (text: string) => (drift = text)],
  ] as const) {
    const element = find(data, name);
    const plain = find(element, "PlainValue");
    const number = plain ? plainNumber(textOf(plain)) : await encryptedNumber(element, encryption);
    if (typeof number !== "string") return refused(place, cells, number.problem);
    keep(number);
  }

  const policy = policyOf(key, device.dates, now);
  const notes: readonly RowProblem[] = [
    ...(["", "0"].includes(drift) ? [] : [{ code: "clock-drift" as const }]),
    ...policy.notes,
  ];
  return {
    place,
    values: cells,
    original: Object.values(cells),
    problems: policy.problems,
    ...(notes.length > 0 && { notes }),
  };
}

function typeOf(algorithm: string): string {
  const written = algorithm.trim();
  // A key that does not say how its codes are made may make any.
  if (written === "") return "unstated";
  return ownAlgorithm.exec(written)?.[1]?.toLowerCase() ?? written;
}

/** The bytes of a value; `undefined` where there is none. */
async function bytesOf(
  element: Element | undefined,
  encryption: Encryption,
): Promise<Uint8Array | undefined | EncryptionProblem> {
  const plain = find(element, "PlainValue");
  if (plain) return decodeBase64(textOf(plain)) ?? "value-not-base64";
  if (!element || !find(element, "EncryptedValue")) return undefined;
  const opened = await encryption.open(element);
  return "problem" in opened ? opened.problem : opened.bytes;
}

/** A number in decimal digits, as it is compared; any other text as it is written, for the rules to refuse. */
function plainNumber(text: string): string {
  return /^[+-]?\d{1,20}$/.test(text) ? String(BigInt(text.replace("+", ""))) : text;
}

/** A number that is encrypted is written as bytes, the highest first. */
async function encryptedNumber(
  element: Element | undefined,
  encryption: Encryption,
): Promise<string | { readonly problem: EncryptionProblem }> {
  const bytes = await bytesOf(element, encryption);
  if (bytes === undefined) return "";
  if (typeof bytes === "string") return { problem: bytes };
  // No number has more bytes, and what is none is for the rules to refuse.
  if (bytes.length === 0 || bytes.length > 8) return `${bytes.length} bytes`;
  return String(BigInt(`0x${Buffer.from(bytes).toString("hex")}`));
}

function isTooLong({ text, children }: Element): boolean {
  return text.length > maxCellLength || children.some(isTooLong);
}

function refused(place: string, cells: Cells, code: KeyProblem): Row {
  return {
    place,
    values: undefined,
    original: Object.values({ ...cells, secret: "" }),
    problems: [{ code }],
  };
}
