import { instant } from "#lib/fields/date.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { hashOfJson, readId, readJsonObject, type JsonObject } from "#lib/payloads/body.ts";
import { isUninteresting } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";

/** What there is of an event before 薪人薪事 has been asked. */
export interface EmployeeMessage {
  readonly employeeId: string;
  /** As it was pushed: of a new employee with name, mobile and e-mail address, of others with the id only. */
  readonly pushed: JsonObject;
}

/** One event a push; none for the check of the URL and for departments. `messageId` names the push. */
export function split({ payload, receivedAt }: VerifiedDelivery): SourceEvent[] {
  const message = readJsonObject(payload);
  const { type } = message;
  if (typeof type !== "string" || !/^\w{1,100}$/.test(type)) {
    throw new InboundError("malformed", "type-missing", { path: "type" });
  }
  if (isUninteresting(type, eventTypes)) return [];
  const employeeId = readId(message.employeeId);
  if (employeeId === undefined) throw new InboundError("malformed", "id-missing", { path: "employeeId" });
  const id = readId(message.messageId);
  const sentAt = instant(message.sendtime);
  return [
    {
      id: id ?? hashOfJson(message),
      subject: employeeId,
      type,
      occurredAt: sentAt ?? new Date(receivedAt).toISOString(),
      ...(id === undefined && sentAt === undefined && { isUndated: true as const }),
      payload: { employeeId, pushed: message } satisfies EmployeeMessage,
    },
  ];
}
