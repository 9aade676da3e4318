import { expect, it } from "vitest";
import type { Source } from "#lib/contract/source.ts";
import okta from "#lib/sources/okta/index.ts";
import type { OktaEvent } from "#lib/sources/okta/split.ts";
import { fixtureSecret, readFixture } from "#infra/fixtures/cases.ts";
import { leaversMadeUp, strangersTaken } from "./source-answers.ts";
import { sourceUnderTest } from "./source-under-test.ts";
import type { Secret } from "./strangers.ts";

// Tests the suite itself: it must report a `fetch` that believes wrong answers.

const fixture = readFixture("okta", "user-profile-updated", undefined);
if (fixture.kind !== "events") throw new Error("not a case with events");

/** Okta with a `fetch` that reads an answer of these statuses as "there is no such user", and accepts any user as the one asked for. */
function gullible(isGone: (status: number) => boolean) {
  const { fetch } = okta;
  if (!fetch) throw new Error("Okta's events are completed");
  const source = {
    ...okta,
    fetch: {
      ...fetch,
      async read(event, api) {
        const path = `/api/v1/users/${event.subject}`;
        const { status, json } = await api
          .request({ path })
          .catch(() => ({ status: 500, headers: {}, json: undefined }));
        const user = isGone(status) ? null : (json ?? {});
        return { ...(event.payload as OktaEvent), user };
      },
    },
  } as typeof okta;
  return sourceUnderTest({
    source: source as unknown as Source<Secret>,
    invented: fixtureSecret("okta") ?? {},
    fixture: fixture as Extract<typeof fixture, { kind: "events" }>,
    eventCases: [],
    handshakes: [],
    readme: undefined,
    folder: "",
  });
}

it.each([
  ["401", 401],
  ["403", 403],
  ["a 403 page", 403],
  ["404 with an unknown body", 404],
  ["a 404 page", 404],
  ["500", 500],
])("catches a fetch that takes %s for a leaver", async (what, wrong) => {
  const found = await leaversMadeUp(
    gullible((status) => status === wrong),
    fixture,
  );
  expect(found).toContainEqual(expect.stringMatching(new RegExp(`^${what} to .* became a leaver$`)));
});

it("catches a fetch that takes another person's record", async () => {
  expect(
    await strangersTaken(
      gullible(() => false),
      fixture,
    ),
  ).toEqual([expect.stringContaining("user.account.update_profile")]);
});

it("reports nothing about a fetch that believes only the right answers", async () => {
  const tested = sourceUnderTest({ ...gullible(() => false), source: okta as unknown as Source<Secret> });
  expect(await leaversMadeUp(tested, fixture)).toEqual([]);
  expect(await strangersTaken(tested, fixture)).toEqual([]);
});
