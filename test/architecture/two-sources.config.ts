import { defineConfig } from "#lib/config.ts";

// A deployment of two of the built-in sources.
export default defineConfig({ sources: { clerk: {}, okta: {} } });
