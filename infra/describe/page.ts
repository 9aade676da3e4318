import { timeZoneOf, type Config } from "#lib/config.ts";
import type { Source } from "#lib/contract/source.ts";
import { functionDefinitions, type FunctionDefinition } from "#infra/aws/functions.ts";
import { joins } from "#infra/aws/network.ts";
import type { Statement, Value } from "#infra/aws/cloudformation.ts";
import { destinationMeaning, leaveMeaning, peopleMeaning, rehireMeaning, retention } from "./meanings.ts";

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
export function describePage({ config, sources, alarms }: Described): string {
  const functions = functionDefinitions(
    [...sources.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1)),
  );
  return [
    `# What ${config.service} does`,
    "Made from `inbound.config.ts` by `npm run describe`. It holds no secret and no data about people.",
    ...section("Sources", sourceTable(config, sources)),
    ...section("Who may speak about whom", speaking(config)),
    ...section("Joiners, movers and leavers", movement(config)),
    ...section("What is brought", scope(config)),
    ...section("Files", files(sources)),
    ...section("Functions", functionTable(functions, config)),
    ...section("Where requests go that leave AWS", outgoing(config, sources)),
    ...section("Encryption and network", protection(config, functions)),
    ...section("How long data is kept", table(["place", "holds", "for"], retention(config.keepResultsDays))),
    ...section("Alarms", alarmList(functions, alarms)),
  ]
    .join("\n\n")
    .concat("\n");
}

const section = (title: string, text: string): string[] => [`## ${title}`, text];
const code = (text: string) => `\`${text}\``;
const list = (lines: readonly string[]) => lines.map((line) => `- ${line}`).join("\n");
const none = "–";

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "None.";
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}

function sourceTable(config: Config, sources: ReadonlyMap<string, Source>): string {
  return table(
    ["source", "sender", "webhook", "proves itself by", "people are known by", "reads the sender's API"],
    Array.from(sources, ([name, { title, proof, fetch }]) => [
      code(name),
      title,
      code(`/webhooks/${name}${proof.readsPathToken ? "[/{token}]" : ""}`),
      code(proof.name),
      config.sources[name]?.externalId === undefined
        ? "the source's default id"
        : code(config.sources[name].externalId),
      fetch === undefined ? "no" : "yes, to complete events",
    ]),
  );
}

function speaking({ sources }: Config): string {
  return list([
    ...Object.entries(sources).map(
      ([name, { people }]) =>
        `${code(name)} (${code(people)}) may change, close and open ${peopleMeaning[people]}.`,
    ),
    "No source opens an account that another source closed, and none links an account by an e-mail, a phone or a username.",
    "A source opens an account that an operator closed at Authing only after it has closed the account itself.",
    "A file of users creates people; it changes no existing account.",
  ]);
}

function movement({ sources, region, timeZone, authing }: Config): string {
  const zone = timeZoneOf({ region, timeZone });
  return [
    table(
      ["source", "a departure", "a joiner whose account this source closed"],
      Object.entries(sources).map(([name, { leave, rehire }]) => [
        code(name),
        `${code(leave)}: ${leaveMeaning[leave]}`,
        `${code(rehire)}: ${rehireMeaning[rehire]}`,
      ]),
    ),
    list([
      "When more than 10 people, or 5 % of a source's people, leave within an hour, further departures are held until an operator decides.",
      `A departure that names a last day takes effect at the end of that day in ${zone}.`,
      authing.kickUsers.length === 0
        ? "A departure does not end sessions in applications by itself."
        : `A departure ends the person's sessions in ${authing.kickUsers.length} application${authing.kickUsers.length === 1 ? "" : "s"}.`,
    ]),
  ].join("\n\n");
}

function scope({ sources, region, authing }: Config): string {
  const pairs = (mapping: Readonly<Record<string, string>>) =>
    Object.entries(mapping)
      .map(([from, to]) => `${code(from)} → ${code(to)}`)
      .join(", ") || none;
  return [
    table(
      ["source", "departments (source → Authing)", "custom fields (Authing ← payload)"],
      Object.entries(sources).map(([name, { departments, customData }]) => [
        code(name),
        pairs(departments),
        Object.entries(customData)
          .map(([field, path]) => `${code(field)} ← ${code(path)}`)
          .join(", ") || none,
      ]),
    ),
    list([
      "A department that is not listed is dropped and reported; so is every field of a payload that has no mapping.",
      `Phone numbers without a country code are read as numbers of ${code(region)}.`,
      `The TOTP secret of a joiner goes to Authing ${authing.otp === "inline" ? "along with the person" : "in a call of its own"}; passwords are encrypted with ${code(authing.passwordEncryption)} on top of TLS.`,
    ]),
  ].join("\n\n");
}

function files(sources: ReadonlyMap<string, Source>): string {
  const folders = [...sources.keys()].map((name) => code(`incoming/users/${name}/`));
  return list([
    `Files in ${code("incoming/users/")} bring people that belong to no source${folders.length > 0 ? `; files in ${folders.join(", ")} bring people of that source` : ""}.`,
    `Files in ${code("incoming/otp/")} set TOTP secrets; each is deleted once it is imported.`,
  ]);
}

function functionTable(functions: readonly FunctionDefinition[], { network }: Config): string {
  return table(
    [
      "function",
      "does",
      "is invoked by",
      "may, besides writing its log",
      "calls outside AWS",
      "in your subnets",
    ],
    functions.map((definition) => [
      code(definition.name),
      definition.description,
      [...new Set(definition.events.map(trigger))].join(", ") || "operators who have the right",
      rights(definition.may),
      definition.calls.map((destination) => destinationMeaning[destination]).join(", ") || none,
      joins(definition, network) ? "yes" : "no",
    ]),
  );
}

/** What invokes a function, from its event in the terms of osls. */
function trigger(event: Value): string {
  const { httpApi, sqs, schedule } = event as {
    readonly httpApi?: "*" | { readonly path: string };
    readonly sqs?: { readonly arn: Value };
    readonly schedule?: { readonly rate: readonly string[] };
  };
  if (httpApi !== undefined) return httpApi === "*" ? "every other path" : code(httpApi.path);
  if (sqs !== undefined) return code(target(sqs.arn));
  return schedule?.rate.map(code).join(", ") ?? none;
}

/** `<actions> on <resources>; …`: each resource once; resources with the same actions together. */
function rights(may: readonly Statement[]): string {
  const byTarget = Map.groupBy(may, ({ Resource }) => target(Resource));
  const allowed = Array.from(byTarget, ([on, statements]) => {
    const actions = statements
      .flatMap(({ Action }) => Action)
      .map((action) => action.split(":")[1] ?? action);
    return { on, actions: [...new Set(actions)].join(", ") };
  });
  const byActions = Map.groupBy(allowed, ({ actions }) => actions);
  return (
    Array.from(
      byActions,
      ([actions, rows]) => `${actions} on ${rows.map(({ on }) => code(on)).join(", ")}`,
    ).join("; ") || "nothing"
  );
}

/** A resource of the template, as its name there; a part of the bucket as `UploadsBucket/<prefix>*`. */
function target(resource: Value): string {
  const reference = resource as {
    readonly Ref?: string;
    readonly "Fn::GetAtt"?: readonly string[];
    readonly "Fn::Sub"?: string;
  };
  return (
    reference.Ref ??
    reference["Fn::GetAtt"]?.[0] ??
    reference["Fn::Sub"]?.replaceAll(/\$\{(\w+)\.Arn\}/g, "$1") ??
    JSON.stringify(resource)
  );
}

function outgoing({ authing }: Config, sources: ReadonlyMap<string, Source>): string {
  const asked = [...sources.values()].filter(({ fetch }) => fetch !== undefined);
  return list([
    `Authing: ${code(authing.host)}, at most ${authing.maxRequestsPerSecond} requests a second for each instance of a function.`,
    ...asked.map((source) => `${source.title} (${code(source.name)}): ${hostOf(source)}.`),
    "The key sets of senders that sign JSON Web Tokens, fetched by their webhook functions.",
    "All use https with verified certificates and follow no redirect. No address comes from a payload.",
  ]);
}

/** The host of a source's API, where it is the same for every customer. */
function hostOf({ fetch }: Source): string {
  try {
    // A secret without fields: the source then names its default, or refuses.
    const hosts = Object.values(fetch?.hosts({} as never) ?? {}).map((host) => code(String(host)));
    return `${[...new Set(hosts)].join(", ")}, unless its secret names an \`apiHost\``;
  } catch {
    return "the host that its secret names";
  }
}

function protection({ encryption, network }: Config, functions: readonly FunctionDefinition[]): string {
  const within = functions.filter((definition) => joins(definition, network)).map(({ name }) => code(name));
  return list([
    encryption === "customer-managed"
      ? "One KMS key of your account encrypts queues, bucket, ledger, secrets and alarms; KMS rotates it each year. Logs have CloudWatch's own encryption."
      : "Keys of AWS's own encrypt queues (SSE-SQS), bucket (SSE-S3), ledger, secrets and logs.",
    network === undefined
      ? "No function runs in a network of yours: outgoing requests come from addresses of AWS that change."
      : `${within.join(", ")} run in ${network.subnetIds.map(code).join(", ")} with ${network.securityGroupIds.map(code).join(", ")}: their requests come from the address of your NAT gateway.`,
    "Bucket and queues refuse requests without TLS. The bucket is not public.",
    "Secrets are created empty, and no deployment reads or changes them.",
  ]);
}

function alarmList(functions: readonly FunctionDefinition[], alarms: readonly DescribedAlarm[]): string {
  return list([
    ...alarms.map(({ name, description }) => `${code(name)}: ${description}`),
    `One for each function (${functions.length}): it has failed, or AWS has throttled it.`,
  ]);
}
