import * as z from "zod/mini";
import type { TranslationContext } from "#lib/pipeline/source.ts";
import type * as registry from "#lib/sources/registry.ts";

/** What becomes of the closed account of a person whom the same source had let go and now hires again. */
const RehirePolicy = z.enum(["reactivate", "reject"]);
export type RehirePolicy = z.infer<typeof RehirePolicy>;

/** What becomes of the account of a person who leaves. */
export const LeavePolicy = z.enum(["resign", "suspend", "deactivate", "delete"]);
export type LeavePolicy = z.infer<typeof LeavePolicy>;

const SourceSettings = z.strictObject({
  /** `resign` takes authorisations, departments, roles and groups away for good and stops sign-in; the profile stays. */
  leave: z._default(LeavePolicy, "resign"),
  rehire: z._default(RehirePolicy, "reactivate"),
  /** Which of several ids of the source is the `externalId` in Authing; the source's README lists them. */
  externalId: z.optional(z.string()),
  /** The source's department ids → Authing's. Departments that are not here are left out, and told of. */
  departments: z._default(z.record(z.string(), z.string()), {}),
  /** Custom fields of the user pool → path in the source's payload, e.g. `{ title: "event.object.job_title" }`. */
  customData: z._default(z.record(z.string(), z.string()), {}),
});

const Config = z.strictObject({
  /** First part of every name in AWS: queues, secrets, functions. */
  service: z._default(z.string().check(z.regex(/^[a-z][a-z0-9-]{0,30}$/)), "authing-inbound"),
  /** The country of phone numbers without a country code, ISO 3166, e.g. `CN`. */
  region: z._default(z.string().check(z.regex(/^[A-Z]{2}$/)), "CN"),
  authing: z._default(
    z.strictObject({
      /** Of a private deployment; without a trailing slash. */
      host: z._default(z.string().check(z.regex(/^https?:\/\/[^/]+$/)), "https://api.authing.cn"),
      /** `signature` signs each request with the access key; `token` exchanges it for a management token. */
      authentication: z._default(z.enum(["signature", "token"]), "signature"),
      /** What goes on the wire: today's fields, or those of the page of 2022 (gender `W`, options at each user). */
      dialect: z._default(z.enum(["current", "2022"]), "current"),
      /** Sent as `x-authing-lang`: the language of Authing's messages. */
      language: z._default(z.enum(["en-US", "zh-CN", "zh-TW", "ja-JP"]), "en-US"),
      /** Of a tenant inside the user pool. */
      tenantId: z.optional(z.string()),
      timeoutSeconds: z._default(z.number().check(z.minimum(1), z.maximum(60)), 10),
    }),
    {
      host: "https://api.authing.cn",
      authentication: "signature",
      dialect: "current",
      language: "en-US",
      timeoutSeconds: 10,
    },
  ),
  /** The sources that are switched on, by name. A source that is not here has no route, no role and no secret. */
  sources: z.record(z.string(), SourceSettings),
});
export type Config = z.infer<typeof Config>;

type SourceName = keyof typeof registry;
type ConfigInput = Omit<z.input<typeof Config>, "sources"> & {
  sources: { readonly [name in SourceName]?: z.input<typeof SourceSettings> };
};

/** Checks and completes the configuration of a deployment. Throws a `TypeError` that names the setting. */
export function defineConfig(input: ConfigInput): Config {
  const parsed = z.safeParse(Config, input);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(
    (issue) => `${issue.path.map(String).join(".") || "(whole)"} (${issue.code})`,
  );
  throw new TypeError(
    `inbound.config.ts: wrong or unknown setting: ${wrong.join(", ")}; lib/config.ts describes each`,
  );
}

/** What the translation of a source's events may know of a configuration. */
export function translationContext(config: Config, source: string): TranslationContext {
  const { externalId, departments = {}, customData = {} } = config.sources[source] ?? {};
  return { region: config.region, departments, customData, ...(externalId !== undefined && { externalId }) };
}
