import type { Source } from "#lib/pipeline/source.ts";
import * as registry from "#lib/sources/registry.ts";
import { sourceSuite } from "./source.ts";

// Every source that is shipped, by itself: a new folder in lib/sources is found without a line here.
for (const source of Object.values(registry) as unknown as Source[]) {
  sourceSuite(source, {
    fewestCases: 5,
    readme: new URL(`../../lib/sources/${source.name}/README.md`, import.meta.url),
  });
}
