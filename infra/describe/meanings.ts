import type { LeavePolicy, PeoplePolicy, RehirePolicy } from "#lib/contract/policies.ts";
import type { Destination } from "#infra/aws/functions.ts";

// What each setting means, in one sentence for an auditor. lib/config.ts and SECURITY.md say more.

export const peopleMeaning: Readonly<Record<PeoplePolicy, string>> = {
  own: "only people that it brought itself. Events about people of other sources are rejected; an account that the ledger does not know is held for an operator",
  shared: "also people that other sources and files brought, by the company's id (`externalId`)",
};

export const leaveMeaning: Readonly<Record<LeavePolicy, string>> = {
  resign:
    "ends sign-in and removes authorisations, departments, roles and groups for good; the profile stays",
  suspend: "ends sign-in; authorisations stay",
  deactivate: "deactivates the account; authorisations stay",
  delete: "deletes the account",
};

export const rehireMeaning: Readonly<Record<RehirePolicy, string>> = {
  reactivate: "opens the account again",
  reject: "is rejected; an operator decides",
};

export const destinationMeaning: Readonly<Record<Destination, string>> = {
  authing: "Authing",
  "source-apis": "APIs of sources",
};

/** How long each place keeps what, with the lines of infra/aws that say so. `results` is a setting. */
export const retention = (keepResultsDays: number): readonly (readonly [string, string, string])[] => [
  ["Secrets Manager", "credentials and webhook secrets", "until an operator deletes them"],
  ["queues", "events with the people in them; names of uploaded files", "at most 14 days"],
  ["bucket, `waiting/`", "events that are too large for the queue", "15 days"],
  ["bucket, `incoming/users/`", "uploaded files of users", "until an operator deletes them"],
  ["bucket, `incoming/otp/`", "TOTP secrets in the clear", "until imported; 1 day if that fails"],
  ["bucket, `results/`", "results of imports; rejected rows hold personal data", `${keepResultsDays} days`],
  [
    "bucket, `parked/`",
    "events that cannot be decided now, with the people in them",
    "until decided; rejected ones 30 days",
  ],
  ["bucket, `enrolments/`", "secrets that senders brought", "7 days at most"],
  ["ledger", "ids, codes, times and names of fields; no other personal data", "90 days for outcomes"],
  ["logs", "ids, codes, counts and paths; no personal data", "30 days"],
];
