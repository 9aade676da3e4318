import type { Config } from "#lib/config.ts";
import { externalIdProblems } from "#lib/contract/external-id-choice.ts";
import * as z from "zod/mini";
import { InboundError } from "#lib/contract/errors.ts";
import type { Source } from "#lib/contract/source.ts";
import * as registry from "#lib/sources/registry.ts";
import { nearMisses } from "#lib/text/near-miss.ts";

/**
 * Every built-in source, by name. Each is typed by its own secret; code that holds them all treats that secret as opaque. A bundle
 * knows those of its configuration only (infra/aws/bundle.ts).
 */
export const builtInSources = (): ReadonlyMap<string, Source> =>
  new Map(Object.values(registry).map((source) => [source.name, source as unknown as Source]));

/**
 * The sources that a configuration switches on, by name: built-in ones and one's own. Throws `misconfigured` for a name
 * that is neither built in nor defined, and for one's own under the name of a built-in one. `npm run build` has checked the
 * configuration of a bundle.
 */
export function enabledSources(config: Config): ReadonlyMap<string, Source> {
  const known = builtInSources();
  return new Map(
    Object.entries(config.sources).flatMap(([name, { source: own, rosterOnly, reconcile }]) => {
      if (rosterOnly) return [];
      const builtIn = known.get(name);
      if (own && builtIn) {
        throw new InboundError("misconfigured", "source-name-taken", {
          path: `inbound.config.ts sources.${name}.source`,
          hint: `${name} is built in: give your own source another name`,
        });
      }
      const source = own ? ownSource(config, name) : builtIn;
      if (!source) {
        throw new InboundError("misconfigured", "source-unknown", {
          path: `inbound.config.ts sources.${name}`,
          hint: `${asked(nearMisses(name, [...known.keys()]))}docs/sources.md lists the built-in ones; or add source: defineSource({…}) as docs/own-source.md shows`,
        });
      }
      const [problem] = externalIdProblems(name, config.sources[name]?.externalId, source);
      if (problem !== undefined) {
        throw new InboundError("misconfigured", "external-id-unknown", {
          path: `inbound.config.ts sources.${name}.externalId`,
          hint: problem,
        });
      }
      if (reconcile?.at !== undefined && !source.list) {
        throw new InboundError("misconfigured", "source-without-list", {
          path: `inbound.config.ts sources.${name}.reconcile.at`,
          hint: `upload the whole staff to incoming/roster/${name}/ instead`,
        });
      }
      return [[name, source] as const];
    }),
  );
}

/** All sources that speak about people: those above, and those that have only rosters. */
export const speakingSources = (config: Config): ReadonlyMap<string, Source> =>
  new Map([
    ...enabledSources(config),
    ...Object.entries(config.sources).flatMap(([name, { rosterOnly }]) =>
      rosterOnly ? [[name, rosterSource(name)] as const] : [],
    ),
  ]);

/** A source that speaks by its rosters alone. Nothing can be delivered to it: it has no route, and its proof never holds. */
function rosterSource(name: string): Source {
  const refused = () => {
    throw new InboundError("malformed", "source-has-only-rosters");
  };
  return {
    name,
    title: name,
    secret: z.never(),
    proof: {
      name: "none",
      coversBody: true,
      refusesStale: true,
      verify: () => ({ ok: false, reason: "proof-missing" }),
      sign: refused,
    },
    redeliversForSeconds: 1,
    split: refused,
    translate: refused,
  };
}

/** `did you mean okta or clerk? `; empty where nothing is near. */
const asked = (near: readonly string[]) => (near.length === 0 ? "" : `did you mean ${near.join(" or ")}? `);

/** A source that the configuration itself defines, under its key. */
export function ownSource(config: Config, name: string): Source {
  return { ...config.sources[name]?.source, name } as unknown as Source;
}
