import { ownSource } from "#lib/wiring/enabled-sources.ts";
import config from "./doors/doors.config.ts";
import { sourceSuite } from "./source.ts";

// Runs the suite of sources over sample sources whose kinds of requests and proofs no built-in source has.
for (const name of Object.keys(config.sources)) {
  const fixtures = `${import.meta.dirname}/doors/fixtures/${name}`;
  sourceSuite(ownSource(config, name), { fewestCases: 3, fixtures });
}
