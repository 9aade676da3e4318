import * as z from "zod/mini";
import { defineConfig } from "#lib/config.ts";
import { calendarDay } from "#lib/fields/date.ts";
import { email } from "#lib/fields/encode.ts";
import { externalId } from "#lib/fields/external-id.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, leaver, mover } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at } from "#lib/fields/read.ts";
import { defineSource } from "#lib/contract/source.ts";
import { basicAuth } from "#lib/proofs/static-secret.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { jsonEvent } from "#lib/payloads/json-event.ts";

const secret = z.object({ username: z.string(), password: z.string() });

const peopledesk = defineSource({
  title: "PeopleDesk",
  secret,
  proof: basicAuth<z.infer<typeof secret>>({ username: (s) => s.username, password: (s) => s.password }),
  redeliversForSeconds: 24 * 3600,
  split: jsonEvent({ id: "eventId", type: "event", subject: "worker.id", occurredAt: "moment" }),
  translate(event, { region }) {
    const { payload } = event;
    const id = at(payload, "worker.id");
    const worker = () => [
      externalId(id),
      fullName({ given: at(payload, "worker.firstName"), family: at(payload, "worker.lastName") }),
      email(at(payload, "worker.workEmail")),
      phone(at(payload, "worker.mobile"), region),
    ];
    const lastDay = calendarDay(at(payload, "worker.lastDay"));
    return interpret(
      event,
      {
        Hire: () => [joiner(worker())],
        Change_Personal_Data: () => [mover(worker())],
        // The worker leaves at once, or when that day has ended.
        Termination: () => [leaver(id, { lastDay })],
        Rescind_Termination: () => [mover([externalId(id)], { departure: "none" })],
      },
      { path: "event", uninteresting: ["Request_Time_Off", "Give_Feedback"] },
    );
  },
});

export default defineConfig({
  sources: {
    bamboohr: {},
    peopledesk: { leave: "suspend", source: peopledesk },
  },
});
