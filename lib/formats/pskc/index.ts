import { InboundError } from "#lib/contract/errors.ts";
import type { FileText, Format, ReadContext, Row, Table } from "#lib/formats/format.ts";
import { encryptionOf, type Encryption } from "./encryption.ts";
import { columns } from "./columns.ts";
import { deviceOf, keyRow } from "./key.ts";
import { partsOf, type Element } from "./xml.ts";

/**
 * A container of token keys (Portable Symmetric Key Container, RFC 6030), as vendors of tokens and OTP servers write it, plain or encrypted
 * with AES. One package at a time is in memory. The signature of a container is not verified.
 */
const pskc: Format = {
  name: "pskc",
  title: "PSKC container of token keys (.pskcxml, .xml)",
  extensions: ["pskcxml", "pskc", "xml"],
  recognizes: ({ text }) => text !== undefined && isContainer(text.head),
  open: (file, context) => openContainer(file.text as FileText, context),
};
export default pskc;

/** Whether the first element of a document is a container, or its DOCTYPE says so. */
function isContainer(head: string): boolean {
  let at = 0;
  for (;;) {
    while (/\s/.test(head.charAt(at))) at += 1;
    const close = head.startsWith("<?", at) ? "?>" : head.startsWith("<!--", at) ? "-->" : undefined;
    if (close === undefined) break;
    const end = head.indexOf(close, at);
    if (end === -1) return false;
    at = end + close.length;
  }
  return /^<(?:!DOCTYPE\s{1,9})?(?:[\w.-]{1,64}:)?KeyContainer[\s/>[]/i.test(head.slice(at, at + 256));
}

// The second name of each is that of drafts of RFC 6030.
const packageNames = new Set(["KeyPackage", "Device"]);
const keyNames = new Set(["EncryptionKey", "EncryptionMethod"]);
const macNames = new Set(["MACMethod", "MACAlgorithm"]);

/** What a container has before its keys. */
interface Head {
  readonly firstPackage: Element | undefined;
  readonly encryption: Encryption;
  hasSignature: boolean;
}

async function openContainer(text: FileText, { keys }: Pick<ReadContext, "keys">): Promise<Table> {
  const parts = partsOf(text);
  try {
    const head = await headOf(parts, keys);
    return {
      details: { format: "pskc", encoding: text.encoding, ...head.encryption.details },
      columns,
      rows: rowsOf(parts, head),
      end: () => (head.hasSignature ? { details: { signature: "not verified" } } : {}),
    };
  } catch (error) {
    await parts.return();
    throw error;
  }
}

async function headOf(parts: AsyncGenerator<Element, void>, keys: ReadContext["keys"]): Promise<Head> {
  const found: { key?: Element; mac?: Element } = {};
  let hasSignature = false;
  let firstPackage: Element | undefined;
  while (firstPackage === undefined) {
    const next = await parts.next();
    if (next.done) break;
    const part = next.value;
    if (part.name === "KeyContainer") refuseOtherVersion(part);
    else if (packageNames.has(part.name)) firstPackage = part;
    else if (part.name === "Signature") hasSignature = true;
    else if (keyNames.has(part.name)) {
      if (found.key) throw misplaced(part);
      found.key = part;
    } else if (macNames.has(part.name)) {
      if (found.mac) throw misplaced(part);
      found.mac = part;
    }
  }
  return { firstPackage, encryption: encryptionOf(found.key, found.mac, keys), hasSignature };
}

async function* rowsOf(parts: AsyncGenerator<Element, void>, head: Head): AsyncGenerator<Row, void> {
  let count = 0;
  const now = Date.now();
  try {
    for (let part = head.firstPackage; part;) {
      if (keyNames.has(part.name) || macNames.has(part.name)) throw misplaced(part);
      if (part.name === "Signature") head.hasSignature = true;
      if (packageNames.has(part.name)) {
        const device = deviceOf(part);
        for (const key of part.children.filter(({ name }) => name === "Key")) {
          count += 1;
          yield await keyRow(`line ${key.line}, key ${count}`, key, device, head.encryption, now);
        }
      }
      const next = await parts.next();
      part = next.done ? undefined : next.value;
    }
  } finally {
    await parts.return();
  }
}

function refuseOtherVersion({ attributes, line }: Element): void {
  const version = attributes["Version"] ?? attributes["version"] ?? "1.0";
  if (/^1(?:\.0)?$/.test(version.trim())) return;
  throw new InboundError("malformed", "pskc-version-unknown", {
    path: `line ${line}`,
    hint: "export the keys as PSKC 1.0 (RFC 6030)",
  });
}

/** Which of two keys the values are encrypted with would be a guess. */
function misplaced({ line }: Element): InboundError {
  return new InboundError("malformed", "element-misplaced", {
    path: `line ${line}`,
    hint: "put one EncryptionKey and one MACMethod before all KeyPackages",
  });
}
