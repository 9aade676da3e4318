import { describe, expect, it } from "vitest";
import { InboundError } from "#lib/contract/errors.ts";
import { interpret, isUninteresting } from "#lib/payloads/interpret.ts";

const types = { path: "event.type", uninteresting: ["department.*", "ping"] };
const meanings = { "person.left": () => [{ kind: "leave", who: { externalId: "1" } } as const] };
const meant = (type: string) => () => interpret({ type }, meanings, types);

describe("an event's type", () => {
  it("has the meaning that its source gives, or none where the source lists it as without meaning", () => {
    expect(meant("person.left")()).toEqual([{ kind: "leave", who: { externalId: "1" } }]);
    expect(meant("ping")()).toEqual([]);
    expect(meant("department.renamed")()).toEqual([]);
  });

  it.each(["person.gone", "pings", "PING", "departments.renamed", "department", "toString", "__proto__", ""])(
    "that is in neither list is not understood: %s",
    (type) => {
      expect(isUninteresting(type, types)).toBe(false);
      expect(meant(type)).toThrow(InboundError);
      expect(meant(type)).toThrow("malformed: event-type-unknown; at event.type; ");
    },
  );
});
