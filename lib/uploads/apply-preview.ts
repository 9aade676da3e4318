import { InboundError } from "#lib/contract/errors.ts";
import type { ApplyMessage } from "#lib/contract/import-queue.ts";
import { planImport, type PlanOptions, type PlanPorts } from "./plan.ts";
import { appliedIdOf, readPreview } from "./preview.ts";

/**
 * Carries a preview out: imports the same version of the same object, with the same settings. Its summary says what differs from the
 * preview, since people may have changed at Authing in between.
 *
 * @returns `later` when the message has to be delivered again.
 */
export async function applyPreview(
  message: ApplyMessage,
  ports: PlanPorts,
  run: { owner: string },
  options: Pick<PlanOptions, "chunkSize"> = {},
): Promise<"done" | "later"> {
  try {
    const { object, people, secrets, reasons, isOrdered } = await readPreview(message, ports);
    return await planImport({ ...object, bucket: message.bucket }, ports, run, {
      ...options,
      id: appliedIdOf(object, message.bucket),
      preview: {
        import: message.import,
        people,
        secrets,
        reasons,
        ...(isOrdered && { isOrdered }),
      },
    });
  } catch (error) {
    if (!(error instanceof InboundError) || error.retryable) throw error;
    // The command that sent the message has checked the same before, and told it.
    ports.log.warn("preview not carried out", { import: message.import, reason: error.reason });
    return "done";
  }
}
