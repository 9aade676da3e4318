import type { EnrolmentKeeper } from "#lib/contract/enrolment.ts";
import { failureOf } from "#lib/contract/errors.ts";
import type { Log } from "#lib/contract/log.ts";
import type { EventQueue } from "#lib/contract/queue.ts";
import { isRefusalStatus, type Refusal } from "#lib/contract/refusals.ts";
import type { SecretReader } from "#lib/contract/secrets.ts";
import type { Delivery } from "#lib/contract/proof.ts";
import type { Receiver, Reply } from "#lib/contract/source.ts";
import { enrol } from "./enrol.ts";
import { shapeOf, tellRefusal } from "./refusal.ts";
import { prove } from "./prove.ts";
import { take } from "./take.ts";

/** A delivery may be this large, unless the source says another size; the next byte is answered with 413. */
export const maxDeliveryBytes = 1024 * 1024;

/** Some senders check the URL with GET before they use it; others send their deliveries with GET. */
const methods: ReadonlySet<string> = new Set(["GET", "POST"]);

/** The header by which the doctor marks its signed delivery: it is taken like any other, and not counted. */
export const pingHeader = "x-authing-inbound-ping";

export interface ReceivePorts {
  readonly secrets: SecretReader;
  readonly events: EventQueue;
  readonly enrolments: EnrolmentKeeper;
  readonly log: Log;
}

/**
 * The whole receiving path: verify, split, enqueue, acknowledge. The promise starts with the 2xx: it goes out only when
 * every event is safely queued. Never throws: what is ours to mend answers 503, so that the sender comes again.
 */
export async function receive<Secret>(
  source: Receiver<Secret>,
  delivery: Delivery,
  ports: ReceivePorts,
): Promise<Reply> {
  try {
    if (!methods.has(delivery.method)) return refuse({ status: 401, reason: "method-unknown" });
    const maxBytes = source.maxDeliveryBytes ?? maxDeliveryBytes;
    if (delivery.body.byteLength > maxBytes) {
      return refuse({ status: 413, reason: "body-too-large", maxBytes });
    }

    const proven = await prove(source, delivery, ports.secrets);
    if ("reason" in proven) {
      const { reason, differs, secretVersions } = proven;
      const secretChangedAt = ports.secrets.changedAt(`sources/${source.name}`);
      const secret = { secretVersions, ...(secretChangedAt !== undefined && { secretChangedAt }) };
      const worded = source.refuse?.(proven);
      const status = isRefusalStatus(worded?.status) ? worded.status : 401;
      return refuse({ status, reason, ...differs, ...secret }, worded);
    }
    if ("handshake" in proven) return proven.handshake;

    await take(source, proven.verified, ports, { isPing: delivery.headers[pingHeader] !== undefined });
    return source.acknowledge?.(proven.verified, proven.secret, delivery) ?? { status: 202 };
  } catch (error) {
    return (await enrol(source, delivery, error, ports).catch(failed)) ?? failed(error);
  }

  function failed(error: unknown): Reply {
    const failure = { source: source.name, ...failureOf(error) };
    ports.log.error("delivery not taken", failure, { DeliveriesFailed: 1 });
    return { status: 503, headers: { "retry-after": "30" } };
  }

  function refuse(
    refusal: Omit<Refusal, "source" | keyof ReturnType<typeof shapeOf>>,
    worded?: Reply,
  ): Reply {
    const told = { source: source.name, ...refusal, ...shapeOf(delivery) };
    tellRefusal(ports.log, told, delivery.receivedAt);
    return { ...worded, status: refusal.status };
  }
}
