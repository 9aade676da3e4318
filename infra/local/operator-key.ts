import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

// What shows that a request comes from the operator of this machine: a header that only the owner of the store's folder can read. Every
// user of a machine can reach its ports, and a TLS proxy makes every request come from this machine.

const headerName = "authorization";

/** The file of the header, in the form of a line that `curl -H @<file>` reads. */
export const operatorKeyFile = (folder: string): string => join(folder, "operator-header");

/** The key of a store, made the first time. The folder is its owner's alone: `openDatabase`. */
export function operatorKey(folder: string): string {
  const file = operatorKeyFile(folder);
  const known = readKey(file);
  if (known !== undefined) return known;
  const key = `Bearer ${randomBytes(32).toString("hex")}`;
  writeFileSync(file, `${headerName}: ${key}\n`, { mode: 0o600 });
  return key;
}

/** Whether the headers of a request hold the key. */
export function isOperators(headers: Readonly<Record<string, string>>, key: string): boolean {
  const hash = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(headers[headerName] ?? ""), hash(key));
}

/**
 * The headers with which this user's commands ask the machine at an address: none where the user has no key, and none for another
 * machine, to which the key would be told.
 */
export function operatorHeaders(folder: string, url: string): Readonly<Record<string, string>> {
  const { hostname } = URL.parse(url) ?? { hostname: "" };
  const isHere = hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
  const key = isHere ? readKey(operatorKeyFile(folder)) : undefined;
  return key === undefined ? {} : { [headerName]: key };
}

function readKey(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return /^authorization: (Bearer [0-9a-f]{64})\s*$/.exec(readFileSync(file, "utf8"))?.[1];
  } catch {
    // Another user's file.
    return undefined;
  }
}
