import { timeZoneOf, type Config } from "#lib/config.ts";
import { isDepartmentsBy, type DepartmentRule } from "#lib/contract/departments.ts";
import type { Source } from "#lib/contract/source.ts";
import { digestTime } from "#infra/aws/deployment.ts";
import type { FunctionDefinition } from "#infra/aws/function-definition.ts";
import { functionDefinitions } from "#infra/aws/functions.ts";
import { joins } from "#infra/aws/network.ts";
import { sourceAlarms } from "#infra/aws/source-alarms.ts";
import type { Statement, Value } from "#infra/aws/cloudformation.ts";
import type { Words } from "./words.ts";

/** An alarm of the deployment: its name in the template, and what it says. */
export interface DescribedAlarm {
  readonly name: string;
  readonly description: string;
}

export interface Described {
  readonly config: Config;
  /** The sources that are switched on, by name. */
  readonly sources: ReadonlyMap<string, Source>;
  /** The alarms of infra/aws/alarms.yml; those of functions are known here. */
  readonly alarms: readonly DescribedAlarm[];
}

/** One page, in Markdown, of what a deployment with this configuration does: for auditors. Pure; it holds no secret. */
export function describePage({ config, sources, alarms }: Described, words: Words): string {
  const functions = functionDefinitions(
    [...sources.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1)),
    digestTime(config),
  );
  const parts: readonly (readonly [{ readonly title: string }, ...string[]])[] = [
    [words.sources, sourceTable(config, sources, words)],
    [words.speaking, speaking(config, words)],
    [words.movement, ...movement(config, words)],
    [words.scope, ...scope(config, words)],
    [words.files, files(config, sources, words)],
    [words.functions, functionTable(functions, config, words)],
    [words.outgoing, outgoing(config, sources, words)],
    [words.protection, protection(config, functions, words)],
    [words.retention, table(words.retention.heads, words.retention.rows(config), words)],
    [words.alarms, alarmList(config, functions, alarms, words)],
  ];
  return [
    `# ${words.title(config.service)}`,
    words.madeFrom,
    ...parts.flatMap(([{ title }, ...texts]) => [`## ${title}`, ...texts]),
  ]
    .join("\n\n")
    .concat("\n");
}

const code = (text: string) => `\`${text}\``;
const list = (lines: readonly string[]) => lines.map((line) => `- ${line}`).join("\n");
const absent = "–";

function table(heads: readonly string[], rows: readonly (readonly string[])[], { none }: Words): string {
  if (rows.length === 0) return none;
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}

function sourceTable(config: Config, sources: ReadonlyMap<string, Source>, words: Words): string {
  const { heads, defaultId, fetches } = words.sources;
  const rows = Array.from(sources, ([name, { title, proof, fetch, trigger }]) => {
    const externalId = config.sources[name]?.externalId;
    return [
      code(name),
      title,
      // No path: AWS invokes the function.
      trigger ? absent : code(`/webhooks/${name}${proof.readsPathToken ? "[/{token}]" : ""}`),
      code(proof.name),
      externalId === undefined ? defaultId : code(externalId),
      fetch === undefined ? words.no : fetches,
    ];
  });
  return table(heads, rows, words);
}

const speaking = ({ sources }: Config, { speaking: { may, people, always } }: Words): string =>
  list([
    ...Object.entries(sources).map(([name, source]) =>
      may(code(name), code(source.people), people[source.people]),
    ),
    ...always,
  ]);

function movement({ sources, region, timeZone, authing }: Config, words: Words): string[] {
  const { heads, leave, rehire, guard, lastDay, sessions } = words.movement;
  const rows = Object.entries(sources).map(([name, source]) => [
    code(name),
    `${code(source.leave)}: ${leave[source.leave]}`,
    `${code(source.rehire)}: ${rehire[source.rehire]}`,
  ]);
  return [
    table(heads, rows, words),
    list([guard, lastDay(timeZoneOf({ region, timeZone })), sessions(authing.kickUsers.length)]),
  ];
}

function scope({ sources, region, authing }: Config, words: Words): string[] {
  const { heads, dropped, region: ofRegion, secrets, scoped, mapped, passwordHashes } = words.scope;
  const pairs = (mapping: Readonly<Record<string, string>>, arrow: string) =>
    Object.entries(mapping)
      .map(([one, other]) => `${code(one)} ${arrow} ${code(other)}`)
      .join(words.comma) || absent;
  const departmentsOf = (rule: DepartmentRule) =>
    typeof rule === "function"
      ? words.scope.departmentFunction
      : isDepartmentsBy(rule)
        ? words.scope.departmentsBy(rule.by)
        : pairs(rule, "→");
  const rows = Object.entries(sources).map(([name, { departments, customData }]) => [
    code(name),
    departmentsOf(departments),
    pairs(customData, "←"),
  ]);
  const rules = Object.entries(sources).flatMap(([name, { scope, outOfScope, map }]) => [
    ...(scope ? [scoped(code(name), outOfScope)] : []),
    ...(map ? [mapped(code(name))] : []),
  ]);
  const keeping = Object.entries(sources).flatMap(([name, each]) =>
    each.passwordHashes === "keep" ? [code(name)] : [],
  );
  return [
    table(heads, rows, words),
    list([
      dropped,
      ...rules,
      ofRegion(code(region)),
      secrets(authing),
      passwordHashes(keeping.join(words.comma)),
    ]),
  ];
}

function files({ uploads }: Config, sources: ReadonlyMap<string, Source>, { comma, files }: Words): string {
  const folders = [...sources.keys()].map((name) => code(`incoming/users/${name}/`));
  return list([
    files.users(code("incoming/users/")),
    ...(folders.length > 0 ? [files.ofSources(folders.join(comma))] : []),
    files.otp(code("incoming/otp/")),
    files.plan(code("plan/")),
    files.existing[uploads.existing],
  ]);
}

function functionTable(functions: readonly FunctionDefinition[], { network }: Config, words: Words): string {
  const { heads, byOperators, destinations } = words.functions;
  const rows = functions.map((definition) => [
    code(definition.name),
    definition.description,
    [...new Set(definition.events.map((event) => trigger(event, words)))].join(words.comma) || byOperators,
    rights(definition.may, words),
    definition.calls.map((destination) => destinations[destination]).join(words.comma) || absent,
    joins(definition, network) ? words.yes : words.no,
  ]);
  return table(heads, rows, words);
}

/** What invokes a function, from its event in the terms of osls. */
function trigger(event: Value, { comma, functions }: Words): string {
  const { httpApi, sqs, sns, schedule } = event as {
    readonly httpApi?: "*" | { readonly path: string };
    readonly sqs?: { readonly arn: Value };
    readonly sns?: { readonly topicName: string };
    readonly schedule?: { readonly rate: readonly string[] };
  };
  if (httpApi !== undefined) return httpApi === "*" ? functions.everyOtherPath : code(httpApi.path);
  if (sqs !== undefined) return code(target(sqs.arn));
  if (sns !== undefined) return code(sns.topicName);
  return schedule?.rate.map(code).join(comma) ?? code(Object.keys(event).join());
}

/** `<actions> on <resources>; …`: each resource once; resources with the same actions together. */
function rights(may: readonly Statement[], { comma, functions }: Words): string {
  const single = may.flatMap((each) => [each.Resource].flat().map((Resource) => ({ ...each, Resource })));
  const byTarget = Map.groupBy(single, ({ Resource }) => target(Resource));
  const allowed = Array.from(byTarget, ([on, statements]) => {
    const actions = statements
      .flatMap(({ Action }) => Action)
      .map((action) => action.split(":")[1] ?? action);
    return { on, actions: [...new Set(actions)].join(", ") };
  });
  const byActions = Map.groupBy(allowed, ({ actions }) => actions);
  return (
    Array.from(byActions, ([actions, rows]) =>
      functions.on(actions, rows.map(({ on }) => code(on)).join(comma)),
    ).join("; ") || functions.nothing
  );
}

/** A resource of the template, as its name there; a part of the bucket as `UploadsBucket/<prefix>*`. */
function target(resource: Value): string {
  if (typeof resource === "string") return resource;
  const reference = resource as {
    readonly Ref?: string;
    readonly "Fn::GetAtt"?: readonly string[];
    readonly "Fn::Sub"?: string;
  };
  return (
    reference.Ref ??
    reference["Fn::GetAtt"]?.[0] ??
    reference["Fn::Sub"]?.replaceAll(/\$\{(\w+)\.Arn\}/g, "$1").replace(/^arn:.*:log-group:/, "") ??
    JSON.stringify(resource)
  );
}

function outgoing(
  { authing }: Config,
  sources: ReadonlyMap<string, Source>,
  { comma, outgoing }: Words,
): string {
  /** The host of a source's API, where it is the same for every customer. */
  function hostOf({ fetch, list }: Source): string {
    try {
      // A secret without fields: the source then names its default, or refuses.
      const hosts = Object.values((fetch ?? list)?.hosts({} as never) ?? {}).map((host) =>
        code(String(host)),
      );
      return outgoing.unlessNamed([...new Set(hosts)].join(comma));
    } catch {
      return outgoing.hostOfSecret;
    }
  }
  const asked = [...sources.values()].filter(({ fetch, list }) => fetch ?? list);
  return list([
    outgoing.authing(code(authing.host), authing.maxRequestsPerSecond),
    ...asked.map((source) => outgoing.source(source.title, code(source.name), hostOf(source))),
    ...outgoing.always,
  ]);
}

function protection(
  { encryption, network, readers, webhooks }: Config,
  functions: readonly FunctionDefinition[],
  { comma, protection }: Words,
): string {
  const codes = (names: readonly string[]) => names.map(code).join(comma);
  const within = functions.filter((definition) => joins(definition, network)).map(({ name }) => name);
  return list([
    protection.encryption[encryption],
    network === undefined
      ? protection.outside
      : protection.within(codes(within), codes(network.subnetIds), codes(network.securityGroupIds)),
    ...protection.always,
    protection.readers(codes(readers)),
    protection.addresses[webhooks.logsAddresses ? "logged" : "notLogged"],
  ]);
}

function alarmList(
  config: Config,
  functions: readonly FunctionDefinition[],
  alarms: readonly DescribedAlarm[],
  { comma, alarms: { note, ofFunctions, ofSources, silence, digest } }: Words,
): string {
  const time = digestTime(config);
  // Those of any source: each has the same ones.
  const kinds = Object.keys(sourceAlarms({ name: "", isOwn: false }));
  return list([
    ...(note === undefined ? [] : [note]),
    ...alarms.map(({ name, description }) => `${code(name)}: ${description}`),
    ofFunctions(functions.length),
    ofSources(kinds.map((kind) => code(`<Source>${kind}`)).join(comma)),
    ...Object.entries(config.sources).map(([name, source]) => silence(code(name), source.silence)),
    digest(time && { at: time.at, timeZone: time.timeZone }),
  ]);
}
