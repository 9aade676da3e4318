import type { Memberships } from "./departments.ts";
import type { CreateUserInfoDto, CreateUserOptionsDto, ImportOtpItemDataDto } from "./person.ts";

/** A day of the calendar, `YYYY-MM-DD`, in the company's time zone (`timeZone` of the configuration). */
export type CalendarDay = string;

/**
 * Which person a change is about. At least one is given; the first one that is there decides, in this order. Without any, the
 * person is the one that the event's source knows by the event's subject.
 */
export interface PersonReference {
  readonly userId?: string;
  readonly externalId?: string;
  readonly email?: string;
  readonly phone?: string;
  /** Belongs to `phone`. */
  readonly phoneCountryCode?: string;
  readonly username?: string;
}

/** By all that a person can be looked for. */
export function referenceTo({
  externalId,
  email,
  phone,
  phoneCountryCode,
  username,
}: Partial<CreateUserInfoDto>): PersonReference {
  return {
    ...(externalId !== undefined && { externalId }),
    ...(email !== undefined && { email }),
    ...(phone !== undefined && { phone }),
    ...(phoneCountryCode !== undefined && { phoneCountryCode }),
    ...(username !== undefined && { username }),
  };
}

/** Where each field of a person came from: Authing's field → `path in the payload · rule that was applied`. */
export type Trail = Readonly<Record<string, string>>;

/** A field of the payload that was there and is not used: its path and a code, never its value. */
export interface Dropped {
  readonly path: string;
  readonly problem: string;
}

/** A joiner: the person shall exist in Authing. */
export interface Create {
  readonly kind: "create";
  readonly person: CreateUserInfoDto;
  /** Per batch at Authing: people are grouped by these. */
  readonly options?: CreateUserOptionsDto;
  /** Which of `departmentIds` the person leads, and which one is the main one. */
  readonly memberships?: Memberships;
  readonly trail: Trail;
  readonly dropped?: readonly Dropped[];
  /** All that was said of the person, where `person` holds what nothing newer has told: an account that is gone is made from it. */
  readonly whole?: CreateUserInfoDto;
  /** The person's first day: the change waits until that day begins. Absent: it happens at once. */
  readonly firstDay?: CalendarDay;
}

/** A mover: only the fields in `person` change; absent ones stay as they are. */
export interface Update {
  readonly kind: "update";
  readonly who: PersonReference;
  readonly person: Partial<CreateUserInfoDto>;
  /** The payload holds all that is known of the person: a person who is unknown to Authing is created from it. */
  readonly complete: boolean;
  /** All that is known of the person, where `person` holds less: a person whose joiner has not arrived yet is created from it. */
  readonly whole?: CreateUserInfoDto;
  /**
   * For how long after its receipt, in seconds, a complete update waits before it creates a person who is unknown to the ledger:
   * where the source can change its id of a person, the event that says so may arrive after this one. Default 0.
   */
  readonly createsAfterSeconds?: number;
  /** The source's id of the person from now on. Events under it are about the same person. */
  readonly newSubject?: string;
  /** The source says that no departure is planned: one that it announced before lapses. */
  readonly departure?: "none";
  /** The payload holds all that is known of the person, and no field to sign in with: hence it is not `complete`. */
  readonly lacksLogin?: true;
  /** What the ids in `departmentIds` are. Absent: Authing's own. */
  readonly options?: Pick<CreateUserOptionsDto, "departmentIdType">;
  /** Which of `departmentIds` the person leads, and which one is the main one. */
  readonly memberships?: Memberships;
  readonly trail: Trail;
  readonly dropped?: readonly Dropped[];
}

/** The joiner that brings this person, where a mover of theirs is all that is known. */
export const joinerOf = (
  { trail, dropped, options, memberships }: Update,
  person: CreateUserInfoDto,
): Create => ({
  kind: "create",
  person,
  ...(options && { options }),
  ...(memberships && { memberships }),
  trail,
  ...(dropped && { dropped }),
});

/** A leaver. What becomes of the account is the policy of the configuration: resign, suspend, deactivate or delete. */
export interface Leave {
  readonly kind: "leave";
  readonly who: PersonReference;
  /**
   * The person's last day: the change waits until that day has ended. It lapses when the source says something newer about the
   * person's access, or about the departure. Absent: it happens at once.
   */
  readonly lastDay?: CalendarDay;
}

/** A TOTP secret for a person who is in Authing, or whose `create` precedes it. */
export interface ImportOtp {
  readonly kind: "import-otp";
  readonly who: PersonReference;
  readonly otp: ImportOtpItemDataDto;
}

/** Whether a status closes the account. Absent, nothing is said of it. */
export const closesAccount = (
  status: CreateUserInfoDto["status"],
): status is Exclude<NonNullable<CreateUserInfoDto["status"]>, "Activated"> =>
  status !== undefined && status !== "Activated";

/** What an event or a row means in Authing's terms. */
export type Change = Create | Update | Leave | ImportOtp;
