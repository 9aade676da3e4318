import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import config from "#config";
import { defineConfig } from "#lib/config.ts";
import type { Source } from "#lib/contract/source.ts";
import * as registry from "#lib/sources/registry.ts";
import cognito from "#lib/sources/cognito/index.ts";
import { deployment } from "#infra/aws/deployment.ts";
import { pascal } from "#infra/stage/outputs.ts";
import { bundleFunction, functionFiles, ownWebhook, type Bundle } from "#infra/aws/bundle.ts";
import doors from "../contract/doors/doors.config.ts";
import peopleDesk from "../own-source/peopledesk.config.ts";

const files = functionFiles();
/** The function of a source that is defined in a configuration: it has no file. */
const own = ownWebhook("peopledesk", "./test/own-source/peopledesk.config.ts");
const folder = mkdtempSync(join(tmpdir(), "bundles-"));
const bundles = new Map<string, Bundle>();
beforeAll(async () => {
  for (const file of files) bundles.set(file.name, await bundleFunction(file, folder, config));
  bundles.set(own.name, await bundleFunction(own, folder, peopleDesk));
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true }));

const kilobyte = 1000;
const receiving = files.filter(({ file }) => /^functions\/(webhooks|triggers)\//.test(file));
const sourceOf = (name: string) => name.replace(/^(webhooks|triggers)-/, "");
const textOf = (name: string) =>
  readdirSync(join(folder, name))
    .filter((file) => file.endsWith(".mjs"))
    .map((file) => readFileSync(join(folder, name, file), "utf8"))
    .join("\n");

/** Reasons and paths that occur in this file only: the texts of its errors and requests. */
function wordsOf(file: string): string[] {
  return Array.from(
    readFileSync(file, "utf8").matchAll(/\bpath: [`"](\/[\w/.-]{4,})|"(source-[\w-]+)"/g),
  ).flatMap(([, path, reason]) => path ?? reason ?? []);
}

describe.each([...files, own])("the bundle of $file", ({ name }) => {
  it("loads in Node and exports a handler", async () => {
    const module = (await import(/* @vite-ignore */ pathToFileURL(join(folder, name, "index.mjs")).href)) as {
      handler: unknown;
    };
    expect(module.handler).toBeTypeOf("function");
  });

  it("imports nothing by name, least of all Node's modules, whose facades would load all of them", () => {
    expect(bundles.get(name)?.external).toEqual([]);
  });

  it("reads no export of Node's modules by itself that loads Node's whole fetch", () => {
    // `node:http` has it, together with WebSocket, as a getter.
    expect(textOf(name).includes('"CloseEvent"')).toBe(false);
  });

  it("holds nothing of the page", () => {
    const page = (bundles.get(name)?.inputs ?? []).filter((input) => input.startsWith("infra/console/"));
    expect(page).toEqual([]);
  });

  it("is all that is shipped, with its source maps beside it", () => {
    const shipped = readdirSync(join(folder, name));
    expect(shipped.filter((file) => !/^(index|chunk-[A-Z0-9]+)\.mjs(\.map)?$/.test(file))).toEqual([]);
    expect(textOf(name).includes("sourceMappingURL")).toBe(false);
  });
});

describe("the receiving bundle of a source with web tokens", () => {
  it("loads the code that verifies them when the first token comes", async () => {
    const door = ownWebhook("web-token", "./test/contract/doors/doors.config.ts");
    const { inputs, totalBytes } = await bundleFunction(door, folder, doors);
    expect(inputs.some((input) => input.includes("node_modules/jose/"))).toBe(true);
    const entry = readFileSync(join(folder, door.name, "index.mjs"), "utf8");
    expect(textOf(door.name)).toContain("ERR_JWKS_MULTIPLE_MATCHING_KEYS");
    expect(entry.includes("ERR_JWKS_MULTIPLE_MATCHING_KEYS")).toBe(false);
    expect(totalBytes).toBeLessThanOrEqual(405 * kilobyte);
  });
});

describe.each([...receiving, own])("the receiving bundle of $file", ({ name }) => {
  it("holds no metadata of phone numbers, because it translates nothing", () => {
    const inputs = bundles.get(name)?.inputs ?? [];
    expect(inputs.filter((input) => input.includes("libphonenumber"))).toEqual([]);
    expect(inputs.some((input) => /\/sources\/[^/]+\/index\.ts$|\.config\.ts$/.test(input))).toBe(true);
  });

  it("holds no code that asks a source's API about people", () => {
    const inputs = bundles.get(name)?.inputs ?? [];
    // The only requests it may make are for the keys of a sender that signs tokens.
    const fetchesKeys = inputs.includes("lib/proofs/jwks.ts");
    const asking = inputs.filter((input) => /lib\/http\//.test(input));
    expect(asking).toEqual(fetchesKeys ? ["lib/http/exchange.ts"] : []);
    // The texts of the source's own fetch.ts, list.ts and renew.ts must not be in the bundle.
    const texts = inputs
      .filter((input) => /\/(?:fetch|list|renew)\.ts$/.test(input))
      .map((input) => wordsOf(input));
    expect(texts.flat().filter((word) => textOf(name).includes(word))).toEqual([]);
  });

  it("holds one source only", () => {
    const folders = (bundles.get(name)?.inputs ?? []).flatMap(
      (input) => /^lib\/sources\/([^/]+)\/index\.ts$/.exec(input)?.[1] ?? [],
    );
    expect(folders).toEqual(name === own.name ? [] : [sourceOf(name)]);
  });

  it("is small: 130 kB before the first event, 360 kB with the SDK that is loaded for the first secret, 420 kB with web tokens", () => {
    const { entryBytes = Infinity, totalBytes = Infinity, inputs = [] } = bundles.get(name) ?? {};
    const verifiesTokens = inputs.some((input) => input.includes("node_modules/jose/"));
    expect(entryBytes).toBeLessThanOrEqual(130 * kilobyte);
    // A source that is defined in a configuration brings the whole configuration with it.
    const ofConfiguration = name === own.name ? 20 : 0;
    expect(totalBytes).toBeLessThanOrEqual(((verifiesTokens ? 420 : 360) + ofConfiguration) * kilobyte);
  });

  it("does not load the SDK before it is needed", () => {
    const entry = readFileSync(join(folder, name, "index.mjs"), "utf8");
    expect(entry.includes("GetSecretValue")).toBe(false);
    // A source that AWS itself invokes has no secret.
    expect(textOf(name).includes("GetSecretValue")).toBe(name.startsWith("webhooks-"));
    expect(entry.includes("SendMessageBatch")).toBe(false);
    expect(textOf(name).includes("SendMessageBatch")).toBe(true);
  });
});

describe.each(["events-apply", "uploads-run"])("the delivering bundle %s", (name) => {
  it("loads the encryption of passwords by SM2 only where the configuration asks for it", () => {
    const entry = readFileSync(join(folder, name, "index.mjs"), "utf8");
    expect(textOf(name).includes("generateKeyPairHex")).toBe(true);
    expect(entry.includes("generateKeyPairHex")).toBe(false);
    // The entry does not import it indirectly either: its static imports are a few hundred bytes.
    expect(bundles.get(name)?.entryBytes).toBeLessThan(Buffer.byteLength(entry) + 5 * kilobyte);
  });
});

const userPool = "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_InVenTed1";

describe("the deployment", () => {
  const sources = receiving.flatMap(({ name }) => (name.startsWith("webhooks-") ? [sourceOf(name)] : []));
  const asking = (Object.values(registry) as unknown as Source[]).flatMap(({ name, fetch }) =>
    fetch ? [name] : [],
  );
  const enrolling = new Set(
    (Object.values(registry) as unknown as Source[]).flatMap(({ name, enrol }) => (enrol ? [name] : [])),
  );
  const config = {
    ...defineConfig({ timeZone: "Asia/Shanghai", sources: {} }),
    sources: (Object.values(registry) as unknown as Source[]).map((source) => ({
      ...source,
      ...(source.trigger && { invokedBy: [userPool] }),
    })),
  };
  const made = deployment(config, files);
  const resources = made.resources.Resources as unknown as Record<
    string,
    { Type: string; Properties: { Policies?: { PolicyDocument: { Statement: Statement[] } }[] } }
  >;
  interface Statement {
    Action: string[];
    Resource: unknown;
  }

  it("has every function, each with a role of its own", () => {
    expect(Object.keys(made.functions).toSorted()).toEqual(files.map(({ name }) => name));
    const roles = Object.values(made.functions).map((made) => (made as { role: string }).role);
    expect(new Set(roles).size).toBe(files.length);
    for (const role of roles) expect(resources[role]?.Type).toBe("AWS::IAM::Role");
  });

  it("names the actions and resources of each role; the only wildcards are for the keys under a prefix, the logs of webhooks and for what has no rights by resource", () => {
    const statements = Object.values(resources).flatMap(({ Properties }) =>
      (Properties.Policies ?? []).flatMap(({ PolicyDocument }) => PolicyDocument.Statement),
    );
    expect(statements.length).toBeGreaterThan(files.length);
    // CloudWatch has no rights by metric.
    const [everywhere = [], named = []] = [true, false].map((all) =>
      statements.filter(({ Resource }) => (Resource === "*") === all),
    );
    expect(new Set(everywhere.flatMap(({ Action }) => Action))).toEqual(
      new Set(["cloudwatch:GetMetricData"]),
    );
    for (const { Action, Resource } of named.flatMap(({ Action, Resource }) =>
      [Resource].flat().map((each) => ({ Action, Resource: each })),
    )) {
      expect(Action.join()).not.toContain("*");
      expect(JSON.stringify(Resource)).toMatch(
        /^\{"Fn::Sub":"[^*]+:log-group:[^*]+-webhooks-\*"\}$|^\{"(Ref|Fn::GetAtt)":[^*]+\}$|^\{"Fn::Sub":"\$\{UploadsBucket\.Arn\}\/((incoming|plan)\/(users|otp|roster)|results(\/roster)?|rosters|rows|parked(\/waiting)?|waiting(\/[a-z0-9-]+)?)\/\*"\}$|^\{"Fn::Sub":"\$\{UploadsBucket\.Arn\}\/(watch\/filled-fields|enrolments\/[a-z0-9-]+)\.json"\}$|^\{"Fn::Sub":"\$\{LedgerTable\.Arn\}\/index\/by-(person|source)"\}$/,
      );
    }
  });

  it("lets a webhook function read its own secret and queue events, and nothing else", () => {
    for (const source of sources) {
      const name = `webhooks-${source}`;
      const role = (made.functions[name] as { role: string }).role;
      const allowed = resources[role]?.Properties.Policies?.[0]?.PolicyDocument.Statement.flatMap(
        ({ Action }) => Action,
      );
      expect(allowed).toEqual([
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "secretsmanager:GetSecretValue",
        "sqs:SendMessage",
        // Events that are too large for the queue.
        "s3:PutObject",
        // The secret that the sender itself brings.
        ...(enrolling.has(source) ? ["s3:PutObject"] : []),
      ]);
    }
  });

  it("lets AWS invoke the function of a trigger for the resources that are named, and gives it neither route nor secret", () => {
    expect(resources["CognitoInvocation1"]).toEqual({
      Type: "AWS::Lambda::Permission",
      Properties: {
        Action: "lambda:InvokeFunction",
        FunctionName: { "Fn::GetAtt": ["TriggersDashcognitoLambdaFunction", "Arn"] },
        Principal: "cognito-idp.amazonaws.com",
        SourceArn: userPool,
      },
    });
    expect(resources).not.toHaveProperty("CognitoSecret");
    expect(made.functions["triggers-cognito"]).toMatchObject({ events: [] });
    const allowed = resources["TriggersCognitoRole"]?.Properties.Policies?.[0]?.PolicyDocument.Statement;
    expect(allowed?.flatMap(({ Action }) => Action)).toEqual([
      "logs:CreateLogStream",
      "logs:PutLogEvents",
      "sqs:SendMessage",
      "s3:PutObject",
    ]);
    expect(made.resources.Outputs).toHaveProperty("CognitoTriggerFunctionArn");
    expect(made.resources.Outputs).not.toHaveProperty("CognitoWebhookUrl");
    expect(JSON.stringify(made.functions["unclaimed-refuse"])).not.toContain("cognito");
    expect(() => deployment({ ...config, sources: [cognito as never] }, files)).toThrow(
      'sources.cognito.invokedBy: name the ARNs of what may invoke it, e.g. ["arn:aws:cognito-idp:',
    );
    const webhook = { ...registry.okta, invokedBy: [userPool] } as never;
    expect(() => deployment({ ...config, sources: [webhook] }, files)).toThrow("sources.okta.invokedBy");
  });

  it("lets only the functions that complete events read the secrets of sources with an API, one by one", () => {
    expect(asking.length).toBeGreaterThan(0);
    const readable = (name: string) =>
      resources[
        (made.functions[name] as { role: string }).role
      ]?.Properties.Policies?.[0]?.PolicyDocument.Statement.filter(({ Action }) =>
        Action.includes("secretsmanager:GetSecretValue"),
      ).flatMap(({ Resource }) => [Resource].flat().map((each) => (each as { Ref: string }).Ref));
    const secretsOf = (names: readonly string[]) => names.map((name) => `${pascal(name)}Secret`).toSorted();
    for (const name of ["events-apply", "operations-run"]) {
      const [first, ...more] = readable(name) ?? [];
      expect([first, ...more.toSorted()]).toEqual(["AuthingSecret", ...secretsOf([...asking, "digests"])]);
    }
    expect(readable("uploads-run")).toEqual(["AuthingSecret"]);
    expect(readable("uploads-plan")).toEqual(["UploadsSecret"]);
    expect(readable("uploads-finish")).toEqual([]);
    expect(readable("unclaimed-refuse")).toEqual([]);
  });

  it("puts the functions that call Authing, a source's API or a chat into the subnets, and no other", () => {
    const network = { subnetIds: ["subnet-0a1b2c3d"], securityGroupIds: ["sg-0a1b2c3d"] };
    const within = deployment({ ...config, network }, files);
    // A function that may read a secret which opens an API calls that API; a webhook function reads its own secret to prove deliveries.
    const opening = new Set([
      "AuthingSecret",
      "NoticesSecret",
      ...asking.map((name) => `${pascal(name)}Secret`),
    ]);
    const roles = within.resources.Resources as unknown as typeof resources;
    for (const [name, made] of Object.entries(within.functions)) {
      const { role, vpc } = made as { role: string; vpc?: unknown };
      const statements = roles[role]?.Properties.Policies?.[0]?.PolicyDocument.Statement ?? [];
      const callsOut =
        !name.startsWith("webhooks-") &&
        statements.some(({ Resource }) =>
          [Resource].flat().some((each) => opening.has((each as { Ref?: string }).Ref ?? "")),
        );
      expect(vpc, name).toEqual(callsOut ? network : undefined);
      const ec2 = statements.flatMap(({ Action }) => Action).filter((action) => action.startsWith("ec2:"));
      // Twice: allowed to Lambda, and denied to the function's own code.
      expect(new Set(ec2).size, name).toBe(callsOut ? 6 : 0);
      expect(ec2, name).toHaveLength(callsOut ? 12 : 0);
    }
    expect(JSON.stringify(made)).not.toMatch(/ec2:|"vpc"/);
  });

  it("refuses two sources that AWS could not tell apart", () => {
    const alike = [{ name: "acme1" }, { name: "acme-1" }];
    expect(() => deployment({ ...config, sources: alike }, files)).toThrow(
      "sources.acme1: AWS cannot tell it apart",
    );
  });

  it("holds no value of a secret", () => {
    const secrets = Object.values(resources).filter(({ Type }) => Type === "AWS::SecretsManager::Secret");
    // Of Authing, of encrypted files, of bots of group chats and of digests.
    expect(secrets).toHaveLength(sources.length + 4);
    for (const [name, { Type, Properties }] of Object.entries(resources)) {
      if (Type !== "AWS::SecretsManager::Secret") continue;
      // AWS makes the key of digests itself.
      const generated = name === "DigestsSecret" ? ["GenerateSecretString"] : [];
      expect(Object.keys(Properties)).toEqual(["Name", "Description", ...generated]);
    }
  });

  it("tells of the end of each function's alarm, except of the one whose end would raise it again", () => {
    const ends = Object.keys(made.resources.Resources).filter(
      (name) => name.endsWith("FailsAlarm") && !("OKActions" in (resources[name]?.Properties ?? {})),
    );
    expect(ends).toEqual(["NoticesAlarmFailsAlarm"]);
  });

  it("names no partition", () => {
    expect(JSON.stringify(made).replaceAll(userPool, "").includes("arn:aws")).toBe(false);
  });

  it("has no function of a source that is switched off", () => {
    const without = deployment({ ...config, sources: [] }, files);
    expect(Object.keys(without.functions)).toEqual([
      "events-apply",
      "uploads-plan",
      "uploads-run",
      "uploads-finish",
      "waiting-bring-back",
      "rosters-run",
      "operations-run",
      "watch-silence",
      "watch-fields",
      "notices-alarm",
      "notices-digest",
      "unclaimed-refuse",
    ]);
    expect(JSON.stringify(without)).not.toContain("dist/webhooks-");
    expect(JSON.stringify(without)).not.toMatch(/(?!Authing|Digests|Notices|Uploads)[A-Z][a-z]+Secret"/);
  });

  it("refuses a source without a function, and a function without a definition", () => {
    const unknown = { ...config, sources: [...config.sources, { name: "unknown" }] };
    expect(() => deployment(unknown, files)).toThrow("functions/webhooks/unknown.ts");
    const more = [...files, { name: "reports-send", file: "functions/reports/send.ts" }];
    expect(() => deployment(config, more)).toThrow("functions/reports/send.ts");
  });
});
