import type { Clock } from "#lib/contract/clock.ts";
import { reasonOf } from "#lib/contract/errors.ts";
import type { Ledger } from "#lib/contract/ledger.ts";
import type { Log } from "#lib/contract/log.ts";
import type { SecretReader } from "#lib/contract/secrets.ts";
import type { Source } from "#lib/contract/source.ts";
import type { sourceApis } from "#lib/source-apis/source-api.ts";

// Some senders send for a time only: a subscription ends, a channel closes. Each is asked for anew before that.
// docs/decisions/2026-11-27-subscriptions-are-renewed-by-the-worker.md

export interface RenewPorts {
  /** The sources that are switched on. */
  readonly sources: ReadonlyMap<string, Pick<Source<unknown>, "secret" | "renew">>;
  readonly secrets: SecretReader;
  readonly openApi: ReturnType<typeof sourceApis>;
  readonly ledger: Pick<Ledger, "cursor" | "moveCursor">;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
}

/** What a run returned is kept under a name that no source can have. */
const keptAs = (source: string) => `${source} renewal`;

/**
 * Renews what ends soon, of every source, each by itself: a failure of one does not concern the others.
 *
 * @param deadline milliseconds since 1970 after which nothing is waited for.
 * @returns the sources whose renewal failed. The log says why.
 */
export async function renewSubscriptions(ports: RenewPorts, deadline: number): Promise<string[]> {
  const results = await Promise.all(
    Array.from(ports.sources, async ([name, source]) =>
      (await renewOne(name, source, ports, deadline)) ? [] : [name],
    ),
  );
  return results.flat();
}

async function renewOne(
  name: string,
  { renew, secret: shape }: Pick<Source<unknown>, "secret" | "renew">,
  { secrets, openApi, ledger, log }: RenewPorts,
  deadline: number,
): Promise<boolean> {
  if (!renew) return true;
  try {
    const [secret] = await secrets.read(`sources/${name}`, shape);
    const known = await ledger.cursor(keptAs(name));
    const kept = await renew.run(openApi(renew, secret, deadline), known);
    if (kept !== undefined && kept !== known) {
      await ledger.moveCursor(keptAs(name), kept);
      log.info("subscription renewed", { source: name });
    }
    return true;
  } catch (error) {
    log.error("subscription not renewed", { source: name, reason: reasonOf(error) });
    return false;
  }
}
