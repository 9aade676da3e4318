import * as z from "zod/mini";
import { defineConfig } from "#lib/config.ts";
import { email } from "#lib/fields/encode.ts";
import { externalId } from "#lib/fields/external-id.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, leaver, mover } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at } from "#lib/fields/read.ts";
import { defineSource } from "#lib/contract/source.ts";
import { basicAuth } from "#lib/proofs/static-secret.ts";
import { jsonEvent } from "#lib/payloads/json-event.ts";

const secret = z.object({ username: z.string(), password: z.string() });

const workday = defineSource({
  title: "Workday",
  secret,
  proof: basicAuth<z.infer<typeof secret>>({ username: (s) => s.username, password: (s) => s.password }),
  redeliversForSeconds: 24 * 3600,
  split: jsonEvent({ id: "eventId", type: "event", subject: "worker.id", occurredAt: "moment" }),
  translate({ type, subject, payload }, { region }) {
    if (type === "Termination") return [leaver({ value: subject, path: "worker.id" })];
    const worker = [
      externalId(at(payload, "worker.id")),
      fullName({ given: at(payload, "worker.firstName"), family: at(payload, "worker.lastName") }),
      email(at(payload, "worker.workEmail")),
      phone(at(payload, "worker.mobile"), region),
    ];
    return [type === "Hire" ? joiner(worker) : mover(worker)];
  },
});

export default defineConfig({
  sources: {
    bamboohr: {},
    workday: { leave: "suspend", source: workday },
  },
});
