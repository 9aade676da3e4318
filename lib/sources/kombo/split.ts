import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { hashOfJson, isJsonObject, readId, readJsonObject, type JsonObject } from "#lib/payloads/body.ts";
import { otherModels } from "./event-types.ts";

/** Kombo says that something has changed at an integration, and for which employee only by its list. */
export interface KomboEvent {
  readonly integrationId?: string;
  /** What has changed is no employee, nor anything of one. */
  readonly isAboutOthers?: true;
  /** The event is about another integration than the one of the secret. */
  readonly isForeign?: true;
  /** One of the list. */
  readonly employee?: JsonObject;
}

/**
 * One event a delivery: `{ id, type, data: { integration_id, changed_models: [{ name }] } }`.
 * https://docs.kombo.dev/hris/guides/webhooks
 */
export function split(delivery: VerifiedDelivery): SourceEvent[] {
  const document = readJsonObject(delivery.payload);
  const { type, data } = document;
  const id = readId(document.id);
  if (id === undefined) throw new InboundError("malformed", "id-missing", { path: "id" });
  if (typeof type !== "string" || !/^[a-z:-]{1,64}$/.test(type)) {
    throw new InboundError("malformed", "type-missing", { path: "type" });
  }
  if (!isJsonObject(data)) throw new InboundError("malformed", "data-missing", { path: "data" });
  const integrationId = readId(data.integration_id) ?? readId(data.id);
  return [
    {
      id,
      subject: `integration ${integrationId ?? "none"}`,
      type,
      occurredAt: new Date(delivery.receivedAt).toISOString(),
      payload: {
        ...(integrationId !== undefined && { integrationId }),
        ...(isAboutOthers(data.changed_models) && { isAboutOthers: true as const }),
      } satisfies KomboEvent,
    },
  ];
}

function isAboutOthers(models: unknown): boolean {
  return (
    Array.isArray(models) &&
    models.length > 0 &&
    models.every((model: unknown) => {
      const name = isJsonObject(model) ? model.name : undefined;
      return typeof name === "string" && otherModels.some((other) => name.startsWith(other));
    })
  );
}

/** The type of an event about one employee, of the list. */
export const employeeChanged = "hris_employees.changed";

/**
 * An event about one employee of the list. A record may change without its own time (`changed_at`), when something beside it does; so it
 * counts as of the moment at which it was read.
 */
export function employeeEvent(subject: string, employee: JsonObject, occurredAt: string): SourceEvent {
  return {
    id: hashOfJson(employee),
    subject,
    type: employeeChanged,
    occurredAt,
    payload: { employee } satisfies KomboEvent,
  };
}
