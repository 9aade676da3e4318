import { join } from "node:path";
import * as z from "zod/mini";

const Settings = z.object({
  PORT: z._default(
    z.pipe(
      z.string().check(z.regex(/^\d{1,5}$/)),
      z.pipe(z.transform(Number), z.number().check(z.maximum(65_534))),
    ),
    3000,
  ),
  AUTHING_HOST: z.optional(z.string().check(z.regex(/^https?:\/\/[^/]+$/))),
  INBOUND_SECRETS: z.optional(z.string()),
  INBOUND_STORE: z.optional(z.string()),
});

const shapes: Readonly<Record<string, string>> = {
  PORT: "a number up to 65534, e.g. PORT=4000",
  AUTHING_HOST: "https://host without a slash at its end, e.g. AUTHING_HOST=https://api.authing.cn",
};

/** The environment variables of a laptop or a machine, read once: the operator's port, another Authing, the file of secrets, the store. */
export function localSettings(environment: NodeJS.ProcessEnv = process.env) {
  const parsed = z.safeParse(Settings, environment);
  if (!parsed.success) {
    const names = [...new Set(parsed.error.issues.map(({ path }) => String(path[0])))];
    throw new TypeError(names.map((name) => `${name} must be ${shapes[name] ?? "text"}`).join("; "));
  }
  const { PORT, AUTHING_HOST, INBOUND_SECRETS, INBOUND_STORE } = parsed.data;
  return {
    port: PORT,
    authingHost: AUTHING_HOST,
    secretsFile: INBOUND_SECRETS ?? join(import.meta.dirname, "../fixtures/secrets.json"),
    /** The folder of the store of `npm run serve`. */
    storeFolder: INBOUND_STORE ?? join(import.meta.dirname, "../../.inbound/serve"),
    /** The developer gave no secrets of their own: all secrets, and the people behind them, are invented. */
    isInvented: INBOUND_SECRETS === undefined,
  };
}
