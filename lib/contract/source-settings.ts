import * as z from "zod/mini";
import { isDepartmentsBy, type DepartmentRule } from "./departments.ts";
import type { PersonMap, Scope } from "./people-rules.ts";
import {
  isSilencePolicy,
  LeavePolicy,
  OutOfScopePolicy,
  PasswordHashPolicy,
  PeoplePolicy,
  RehirePolicy,
  silencePolicyRule,
  type SilencePolicy,
} from "./policies.ts";
import { RosterSettings } from "./roster-settings.ts";
import type { OwnSource } from "./source.ts";

const isFunction = (value: unknown) => typeof value === "function";

const departmentRuleRule =
  'must be a map { "the source\'s id": "Authing\'s id" }, a function (department) => id or undefined, or { by: "code" }, "open_department_id", "custom_field" or "sync_relation"';

function isDepartmentRule(rule: unknown): boolean {
  if (typeof rule === "function") return true;
  if (typeof rule !== "object" || rule === null || Array.isArray(rule)) return false;
  return isDepartmentsBy(rule as DepartmentRule) || Object.values(rule).every((id) => typeof id === "string");
}

/** What a configuration says of a source. */
export const SourceSettings = z.strictObject({
  /**
   * Which people the source may change, close and open: only those that it brought (`own`), or also those that other sources and
   * files brought (`shared`: its ids are the company's ids). SECURITY.md says what each can do to which people.
   */
  people: z._default(PeoplePolicy, "own"),
  /** `resign` removes authorisations, departments, roles and groups for good and ends sign-in; the profile stays. */
  leave: z._default(LeavePolicy, "resign"),
  rehire: z._default(RehirePolicy, "reactivate"),
  /**
   * When an alarm says that the source has fallen silent, as it does when the vendor switches a webhook off: once no delivery came for
   * longer than is usual for these hours of the week (`learnt`, from the last four weeks), for this many hours (1 to 672), or `never`.
   * A number suits a source that delivers less often than every second day: there is too little to learn from. docs/alarms.md
   */
  silence: z._default(z.custom<SilencePolicy>(isSilencePolicy, silencePolicyRule), "learnt"),
  /** Of a source that AWS itself invokes: the ARNs of what may invoke it, such as user pools of Cognito. */
  invokedBy: z._default(z.array(z.string().check(z.regex(/^arn:aws[a-z-]*:[^\s:]*(:[^\s:]*){2}:\S+$/))), []),
  /** Which of several ids of the source is the `externalId` in Authing; the source's README lists them. */
  externalId: z.optional(z.string()),
  /**
   * The departments of the source at Authing: a map from the source's ids to Authing's (`npm run departments` prints one), a function that
   * does the same, or `{ by: "code" }`: the source's ids are Authing's codes (also `open_department_id`, `custom_field`,
   * `sync_relation`). What has no department at Authing is dropped, and reported.
   */
  departments: z._default(z.custom<DepartmentRule>(isDepartmentRule, departmentRuleRule), {}),
  /**
   * Custom fields of the user pool → path in the source's payload, e.g. `{ title: "event.object.job_title" }`, or
   * `"custom_attrs[id='C-1'].value.text"` for the item of a list that has this id; lib/fields/read.ts says how paths are written.
   */
  customData: z._default(z.record(z.string(), z.string()), {}),
  /** Labels and states in other words → those that the source's README lists: `{ Estado: "Status" }`. BambooHR and Zoho People only. */
  words: z.exactOptional(z.record(z.string(), z.string())),
  /**
   * Whether joiners bring the password hashes that this source sends (`keep`) or not (`drop`, also where it is absent); its README says
   * whether it sends any. Authing keeps such a hash as it is, and needs a password script in its console that compares with it.
   */
  passwordHashes: z.exactOptional(PasswordHashPolicy),
  /** Only these people, a function of yours; absent: everybody. docs/configuration.md */
  scope: z.exactOptional(
    z.custom<Scope>(isFunction, "must be a function: ({ person, payload, isWhole }) => true or false"),
  ),
  /**
   * What becomes of a person of this source who is no longer in its scope: nothing (`keep`: later events do not change the account), or
   * the same as of a leaver (`leave`).
   */
  outOfScope: z._default(OutOfScopePolicy, "keep"),
  /** What of a person goes to Authing, a function of yours, after translation. docs/configuration.md */
  map: z.exactOptional(
    z.custom<PersonMap>(isFunction, "must be a function: ({ person, payload, isWhole, event }) => person"),
  ),
  /** The whole list of the source, compared with what it has told: docs/rosters.md */
  reconcile: z.exactOptional(RosterSettings),
  /**
   * The source has no webhooks and no API: it speaks by files alone, each of them its whole staff, under `incoming/roster/<source>/`. It has
   * no route and no secret.
   */
  rosterOnly: z.exactOptional(z.literal(true)),
  /** A source of your own, `defineSource({…})`; docs/own-source.md shows two. */
  source: z.exactOptional(z.custom<OwnSource>()),
});
