import { ownSource } from "#lib/wiring/enabled-sources.ts";
import config from "./doors/doors.config.ts";
import { sourceSuite } from "./source.ts";

// The suite of sources over doors that no built-in source has.
for (const name of Object.keys(config.sources)) {
  const fixtures = `${import.meta.dirname}/doors/fixtures/${name}`;
  sourceSuite(ownSource(config, name), { fewestCases: 3, fixtures });
}
