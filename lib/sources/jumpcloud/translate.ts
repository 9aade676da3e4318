import { customData } from "#lib/fields/custom-data.ts";
import { departments } from "#lib/fields/departments.ts";
import { email, status, text, unlessOpen, type Encoded } from "#lib/fields/encode.ts";
import { chosenId, requiredExternalId } from "#lib/fields/external-id.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, leaver, mover } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, first, type Read } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import { interpret, sameMeaning, type Meanings } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";
import { externalIds } from "./external-ids.ts";
import { joining, leaving, moving, type JumpCloudEvent } from "./split.ts";

/** JumpCloud's user, as its API shows them today → Authing's person. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const { user, isInVain = false, isListed = false } = event.payload as JumpCloudEvent;
  const setting = chosenId(context, externalIds);
  // Of a user who was deleted only the id is left: by any other the ledger knows the person.
  const gone: Read = { value: setting === "_id" ? event.subject : undefined, path: setting };
  const unlessInVain = (changes: () => Change[]) => () => (isInVain ? [] : changes());
  const present = (change: () => Change) =>
    unlessInVain(() => {
      if (user !== undefined && user !== null) return [change()];
      throw new InboundError("malformed", "user-not-read", { path: "resource.id" });
    });
  const joins = present(() => joiner([...profile(user, setting, context), ...unlessOpen(access(user))]));
  const moves = present(() =>
    mover([...profile(user, setting, context), ...(isListed ? unlessOpen(access(user)) : [access(user)])]),
  );
  const meanings: Meanings = {
    ...sameMeaning(joining, joins),
    ...sameMeaning(moving, moves),
    ...sameMeaning(
      leaving,
      unlessInVain(() => [leaver(gone)]),
    ),
  };
  return interpret(event, meanings, eventTypes);
}

function profile(
  user: unknown,
  setting: (typeof externalIds)[number],
  { region, ...context }: TranslationContext,
): Encoded[] {
  const read = (name: string) => at(user, name);
  const address = (name: string) => read(`addresses[type='work'].${name}`);
  return [
    requiredExternalId(read(setting)),
    email(read("email")),
    text("username", read("username")),
    fullName({
      full: read("displayname"),
      given: read("firstname"),
      middle: read("middlename"),
      family: read("lastname"),
    }),
    phone(read("phoneNumbers[type='mobile'].number"), region),
    text("company", read("company")),
    text("country", address("country")),
    text("province", address("region")),
    text("city", address("locality")),
    text("streetAddress", address("streetAddress")),
    text("postalCode", address("postalCode")),
    ...departments(read("department"), context.departments),
    ...customData(user, context.customData),
  ];
}

/** A lock after wrong passwords (`account_locked`) ends by itself, so that it closes nothing. Older answers have no `state`. */
function access(user: unknown): Encoded {
  const { value = "missing", path } = first(at(user, "state"), at(user, "suspended"));
  return status(
    { value: value ?? "missing", path },
    {
      staged: "Activated",
      activated: "Activated",
      suspended: "Suspended",
      true: "Suspended",
      false: "Activated",
    },
  );
}
