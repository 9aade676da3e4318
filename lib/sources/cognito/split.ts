import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { hashOfJson, isJsonObject, readId, readJsonObject } from "#lib/payloads/body.ts";
import { isUninteresting } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";

/**
 * What of an invocation is queued: who, in which pool, and the attributes. What the person typed (`password`, `validationData`,
 * `clientMetadata`, codes) is left behind; so is every trigger that tells of nothing.
 */
export function told(invocation: unknown): Readonly<Record<string, unknown>> | undefined {
  if (!isJsonObject(invocation)) return undefined;
  const { triggerSource, userPoolId, userName, request } = invocation;
  if (typeof triggerSource === "string" && isUninteresting(triggerSource, eventTypes)) return undefined;
  const userAttributes = isJsonObject(request) ? request["userAttributes"] : undefined;
  return { triggerSource, userPoolId, userName, request: { userAttributes } };
}

/**
 * One event an invocation. It holds neither an id nor a time, and Cognito invokes again where no answer came: the same payload is one event, until
 * something else is known of the person.
 */
export function split(delivery: VerifiedDelivery): SourceEvent[] {
  const payload = told(readJsonObject(delivery.payload));
  if (payload === undefined) return [];
  const { triggerSource: type, request } = payload;
  if (typeof type !== "string" || !/^\w{1,100}$/.test(type)) {
    throw new InboundError("malformed", "type-missing", { path: "triggerSource" });
  }
  const attributes = isJsonObject(request) ? request["userAttributes"] : undefined;
  const subject = isJsonObject(attributes) ? readId(attributes["sub"]) : undefined;
  if (subject === undefined) {
    throw new InboundError("malformed", "id-missing", { path: "request.userAttributes.sub" });
  }
  return [
    {
      id: hashOfJson(payload),
      subject,
      type,
      occurredAt: new Date(delivery.receivedAt).toISOString(),
      isUndated: true,
      payload,
    },
  ];
}
