import config from "#config";
import type { Source } from "#lib/contract/source.ts";
import { ownSource } from "#lib/wiring/enabled-sources.ts";
import * as registry from "#lib/sources/registry.ts";
import { sourceSuite } from "./source.ts";

const shares = 4;

/**
 * The suite over every fourth source, since the suite over all takes minutes and vitest runs files side by side: every built-in source (a new
 * folder in lib/sources is found without a line here), and every source that inbound.config.ts defines, with the cases in
 * test/sources/<name>/fixtures.
 */
export function suiteOfShare(share: 1 | 2 | 3 | 4): void {
  const isOfShare = (_: unknown, index: number) => index % shares === share - 1;
  for (const source of (Object.values(registry) as unknown as Source[]).filter(isOfShare)) {
    sourceSuite(source, {
      fewestCases: 5,
      needsStory: true,
      readme: new URL(`../../lib/sources/${source.name}/README.md`, import.meta.url),
    });
  }
  for (const [name, { source }] of Object.entries(config.sources).filter(isOfShare)) {
    if (source) sourceSuite(ownSource(config, name), { fewestCases: 1 });
  }
}
