import config from "#config";
import type { Source } from "#lib/contract/source.ts";
import { ownSource } from "#lib/wiring/enabled-sources.ts";
import * as registry from "#lib/sources/registry.ts";
import { sourceSuite } from "./source.ts";

// Every built-in source: a new folder in lib/sources is found without a line here.
for (const source of Object.values(registry) as unknown as Source[]) {
  sourceSuite(source, {
    fewestCases: 5,
    needsStory: true,
    readme: new URL(`../../lib/sources/${source.name}/README.md`, import.meta.url),
  });
}

// Every source that inbound.config.ts defines, with the cases in test/sources/<name>/fixtures.
for (const [name, { source }] of Object.entries(config.sources)) {
  if (source) sourceSuite(ownSource(config, name), { fewestCases: 1 });
}
