import type {
  ExistingPolicy,
  LeavePolicy,
  OutOfScopePolicy,
  PeoplePolicy,
  RehirePolicy,
} from "#lib/contract/policies.ts";
import type { Config } from "#lib/config.ts";
import type { Destination } from "#infra/aws/function-definition.ts";

/** Three cells of a table: a place, what it holds, and for how long. */
type Kept = readonly [place: string, holds: string, time: string];

/** Everything that the page says, in one language. Settings, names and numbers are arguments; names come as code. */
export interface Words {
  readonly title: (service: string) => string;
  readonly madeFrom: string;
  readonly none: string;
  readonly yes: string;
  readonly no: string;
  readonly comma: string;
  readonly sources: {
    readonly title: string;
    readonly heads: readonly string[];
    readonly defaultId: string;
    readonly fetches: string;
  };
  readonly speaking: {
    readonly title: string;
    readonly may: (source: string, people: string, meaning: string) => string;
    readonly people: Readonly<Record<PeoplePolicy, string>>;
    readonly always: readonly string[];
  };
  readonly movement: {
    readonly title: string;
    readonly heads: readonly string[];
    readonly leave: Readonly<Record<LeavePolicy, string>>;
    readonly rehire: Readonly<Record<RehirePolicy, string>>;
    readonly guard: string;
    readonly lastDay: (zone: string) => string;
    readonly sessions: (applications: number) => string;
  };
  readonly scope: {
    readonly title: string;
    readonly heads: readonly string[];
    /** How departments are mapped where no map is: by a function, or as ids of a kind. */
    readonly departmentFunction: string;
    readonly departmentsBy: (kind: string) => string;
    readonly dropped: string;
    /** `scope` and `map` of a source. */
    readonly scoped: (source: string, outOfScope: OutOfScopePolicy) => string;
    readonly mapped: (source: string) => string;
    /** @param keeping The sources whose password hashes are kept, as code; empty where there is none. */
    readonly passwordHashes: (keeping: string) => string;
    readonly region: (country: string) => string;
    readonly secrets: (authing: Config["authing"]) => string;
  };
  readonly files: {
    readonly title: string;
    readonly users: (folder: string) => string;
    readonly ofSources: (folders: string) => string;
    readonly otp: (folder: string) => string;
    readonly plan: (folder: string) => string;
    readonly existing: Readonly<Record<ExistingPolicy, string>>;
  };
  readonly functions: {
    readonly title: string;
    readonly heads: readonly string[];
    readonly byOperators: string;
    readonly everyOtherPath: string;
    readonly nothing: string;
    readonly on: (actions: string, resources: string) => string;
    readonly destinations: Readonly<Record<Destination, string>>;
  };
  readonly outgoing: {
    readonly title: string;
    readonly authing: (host: string, perSecond: number) => string;
    readonly source: (title: string, name: string, host: string) => string;
    readonly unlessNamed: (host: string) => string;
    readonly hostOfSecret: string;
    readonly always: readonly string[];
  };
  readonly protection: {
    readonly title: string;
    readonly encryption: Readonly<Record<Config["encryption"], string>>;
    readonly outside: string;
    readonly within: (functions: string, subnets: string, groups: string) => string;
    /** @param readers ARNs, or empty where there are none besides the functions. */
    readonly readers: (readers: string) => string;
    readonly addresses: Readonly<Record<"logged" | "notLogged", string>>;
    readonly always: readonly string[];
  };
  readonly retention: {
    readonly title: string;
    readonly heads: readonly string[];
    /** The times are those of infra/aws and serverless.yml; a test compares them. */
    readonly rows: (config: Pick<Config, "keepResultsDays" | "uploads">) => readonly Kept[];
  };
  readonly alarms: {
    readonly title: string;
    readonly note?: string;
    readonly ofFunctions: (count: number) => string;
    readonly ofSources: (names: string) => string;
    /** @param after When a source counts as silent: a number of hours, or as the settings say it. */
    readonly silence: (source: string, after: "learnt" | "never" | number) => string;
    /** @param time `undefined` where no digest is sent. */
    readonly digest: (time: { readonly at: string; readonly timeZone: string } | undefined) => string;
  };
}
