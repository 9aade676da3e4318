import * as z from "zod/mini";
import { PasswordEncryptType } from "#lib/contract/person.ts";
import {
  isSilencePolicy,
  LeavePolicy,
  OtpPolicy,
  PasswordHashPolicy,
  PeoplePolicy,
  RehirePolicy,
  silencePolicyRule,
  type SilencePolicy,
} from "#lib/contract/policies.ts";
import { UploadSettings } from "#lib/contract/upload-settings.ts";
import {
  isKeepableHeader,
  isSourceName,
  keepableHeaderRule,
  sourceNameRule,
  type OwnSource,
  type TranslationContext,
} from "./contract/source.ts";
import type * as registry from "./sources/registry.ts";

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** The id of a resource in AWS's network, e.g. `subnet-0a1b2c3d4e5f67890`. */
const awsId = (kind: string) =>
  z
    .string()
    .check(
      z.refine(
        (id: string) => new RegExp(`^${kind}-[0-9a-f]{8,17}$`).test(id),
        `must be like ${kind}-0a1b2c3d4e5f67890`,
      ),
    );

const SourceSettings = z.strictObject({
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
  /** Which of several ids of the source is the `externalId` in Authing; the source's README lists them. */
  externalId: z.optional(z.string()),
  /** The source's department ids → Authing's. Departments that are not here are dropped, and reported. */
  departments: z._default(z.record(z.string(), z.string()), {}),
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
  /** A source of your own, `defineSource({…})`; docs/own-source.md shows two. */
  source: z.exactOptional(z.custom<OwnSource>()),
});

const Config = z.strictObject({
  /** First part of every name in AWS: queues, secrets, functions. */
  service: z._default(z.string().check(z.regex(/^[a-z][a-z0-9-]{0,30}$/)), "authing-inbound"),
  /**
   * What encrypts queues, bucket, table, secrets and alarms: keys of AWS's own, or one of yours, which the deployment makes,
   * which AWS rotates each year and charges for.
   */
  encryption: z._default(z.enum(["aws-managed", "customer-managed"]), "aws-managed"),
  /**
   * Subnets and security groups of yours in which the functions run that call Authing and the APIs of sources, so that these calls come
   * from one address: the one of your NAT gateway. docs/network.md says what the subnets need, and what that costs.
   */
  network: z.optional(
    z.strictObject({
      subnetIds: z.array(awsId("subnet")).check(z.minLength(1), z.maxLength(16)),
      securityGroupIds: z.array(awsId("sg")).check(z.minLength(1), z.maxLength(5)),
    }),
  ),
  /** How long results of imports are kept, in days; rejected rows hold personal data. The ledger deletes rows after 90 days. */
  keepResultsDays: z._default(z.number().check(z.int(), z.minimum(1), z.maximum(3650)), 90),
  /** The country of phone numbers without a country code, ISO 3166, e.g. `CN`. */
  region: z._default(z.string().check(z.regex(/^[A-Z]{2}$/)), "CN"),
  /**
   * Where the company's days begin and end, e.g. `Europe/Berlin`: a departure that names its last day counts from the end of that
   * day there. Default by `region`: `timeZoneOf` says which.
   */
  timeZone: z.optional(
    z.string().check(z.refine(isTimeZone, "must be a time zone such as Europe/Berlin or Asia/Shanghai")),
  ),
  authing: z.prefault(
    z.strictObject({
      /** Of a private deployment; without a trailing slash. */
      host: z._default(z.string().check(z.regex(/^https?:\/\/[^/]+$/)), "https://api.authing.cn"),
      /** `signature` signs each request with the access key; `token` exchanges it for a management token. */
      authentication: z._default(z.enum(["signature", "token"]), "signature"),
      /** What goes on the wire: today's fields, or those of the page of 2022 (gender `W`, options at each user). */
      dialect: z._default(z.enum(["current", "2022"]), "current"),
      /**
       * How plain passwords are encrypted on top of TLS: with a public key of the user pool, which Authing tells. Hashes and
       * what a file says is encrypted already stay as they are. `rsa` takes at most 117 bytes; `sm2` costs about 20 ms each.
       */
      passwordEncryption: z._default(PasswordEncryptType, "none"),
      /** Sent as `x-authing-lang`: the language of Authing's messages. */
      language: z._default(z.enum(["en-US", "zh-CN", "zh-TW", "ja-JP"]), "en-US"),
      /** Of a tenant inside the user pool. */
      tenantId: z.optional(z.string()),
      timeoutSeconds: z._default(z.number().check(z.minimum(1), z.maximum(60)), 10),
      /**
       * The TOTP secret of a joiner: `import` brings it in a call of its own after the person is there, `inline` along with the
       * person. Authing documents both; the second saves a call, and is unknown to the dialect of 2022.
       */
      otp: z._default(OtpPolicy, "import"),
      /**
       * A departure ends the person's sessions in these applications (ids of Authing's console, 50 at most), with Authing's
       * `kick-users`. Authing documents that endpoint; it has not been tried. What it refuses keeps no account open.
       */
      kickUsers: z._default(z.array(z.string().check(z.minLength(1))).check(z.maxLength(50)), []),
      /**
       * The most calls per second, for each instance of a function; below it, the pace follows what Authing accepts. Authing
       * documents 300 a second and user pool for free accounts.
       */
      maxRequestsPerSecond: z._default(z.number().check(z.minimum(1), z.maximum(1000)), 100),
    }),
    {},
  ),
  /** What uploaded files hold, where the files themselves leave it open. docs/uploads.md */
  uploads: z.prefault(UploadSettings, {}),
  /** What the bots of group chats are told; docs/notices.md shows how to make one. Without a bot nothing is sent. */
  notices: z.prefault(
    z.strictObject({
      language: z._default(z.enum(["en", "zh"]), "en"),
      /**
       * When the daily digest is sent, by the company's clocks; `false` for none. Not at a full or half hour: at those Feishu accepts
       * fewer messages.
       */
      digestAt: z._default(
        z.custom<string | false>(
          (at) => at === false || (typeof at === "string" && /^([01]\d|2[0-3]):[0-5]\d$/.test(at)),
          'must be a time of the day such as "09:10", or false',
        ),
        "09:10",
      ),
    }),
    {},
  ),
  /** The sources that are switched on, by name. A source that is not here has no route, no role and no secret. */
  sources: z.record(z.string(), SourceSettings),
});
export type Config = z.infer<typeof Config>;

type Settings = Omit<z.input<typeof SourceSettings>, "source">;
type OwnSettings = Settings & { readonly source: OwnSource };
type ConfigInput<Name extends string> = Omit<z.input<typeof Config>, "sources"> & {
  // A name that is not built in needs a definition, one that is takes none.
  sources: { readonly [name in Name]: name extends keyof typeof registry ? Settings : OwnSettings };
};

/** Checks and completes the configuration of a deployment. Throws a `TypeError` that names each wrong setting and says what to change. */
export function defineConfig<Name extends string>(input: ConfigInput<Name>): Config {
  const parsed = z.safeParse(Config, input);
  const problems = parsed.success
    ? [
        ...authingProblems(parsed.data),
        ...Object.entries(parsed.data.sources).flatMap(([name, { source }]) => sourceProblems(name, source)),
      ]
    : parsed.error.issues.flatMap(issueProblems);
  if (parsed.success && problems.length === 0) return parsed.data;
  throw new TypeError(`inbound.config.ts: ${problems.join("; ")}`);
}

const shapes: Readonly<Record<string, string>> = {
  array: "a list",
  object: "an object",
  record: "an object",
};

function issueProblems(issue: z.core.$ZodIssue): string[] {
  const place = (...more: readonly string[]) => [...issue.path.map(String), ...more].join(".") || "(whole)";
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => `${place(key)} is no setting: correct its name or remove it`);
    case "invalid_value":
      return [`${place()} must be one of ${issue.values.map(String).join(", ")}`];
    case "invalid_type":
      return [`${place()} must be ${shapes[issue.expected] ?? `a ${issue.expected}`}`];
    case "custom":
      return [`${place()} ${issue.message}`];
    default:
      return [`${place()} is wrong (${issue.code}): lib/config.ts describes it`];
  }
}

/** The settings that the dialect of 2022 cannot express. */
function authingProblems({ authing: { dialect, otp }, sources }: Config): string[] {
  if (dialect !== "2022") return [];
  return [
    ...(otp === "inline"
      ? ['authing.otp "inline" is nothing that the dialect 2022 can say: leave it out']
      : []),
    ...Object.entries(sources).flatMap(([name, { leave }]) =>
      leave === "deactivate"
        ? [`sources.${name}.leave "deactivate" is nothing that the dialect 2022 can say: use "suspend"`]
        : [],
    ),
  ];
}

/** Names that mean something else where names of sources are used: in names of secrets, and in keys of the ledger. */
const reservedNames: ReadonlySet<string> = new Set(["authing", "notices", "people", "uploads"]);

/** What is wrong with a source of the operator's own. Nothing else has checked it if it is plain JavaScript. */
function sourceProblems(name: string, source: OwnSource | undefined): string[] {
  if (source === undefined) return [];
  const at = `sources.${name}`;
  if (!isSourceName(name)) return [`sources["${name}"]: ${sourceNameRule}`];
  if (reservedNames.has(name)) return [`${at}: the name is taken: give your source another one`];
  if (typeof source !== "object" || source === null) return [`${at}.source: write defineSource({…})`];
  const given: Readonly<Record<string, unknown>> = { ...source };
  const wrong = Object.entries(parts).filter(([part, { isRight, needed }]) =>
    given[part] === undefined ? needed : !isRight(given[part]),
  );
  const unknown = Object.keys(given).filter((part) => !Object.hasOwn(parts, part));
  return [
    ...wrong.map(([part, { say }]) => `${at}.source.${part} ${say}`),
    ...unknown.map((part) =>
      part === "name"
        ? `${at}.source.name: leave it out, the key "${name}" is the name`
        : `${at}.source.${part} is no part of a source: correct its name or remove it`,
    ),
  ];
}

interface Part {
  readonly isRight: (value: unknown) => boolean;
  readonly needed: boolean;
  readonly say: string;
}

const PingShape = z.union([
  z.strictObject({ contentType: z.string(), body: z.string() }),
  z.strictObject({ query: z.record(z.string(), z.string()) }),
]);

const isText = (value: unknown) => typeof value === "string";
const isFunction = (value: unknown) => typeof value === "function";
const has = (value: unknown, ...methods: string[]) =>
  typeof value === "object" &&
  value !== null &&
  methods.every((method) => isFunction((value as Record<string, unknown>)[method]));

/** The parts of a source, as lib/contract/source.ts describes them. */
const parts: { readonly [part in keyof OwnSource]-?: Part } = {
  title: {
    isRight: (value) => typeof value === "string" && value.trim() !== "",
    needed: true,
    say: 'must be how people call the sender, e.g. "Workday"',
  },
  kind: { isRight: isText, needed: false, say: "must be a word of lib/contract/source.ts, or absent" },
  knownFrom: { isRight: isText, needed: false, say: "must be a word of lib/contract/source.ts, or absent" },
  secret: {
    isRight: (value) => has((value as { _zod?: unknown } | null)?._zod, "run"),
    needed: true,
    say: "must be the shape of its secret, e.g. z.object({ signingKey: z.string() })",
  },
  proof: {
    isRight: (value) => has(value, "verify", "sign"),
    needed: true,
    say: "must be a proof of lib/proofs, e.g. hmac({…}) or basicAuth({…}): a source without one would accept deliveries of any sender",
  },
  redeliversForSeconds: {
    isRight: (value) => typeof value === "number" && value > 0,
    needed: true,
    say: "must be a number above 0: for how long does the sender repeat a delivery?",
  },
  split: { isRight: isFunction, needed: true, say: "must be a function: delivery → events" },
  translate: { isRight: isFunction, needed: true, say: "must be a function: event → changes" },
  handshake: { isRight: isFunction, needed: false, say: "must be a function: delivery → reply" },
  acknowledge: { isRight: isFunction, needed: false, say: "must be a function: delivery → reply" },
  fetch: {
    isRight: (value) => has(value, "hosts", "read"),
    needed: false,
    say: "must be an object with the functions hosts and read",
  },
  list: {
    isRight: (value) => has(value, "hosts", "page", "person"),
    needed: false,
    say: "must be an object with the functions hosts, page and person",
  },
  enrol: { isRight: isFunction, needed: false, say: "must be a function: delivery → fields of the secret" },
  readsHeaders: {
    isRight: (value) =>
      Array.isArray(value) && value.every((name) => typeof name === "string" && isKeepableHeader(name)),
    needed: false,
    say: `must be a list of names of headers: ${keepableHeaderRule}`,
  },
  ping: {
    isRight: (value) => z.safeParse(PingShape, value).success,
    needed: false,
    say: 'must be a delivery about no person, e.g. { contentType: "application/json", body: "…" } or, for GET, { query: { … } }',
  },
};

/**
 * The company's time zone: the one that is named; else Beijing time for `CN`, and for any other country the one of its time zones
 * in which a day ends last, so that no account is closed early.
 */
export function timeZoneOf({ timeZone, region }: Pick<Config, "timeZone" | "region">): string {
  if (timeZone !== undefined) return timeZone;
  // The database of time zones has two for China, where all clocks show the same time.
  if (region === "CN") return "Asia/Shanghai";
  const zones = new Intl.Locale(`und-${region}`).getTimeZones() ?? [];
  return zones.toSorted((one, other) => standardHours(one) - standardHours(other))[0] ?? "UTC";
}

/** How far the clocks of a time zone are ahead of UTC in January, in hours. */
function standardHours(timeZone: string): number {
  const format = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" });
  const offset =
    format.formatToParts(Date.UTC(2026, 0, 1)).find(({ type }) => type === "timeZoneName")?.value ?? "";
  const [, sign, hours = "0", minutes = "0"] = /([+-])(\d+):(\d+)/.exec(offset) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) + Number(minutes) / 60);
}

/** What the translation of a source's events may know of a configuration. */
export function translationContext({ region, sources }: Config, source: string): TranslationContext {
  const { departments = {}, customData = {}, externalId, words, passwordHashes } = sources[source] ?? {};
  const said = Object.entries({ externalId, words, passwordHashes }).filter(
    ([, value]) => value !== undefined,
  );
  return { region, departments, customData, ...Object.fromEntries(said) };
}
