import { customData } from "#lib/fields/custom-data.ts";
import { instant } from "#lib/fields/date.ts";
import { isRecentHire } from "#lib/fields/employment.ts";
import { email, plainWord, type Encoded } from "#lib/fields/encode.ts";
import { chosenId, requiredExternalId } from "#lib/fields/external-id.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, leaver, mover } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, first, type Read } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";
import { externalIds } from "./external-ids.ts";
import type { KnownOpportunity, LeverEvent } from "./split.ts";

/** The opportunity of a candidate who is hired → Authing's person. Paths, those of custom data too, begin at the opportunity. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const said = event.payload as LeverEvent;
  const known = (): KnownOpportunity => said.known ?? unasked();
  return interpret(
    event,
    {
      candidateHired: () => {
        const { opportunity, typeNow } = known();
        return isHired(typeNow)
          ? [joiner(profile(opportunity, context))]
          : [leaver(idOf(opportunity, context))];
      },
      candidateArchiveChange: () => {
        if (said.isListed) return listedAs(known(), event, context);
        if (said.fromReason === undefined) return [];
        const { opportunity, typeBefore, typeNow } = known();
        if (!isHired(typeBefore)) return [];
        return isHired(typeNow)
          ? [mover(profile(opportunity, context), { isWhole: false })]
          : [leaver(idOf(opportunity, context))];
      },
    },
    eventTypes,
  );
}

/** Only the account that this very opportunity has brought is closed: the contact may have another one. */
function listedAs(
  { opportunity, typeNow }: KnownOpportunity,
  { occurredAt }: SourceEvent,
  context: TranslationContext,
): Change[] {
  if (!isHired(typeNow)) return [leaver({ value: undefined, path: "id" })];
  const hiredAt = instant(at(opportunity, "archived.archivedAt").value, "milliseconds");
  return [mover(profile(opportunity, context), { isWhole: isRecentHire(hiredAt, occurredAt) })];
}

function unasked(): never {
  throw new InboundError("malformed", "api-key-missing", {
    hint: "store apiKey in the secret of lever: Lever does not sign what its events say",
  });
}

/** Of the type of a reason for which an opportunity was archived. Without a reason it is open. */
function isHired(type: unknown): boolean {
  const word = plainWord(type);
  if (type === undefined || word === "non-hired") return false;
  if (word === "hired") return true;
  throw new InboundError("malformed", "status-unknown", { path: "archived.reason.type" });
}

const idOf = (opportunity: unknown, context: TranslationContext): Read =>
  at(opportunity, chosenId(context, externalIds));

function profile(opportunity: unknown, { region, ...context }: TranslationContext): Encoded[] {
  const read = (path: string) => at(opportunity, path);
  return [
    requiredExternalId(idOf(opportunity, { region, ...context })),
    email(read("emails[0]")),
    phone(first(read("phones[type='mobile'].value"), read("phones[0].value")), region),
    fullName({ full: read("name") }),
    ...customData(opportunity, context.customData),
  ];
}
