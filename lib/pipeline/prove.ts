import type { SecretReader } from "#lib/contract/secrets.ts";
import type { Delivery, RefusedProof } from "#lib/contract/proof.ts";
import type { Receiver, Reply, VerifiedDelivery } from "#lib/contract/source.ts";
import { verifiedDelivery } from "./verified-delivery.ts";

/** What became of the proof of a delivery. */
export type Proven<Secret> =
  | { readonly verified: VerifiedDelivery; readonly secret: Secret }
  | { readonly handshake: Reply }
  | (Pick<RefusedProof, "reason" | "differs"> & { readonly secretVersions: number });

/**
 * Whether a delivery is from its source. Tries the current and the previous secret; when neither fits, asks for the secret
 * once more, since it may just have been rotated. A proof that answers at once is not awaited.
 */
export async function prove<Secret>(
  source: Receiver<Secret>,
  delivery: Delivery,
  secrets: SecretReader,
): Promise<Proven<Secret>> {
  const name = `sources/${source.name}`;
  let versions = await secrets.read(name, source.secret);
  for (;;) {
    let failure: RefusedProof | undefined;
    for (const secret of versions) {
      const handshake = source.handshake?.(delivery, secret);
      if (handshake) return { handshake };
      const answered = source.proof.verify(delivery, secret);
      const result = answered instanceof Promise ? await answered : answered;
      if (result.ok) return { secret, verified: verifiedDelivery(source, delivery, result) };
      failure ??= result;
    }
    const refreshed = await secrets.refresh(name, source.secret);
    if (refreshed === versions) {
      const { reason, differs } = failure ?? { reason: "secret-empty" };
      return { reason, ...(differs && { differs }), secretVersions: versions.length } as Proven<Secret>;
    }
    versions = refreshed;
  }
}
