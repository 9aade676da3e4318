import { InboundError } from "#lib/contract/errors.ts";
import { attempt } from "./attempt.ts";
import type { CreateTask, DeliveryContext } from "./context.ts";

/**
 * A custom field that everybody of the batch has and the user pool does not: no record is at fault but the configuration,
 * and everything stops until the one or the other is mended. Rows of a file bring their own fields; they are refused.
 */
export async function stopAtUnknownField(
  batch: readonly CreateTask[],
  context: DeliveryContext,
): Promise<void> {
  if (batch.some(({ subject }) => subject === undefined)) return;
  const [first = [], ...others] = batch.map(({ change: { person } }) => Object.keys(person.customData ?? {}));
  const shared = first.filter((key) => others.every((keys) => keys.includes(key)));
  if (shared.length === 0) return;
  const known = await customFields(context);
  const missing = known && shared.find((key) => !known.has(key));
  if (missing === undefined) return;
  throw new InboundError("misconfigured", "custom-field-unknown", {
    path: `customData.${missing}`,
    hint: "create the field in Authing's console, or take it out of customData in inbound.config.ts; nothing was dropped",
  });
}

/** The keys of the pool's custom fields; `undefined` where Authing does not tell, as an access key may lack the right to ask. */
async function customFields(context: DeliveryContext): Promise<ReadonlySet<string> | undefined> {
  try {
    const answer = await attempt(context, () => context.authing.getCustomFields({ targetType: "USER" }));
    return answer.ok ? new Set(answer.data.map(({ key }) => key)) : undefined;
  } catch (error) {
    if (error instanceof InboundError && error.code === "misconfigured") return undefined;
    throw error;
  }
}
