import { defineConfig } from "#lib/config.ts";
import { builtInSources } from "#lib/wiring/enabled-sources.ts";

// Every built-in source, at its defaults.
export default defineConfig({
  sources: Object.fromEntries([...builtInSources().keys()].map((name) => [name, {}])) as Record<
    string,
    never
  >,
});
