import type { DeliveryOnPage, SendRequest, Sent } from "#infra/console/types.ts";
import { Failure, post, read } from "./api.ts";
import { linkTo } from "./router.ts";

/** Signs a delivery as its sender would and sends it. `link` leads to its event or, where it did not bring one alone, to the delivery. */
export async function send(
  request: SendRequest,
): Promise<{ readonly status: number; readonly link: string }> {
  const { status, delivery } = await post<Sent>("send", request);
  if (delivery === undefined) throw new Failure(`HTTP ${status}`);
  const { events } = await read<DeliveryOnPage>("deliveries", delivery);
  const [first] = events;
  const isOne = first !== undefined && events.length === 1;
  return {
    status,
    link: isOne ? linkTo("event", [first.source, first.id]) : linkTo("delivery", [delivery]),
  };
}
