import * as z from "zod/mini";
import { isDepartmentsBy } from "#lib/contract/departments.ts";
import { externalIdProblems } from "#lib/contract/external-id-choice.ts";
import { ownSourceProblems } from "#lib/contract/own-source.ts";
import { PasswordEncryptType } from "#lib/contract/person.ts";
import { OtpPolicy } from "#lib/contract/policies.ts";
import { isTimeOfDay, isTimeZone } from "#lib/contract/roster-settings.ts";
import { SourceSettings } from "#lib/contract/source-settings.ts";
import { UploadSettings } from "#lib/contract/upload-settings.ts";
import { isPath } from "#lib/fields/read.ts";

// Checks a configuration. A bundle holds the result where the configuration is data (`checkedOnce` in infra/aws/bundle-plugins.ts).

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
  /**
   * Who may read uploaded files, rows of imports in work and parked events in the bucket, besides the functions that need them: ARNs of roles
   * and users, in which `*` stands for any text. Everybody else is refused, whatever the account's other policies allow.
   */
  readers: z._default(
    z
      .array(
        z
          .string()
          .check(
            z.regex(
              /^arn:aws[a-z-]*:(iam|sts)::\d{12}:[\w+=,.@*/-]+$/,
              "must be the ARN of a role or user, such as arn:aws:iam::123456789012:role/hr-operators",
            ),
          ),
      )
      .check(z.maxLength(50)),
    [],
  ),
  /** The functions that receive deliveries, and their HTTP API. */
  webhooks: z.prefault(
    z.strictObject({
      /**
       * How many invocations of each webhook function run at once: so many are kept for it out of the account's limit, and more deliveries
       * are refused, which senders repeat. Default: all share the account's limit.
       */
      reservedConcurrency: z.optional(z.number().check(z.int(), z.minimum(1), z.maximum(1000))),
      /** Whether the access log has the address that a request came from. In many countries that is personal data. */
      logsAddresses: z._default(z.boolean(), false),
    }),
    {},
  ),
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
          (at) => at === false || isTimeOfDay(at),
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
/** A configuration as it is written: what has a default may be absent. */
export type WrittenConfig = z.input<typeof Config>;

/** Checks and completes a configuration. Throws a `TypeError` that names each wrong setting and says what to change. */
export function checkedConfig(written: WrittenConfig): Config {
  const parsed = z.safeParse(Config, written);
  const problems = parsed.success
    ? [
        ...authingProblems(parsed.data),
        ...Object.entries(parsed.data.sources).flatMap(([name, settings]) => [
          ...ownSourceProblems(name, settings),
          ...settingProblems(name, settings),
        ]),
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
      return [`${place()} is wrong (${issue.code}): lib/checked-config.ts describes it`];
  }
}

/** The settings that the dialect of 2022 cannot express. */
function authingProblems({ authing: { dialect, otp }, sources }: Config): string[] {
  if (dialect !== "2022") return [];
  return [
    ...(otp === "inline"
      ? ['authing.otp "inline" is nothing that the dialect 2022 can say: leave it out']
      : []),
    ...Object.entries(sources).flatMap(([name, { leave, departments }]) => [
      ...(leave === "deactivate"
        ? [`sources.${name}.leave "deactivate" is nothing that the dialect 2022 can say: use "suspend"`]
        : []),
      ...(isDepartmentsBy(departments) && departments.by !== "open_department_id"
        ? [
            `sources.${name}.departments by "${departments.by}" is nothing that the dialect 2022 can say: use "open_department_id" or a map`,
          ]
        : []),
    ]),
  ];
}

/** Settings of a source that could only fail when an event comes. */
function settingProblems(
  name: string,
  { externalId, customData, scope, outOfScope, source }: Config["sources"][string],
): string[] {
  const at = `sources.${name}`;
  const wrongPaths = Object.entries(customData).filter(([, path]) => !isPath(path));
  return [
    ...wrongPaths.map(
      ([field]) =>
        `${at}.customData.${field} is no path: write names joined with dots, [0], ['any name'] or [id='text']`,
    ),
    ...externalIdProblems(name, externalId, source),
    ...(outOfScope === "leave" && scope === undefined
      ? [`${at}.outOfScope "leave" needs a scope that people can be out of: add scope, or leave it out`]
      : []),
  ];
}
