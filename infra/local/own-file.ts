import { stat } from "node:fs/promises";
import { InboundError } from "#lib/contract/errors.ts";

/** The rights of a file that other users of the machine may use. */
const rightsOfOthers = 0o077;

/**
 * Checks that only the owner of this process can read a file of secrets. Throws `misconfigured`: `secrets-file-missing` where there is
 * none, `secrets-file-open` where other users of the machine may read or write it, or own it.
 */
export async function requireOwnFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (!found) {
    throw new InboundError("misconfigured", "secrets-file-missing", {
      path,
      hint: "INBOUND_SECRETS names a file that cannot be read: docs/one-machine.md shows how to write one",
    });
  }
  // Windows has no such rights: there, the folder's access list decides.
  const user = process.getuid?.();
  if (user === undefined) return;
  if (found.uid !== user) {
    throw new InboundError("misconfigured", "secrets-file-open", {
      path,
      hint: `another user owns it: sudo chown ${user} ${path}`,
    });
  }
  if ((found.mode & rightsOfOthers) !== 0) {
    const rights = (found.mode & 0o777).toString(8).padStart(4, "0");
    throw new InboundError("misconfigured", "secrets-file-open", {
      path,
      hint: `other users of this machine may use it (${rights}): chmod 600 ${path}`,
    });
  }
}
