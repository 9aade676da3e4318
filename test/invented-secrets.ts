import config from "#config";
import authing from "#infra/fixtures/secrets.json" with { type: "json" };
import { fixtureSecret } from "#infra/fixtures/cases.ts";

/** The invented secrets of Authing and of the sources of `inbound.config.ts`, as a file of INBOUND_SECRETS holds them. */
export const invented: typeof authing & Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  ...authing,
  ...Object.fromEntries(
    Object.keys(config.sources).map((name) => [`sources/${name}`, fixtureSecret(name) ?? {}]),
  ),
};
