import type { Config } from "#lib/config.ts";
import right from "./inbound.config.ts";

// A worker that was deployed with none of its sources switched on.
export default { ...right, sources: {} } satisfies Config;
