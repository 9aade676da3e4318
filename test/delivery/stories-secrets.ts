import { expect } from "vitest";
import type { OtpPolicy } from "#lib/contract/policies.ts";
import type { Change } from "#lib/contract/change.ts";
import { create, leave, secret, importOtp, outcomesOf, type Story } from "./story.ts";
import { day, told } from "./world.ts";

// TOTP secrets: with their person, before them, and of the wrong one.

function withSecret(otp: OtpPolicy, changes: readonly Change[]): Story {
  const event = told("hr", "hired-1", "1", 0, changes);
  return {
    name: `a joiner and their TOTP secret in one event of ${changes.length}, by ${otp}`,
    options: { otp },
    async play(world) {
      await world.deliver([event]);
    },
    async check(world, whole) {
      const [user] = world.pool.users();
      expect(world.statuses()).toEqual({ 1: "Activated" });
      expect(world.pool.otpOf(user?.userId ?? "")).toBe(secret);
      expect(await world.recordOf("hr", "hired-1")).toMatchObject({ changes: ["create", "import-otp"] });
      expect(JSON.stringify([await world.recordOf("hr", "hired-1"), world.log])).not.toContain(secret);
      if (!whole) return;
      expect(await outcomesOf(world, [event])).toMatchObject([{ kind: "accepted", userId: user?.userId }]);
      expect(world.pool.requests.map(({ operation }) => operation)).toEqual([
        "create-users-batch",
        ...(otp === "import" ? ["import-otp"] : []),
        "get-user-mfa-info",
      ]);
    },
    events: [event],
  };
}

function secretOfSomebody(otp: OtpPolicy): Story {
  const events = [
    // There already, with another second factor, which the newer one replaces.
    told("idp", "created", "user-1", 1, [create("1"), importOtp("1")]),
    // Another person has their e-mail, which is all that is known of them.
    told("idp", "created-2", "user-2", 1, [
      { kind: "create", person: { email: "p2@example.com", username: "zoë" }, trail: {} },
      { kind: "import-otp", who: { email: "p2@example.com" }, otp: { secret } },
    ]),
  ];
  return {
    name: `TOTP secrets with joiners who are there already, or another person is, by ${otp}`,
    options: { otp },
    async prepare(world) {
      const other = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
      await world.deliver([told("hr", "hired-1", "1", 0, [create("1"), importOtp("1", other)])]);
      await world.deliver([told("hr", "hired-2", "2", 0, [create("2", { username: "other" })])]);
    },
    async play(world) {
      await world.deliver(events);
    },
    async check(world) {
      const [known, other] = world.pool.users();
      expect(await outcomesOf(world, events)).toMatchObject([
        { kind: "accepted", userId: known?.userId },
        { kind: "rejected", reason: "conflict", field: "email" },
      ]);
      expect(world.pool.otpOf(known?.userId ?? "")).toBe(secret);
      expect(world.pool.otpOf(other?.userId ?? "")).toBeUndefined();
    },
    events,
  };
}

function secretFirst(): Story {
  const secrets = [
    told("idp", "enrolled", "user-1", 1, [importOtp("1")]),
    told("idp", "enrolled-2", "user-2", 1, [importOtp("2")]),
  ];
  const joiner = told("hr", "hired-1", "1", 0, [create("1")]);
  return {
    name: "TOTP secrets that come before their people, where one person never comes",
    async play(world) {
      await world.deliver(secrets);
      world.clock.pass(1200);
      await world.deliver([joiner]);
    },
    async check(world, whole) {
      const [user, ...others] = world.pool.users();
      expect(others).toEqual([]);
      expect(world.pool.otpOf(user?.userId ?? "")).toBe(secret);
      expect(await outcomesOf(world, secrets)).toMatchObject([
        { kind: "accepted", userId: user?.userId },
        { kind: "rejected", reason: "user-unknown", field: "externalId" },
      ]);
      expect(JSON.stringify([await world.recordOf("idp", "enrolled"), world.log])).not.toContain(secret);
      // An hour for a person who never comes, and not much more.
      if (whole) expect(world.clock.now() - day).toBeLessThan(4_500_000);
    },
    events: [...secrets, joiner],
  };
}

function withSecretAgain(): Story {
  const events = [
    told("hr", "hired", "1", 0, [create("1")]),
    told("hr", "left", "1", 1, [leave("1")]),
    told("hr", "rehired", "1", 2, [create("1"), importOtp("1")]),
  ];
  return {
    name: "a person deleted who comes back with a TOTP secret",
    options: { leave: "delete" },
    async play(world) {
      await world.deliver(events);
    },
    async check(world) {
      const [user] = world.pool.users();
      expect(world.statuses()).toEqual({ 1: "Activated" });
      expect(world.pool.otpOf(user?.userId ?? "")).toBe(secret);
    },
    events: events.slice(2),
  };
}

function refusedSecret(): Story {
  const events = [
    // Too short for RFC 4226.
    told("idp", "created", "user-1", 0, [create("1"), importOtp("1", "JBSWY3DP")]),
    told("idp", "deleted", "user-1", 1, [leave()]),
  ];
  return {
    name: "a person whose TOTP secret is refused, and who leaves by the source's own id",
    async play(world) {
      await world.deliver(events);
    },
    async check(world) {
      expect(world.statuses()).toEqual({ 1: "Resigned" });
      expect(await outcomesOf(world, events)).toMatchObject([{ kind: "rejected" }, { kind: "accepted" }]);
    },
    events,
  };
}

/** Small enough to be killed at every step. */
export const storiesOfSecrets: readonly Story[] = [
  ...(["import", "inline"] as const).flatMap((otp) => [
    withSecret(otp, [create("1"), importOtp("1")]),
    withSecret(otp, [create("1", { otp: { secret } })]),
    secretOfSomebody(otp),
  ]),
  secretFirst(),
  withSecretAgain(),
  refusedSecret(),
];
