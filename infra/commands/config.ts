import type { Config } from "#lib/config.ts";
import { InboundError } from "#lib/contract/errors.ts";

/**
 * Reads `inbound.config.ts`. Throws an error of one line for anything that is wrong with it, a syntax error included. The line
 * says what to change: the operator wrote that file, and a stack trace of our code would not help.
 */
export async function loadConfig(): Promise<Config> {
  try {
    const { default: config } = await import("#config");
    return config;
  } catch (error) {
    if (error instanceof InboundError) throw error;
    const [line = ""] = (error instanceof Error ? error.message : String(error)).trim().split("\n");
    const message = line.startsWith("inbound.config.ts") ? line : `inbound.config.ts: ${line}`;
    throw new TypeError(message, { cause: error });
  }
}
