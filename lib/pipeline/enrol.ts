import type { EnrolmentKeeper } from "#lib/contract/enrolment.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { Log } from "#lib/contract/log.ts";
import type { Delivery } from "#lib/contract/proof.ts";
import type { Receiver, Reply } from "#lib/contract/source.ts";

/** Longer than any message that brings a token. Anyone who finds the URL can send one, so little is read and kept. */
const maxBodyBytes = 16 * 1024;
const maxFields = 8;
const maxFieldLength = 1024;
/** Reasons for which a source has no secret that could prove anything. */
const absences: ReadonlySet<string> = new Set(["secret-missing", "secret-empty-yet", "secret-shape-wrong"]);

/**
 * Keeps what a delivery brings for a secret that is not there, for the operator; `undefined` where it brings nothing, and where
 * the source has a secret (`failure` is why it has none). What is kept is never logged.
 */
export async function enrol<Secret>(
  source: Receiver<Secret>,
  delivery: Delivery,
  failure: unknown,
  { enrolments, log }: { readonly enrolments: EnrolmentKeeper; readonly log: Log },
): Promise<Reply | undefined> {
  const isAbsent = failure instanceof InboundError && absences.has(failure.reason);
  if (!source.enrol || !isAbsent || delivery.body.byteLength > maxBodyBytes) return undefined;
  const fields = source.enrol(delivery);
  if (!fields || !isSmall(fields)) return undefined;
  await enrolments.keep({
    source: source.name,
    receivedAt: new Date(delivery.receivedAt).toISOString(),
    fields,
  });
  log.info("enrolment kept", { source: source.name, fields: Object.keys(fields).length });
  return { status: 200 };
}

function isSmall(fields: Readonly<Record<string, string>>): boolean {
  const all = Object.entries(fields);
  return (
    all.length > 0 &&
    all.length <= maxFields &&
    all.every(([name, value]) => name.length <= 64 && value !== "" && value.length <= maxFieldLength)
  );
}
