import { hash } from "node:crypto";
import { instant } from "#lib/fields/date.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { hashOfJson, readId, readJsonObject, type JsonObject } from "#lib/payloads/body.ts";

export interface FactorialEvent {
  /** The employee as the delivery says, or, where Factorial was asked, as its API shows them: `null` where there is none of this id. */
  readonly employee?: JsonObject | null;
}

/** The kinds of events whose body is an employee. */
export const aboutEmployees = /^employees\/employee\//;

/**
 * One event a delivery. The body is the employee, and nothing else: which event it is Factorial does not say. So each subscription has a
 * URL of its own, with the type of the subscription as `event`: `…/webhooks/factorial?event=employees/employee/update`.
 * https://apidoc.factorialhr.com/docs/manage-webhooks
 */
export function split({ query, payload, receivedAt }: VerifiedDelivery): SourceEvent[] {
  const [type = "", ...others] = query.getAll("event");
  if (others.length > 0 || !/^[\w/]{1,100}$/.test(type)) {
    throw new InboundError("malformed", "type-missing", {
      path: "event",
      hint: "put the type of the subscription into the URL that Factorial calls: ?event=employees/employee/update",
    });
  }
  const received = { occurredAt: new Date(receivedAt).toISOString(), isUndated: true } as const;
  if (!aboutEmployees.test(type)) {
    const id = `${type} ${hash("sha256", payload, "hex")}`;
    return [{ id, subject: "none", type, ...received, payload: {} satisfies FactorialEvent }];
  }
  const employee = readJsonObject(payload);
  const subject = readId(employee.id);
  if (subject === undefined) throw new InboundError("malformed", "id-missing", { path: "id" });
  const updatedAt = instant(employee.updated_at);
  return [
    {
      id: hashOfJson([type, employee]),
      subject,
      type,
      ...(updatedAt === undefined ? received : { occurredAt: updatedAt }),
      payload: { employee } satisfies FactorialEvent,
    },
  ];
}
