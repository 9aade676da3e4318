import { customData } from "#lib/fields/custom-data.ts";
import { departments } from "#lib/fields/departments.ts";
import { isRecentHire } from "#lib/fields/employment.ts";
import { email, text, url, type Encoded } from "#lib/fields/encode.ts";
import { chosenId, requiredExternalId } from "#lib/fields/external-id.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, leaver, mover } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, first, type Read } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";
import { externalIds } from "./external-ids.ts";
import type { GreenhouseEvent } from "./split.ts";

/** Greenhouse's candidate who is hired → Authing's person. Paths, those of custom data too, begin at `candidate` and `application`. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const said = event.payload as GreenhouseEvent;
  const id = (): Read => at(said, `candidate.${chosenId(context, externalIds)}`);
  const profile = () => [requiredExternalId(id()), ...candidateFields(said, context)];
  return interpret(
    event,
    {
      hire_candidate: () => [joiner(profile())],
      // Most candidates are never hired: a change of one who is unknown creates no account.
      update_candidate: () => [
        mover(profile(), { isWhole: said.isListed === true && isRecentHire(said.hiredAt, event.occurredAt) }),
      ],
      // The hire is taken back. Of a listed candidate only the account is closed that they have brought themselves.
      unhire_candidate: () => [leaver(said.isListed ? { value: undefined, path: "candidate.id" } : id())],
    },
    eventTypes,
  );
}

function candidateFields(
  said: GreenhouseEvent,
  { region, departments: map, customData: own }: TranslationContext,
): Encoded[] {
  const read = (path: string) => at(said, path);
  const typed = (list: string, types: readonly [string, ...string[]]): Read => {
    const [usual, ...others] = types;
    const of = (type: string) => read(`candidate.${list}[type='${type}'].value`);
    return first(of(usual), ...others.map(of), read(`candidate.${list}[0].value`));
  };
  return [
    // A candidate's address at work is that of the employer before.
    email(typed("email_addresses", ["personal", "other"])),
    phone(typed("phone_numbers", ["mobile", "home"]), region),
    fullName({ given: read("candidate.first_name"), family: read("candidate.last_name") }),
    url("photo", read("candidate.photo_url")),
    text("address", read("candidate.addresses[type='home'].value")),
    ...departments(idsOf(read("application.jobs[0].departments")), map),
    ...customData(said, own),
  ];
}

/** Departments come as objects, which the map of departments knows by their ids. */
function idsOf({ value, path }: Read): Read {
  return {
    value: Array.isArray(value) ? value.map((department: unknown) => at(department, "id").value) : undefined,
    path,
  };
}
