import { randomBytes } from "node:crypto";
import type { UserIdType } from "#lib/authing/dto.ts";
import type { UniqueField } from "./envelope.ts";
import type { ReceivedUser } from "./requests.ts";

// The people of the pool: their records, how they are found, and the fields that are unique.

/** The fields of a person that are stored as they were sent, without the secrets. */
export type Profile = Omit<
  ReceivedUser,
  "otp" | "password" | "salt" | "passwordEncryptType" | "resetPasswordOnFisrtLogin"
>;

/** A TOTP authenticator as it was sent. */
export interface StoredOtp {
  readonly secret: string;
  readonly recoveryCode?: string;
}

/** A password in plain text, or the hash as it was sent, when `keepPassword` was sent with it. */
export interface StoredPassword {
  readonly password: string;
  readonly salt?: string;
  readonly keepPassword: boolean;
}

export interface Person {
  readonly userId: string;
  /** Unix milliseconds, as the two below. */
  readonly createdAt: number;
  updatedAt: number;
  statusChangedAt: number;
  profile: Profile;
  resetPasswordOnNextLogin: boolean;
  otp?: StoredOtp;
  password?: StoredPassword;
  passwordLastSetAt?: number;
}

export interface People {
  /** In the order of their creation. */
  all(): readonly Person[];
  find(userId: string, type?: UserIdType): Person | undefined;
  /** As `find`, but for look-ups, which may not show a person yet who was just created. */
  lookUp(userId: string, type?: UserIdType): Person | undefined;
  /** Sets for how long look-ups do not show a person who was just created. */
  setLookUpLag(milliseconds: number): void;
  /** Whether look-ups already show this person. */
  isShown(person: Person): boolean;
  /** The field in which this profile collides with that of another person, or with a key in `taken`. */
  collision(
    profile: Partial<Profile>,
    options?: { except?: string; taken?: ReadonlySet<string> },
  ): UniqueField | undefined;
  create(profile: Profile): Person;
  /** Replaces the profile; the caller has checked for collisions. */
  change(person: Person, profile: Profile): void;
  remove(person: Person): void;
}

/** The unique fields of a profile, as `field:value` keys. */
export function uniqueKeys(profile: Partial<Profile>): Map<string, UniqueField> {
  const keys = new Map<string, UniqueField>();
  const { username, phone, phoneCountryCode, email, externalId } = profile;
  if (username !== undefined) keys.set(`username:${username}`, "username");
  if (phone !== undefined) keys.set(`phone:${phoneCountryCode ?? homeCountryCode}${phone}`, "phone");
  // Authing lower-cases e-mail addresses.
  if (email !== undefined) keys.set(`email:${email.toLowerCase()}`, "email");
  if (externalId !== undefined) keys.set(`external_id:${externalId}`, "externalId");
  return keys;
}

/** A phone number without a country code is a number of mainland China. */
const homeCountryCode = "+86";

/** @param firstLagMilliseconds how long after their create people are shown by look-ups; their unique fields are taken at once. */
export function createPeople(now: () => number, firstLagMilliseconds = 0): People {
  let lookUpLagMilliseconds = firstLagMilliseconds;
  const byId = new Map<string, Person>();
  const idByKey = new Map<string, string>();
  let listed: Person[] | undefined;
  let count = 0;

  /** 24 hexadecimal digits: seconds, random, counter. */
  function newUserId(): string {
    const seconds = Math.floor(now() / 1000)
      .toString(16)
      .padStart(8, "0");
    const counter = (count++ & 0xffffff).toString(16).padStart(6, "0");
    return `${seconds}${randomBytes(5).toString("hex")}${counter}`;
  }

  const release = ({ profile, userId }: Person) => {
    for (const key of uniqueKeys(profile).keys()) if (idByKey.get(key) === userId) idByKey.delete(key);
  };
  const claim = ({ profile, userId }: Person) => {
    for (const key of uniqueKeys(profile).keys()) idByKey.set(key, userId);
  };

  // Rare kinds of ids are searched for among all people: an index is not worth it.
  const search = (test: (profile: Profile) => boolean) => byId.values().find(({ profile }) => test(profile));

  function find(userId: string, type: UserIdType = "user_id"): Person | undefined {
    const byKey = (key: string) => byId.get(idByKey.get(key) ?? "");
    switch (type) {
      case "user_id":
        return byId.get(userId);
      case "external_id":
      case "username":
        return byKey(`${type}:${userId}`);
      case "email":
        return byKey(`email:${userId.toLowerCase()}`);
      case "phone":
        // With its country code, as a number of mainland China, or else any number with these digits.
        return (
          byKey(`phone:${userId}`) ??
          byKey(`phone:${homeCountryCode}${userId}`) ??
          search(({ phone }) => phone === userId)
        );
      case "identity":
        return search(({ identities = [] }) =>
          identities.some(({ extIdpId, userIdInIdp }) => `${extIdpId}:${userIdInIdp}` === userId),
        );
      case "sync_relation":
        return search(({ identities = [] }) =>
          identities.some(({ provider, userIdInIdp }) => `${provider}:${userIdInIdp}` === userId),
        );
      case "custom_field":
        // Authing does not document how such an id names the field.
        return undefined;
    }
  }

  const isShown = ({ createdAt }: Person) => now() >= createdAt + lookUpLagMilliseconds;

  return {
    lookUp(userId, type) {
      const person = find(userId, type);
      return person && isShown(person) ? person : undefined;
    },
    isShown,
    setLookUpLag(milliseconds) {
      lookUpLagMilliseconds = milliseconds;
    },
    all: () => (listed ??= [...byId.values()]),
    find,
    collision(profile, { except, taken } = {}) {
      for (const [key, field] of uniqueKeys(profile)) {
        const owner = idByKey.get(key);
        if (taken?.has(key) || (owner !== undefined && owner !== except)) return field;
      }
      return undefined;
    },
    create(profile) {
      const at = now();
      const person: Person = {
        userId: newUserId(),
        createdAt: at,
        updatedAt: at,
        statusChangedAt: at,
        profile,
        resetPasswordOnNextLogin: false,
      };
      byId.set(person.userId, person);
      claim(person);
      listed = undefined;
      return person;
    },
    change(person, profile) {
      release(person);
      const at = now();
      if ((profile.status ?? "Activated") !== (person.profile.status ?? "Activated"))
        person.statusChangedAt = at;
      person.profile = profile;
      person.updatedAt = at;
      claim(person);
    },
    remove(person) {
      release(person);
      byId.delete(person.userId);
      listed = undefined;
    },
  };
}
