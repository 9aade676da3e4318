import type { LambdaFunction } from "./function.ts";
import type { Packages } from "./packages.ts";
import { functionName, propertiesOf, resolved, resourcesOf, type Deployed } from "./template.ts";

// What the packaged template says of functions and of the routes to them.

/** A function of the template, with the folder that its package was unpacked to. */
export function definitionOf(
  resource: string,
  deployed: Deployed,
  extra: Readonly<Record<string, string>>,
  { taskRoot, runtime }: Packages,
) {
  const { Handler, MemorySize, Timeout, Environment, FunctionName } = propertiesOf(resource) as {
    Handler: string;
    MemorySize: number;
    Timeout: number;
    FunctionName: string;
    Environment: { Variables: Readonly<Record<string, unknown>> };
  };
  const name = functionName(resource);
  return {
    name,
    arn: `arn:aws:lambda:${deployed.region}:${deployed.account}:function:${FunctionName}`,
    handler: Handler,
    memoryMegabytes: MemorySize,
    timeoutSeconds: Timeout,
    logGroup: `/aws/lambda/${FunctionName}`,
    environment: { ...(resolved(Environment.Variables, deployed) as Record<string, string>), ...extra },
    taskRoot: taskRoot(name),
    runtime,
  };
}

/** A schedule that the harness follows, and those that stories follow, which invoke the function themselves. */
const schedules: ReadonlySet<unknown> = new Set(["rate(1 minute)", "rate(15 minutes)", "cron(20 0 * * ? *)"]);

/** The functions that a schedule invokes each minute. */
export function functionsOfEachMinute(): string[] {
  return resourcesOf("AWS::Events::Rule").flatMap((rule) => {
    const { ScheduleExpression, Targets = [] } = propertiesOf(rule) as {
      ScheduleExpression?: string;
      Targets?: readonly { readonly Arn: { "Fn::GetAtt": [string, string] } }[];
    };
    if (ScheduleExpression === undefined) return [];
    if (!schedules.has(ScheduleExpression)) {
      throw new Error(`${rule}: no harness and no story knows the schedule ${ScheduleExpression}`);
    }
    if (ScheduleExpression !== "rate(1 minute)") return [];
    return Targets.map(({ Arn }) => functionName(Arn["Fn::GetAtt"][0]));
  });
}

/** The functions by route key. A route's target is `integrations/<id>`, and an integration's address the function's ARN. */
export function routesOf(deployed: Deployed, fn: (name: string) => LambdaFunction) {
  const ids = new Map(deployed.references);
  for (const name of resourcesOf("AWS::ApiGatewayV2::Integration")) ids.set(name, name);
  const names = new Map(
    resourcesOf("AWS::Lambda::Function").map((name) => [ids.get(name) ?? "", functionName(name)]),
  );
  return new Map(
    resourcesOf("AWS::ApiGatewayV2::Route").map((route) => {
      const { RouteKey, Target } = propertiesOf(route) as { RouteKey: string; Target: unknown };
      const integration = String(resolved(Target, { ...deployed, references: ids })).replace(
        "integrations/",
        "",
      );
      const { IntegrationUri, PayloadFormatVersion } = propertiesOf(integration);
      if (PayloadFormatVersion !== "2.0")
        throw new Error(`${integration}: this front speaks format 2.0 only`);
      const name = names.get(String(resolved(IntegrationUri, deployed)).split(":").at(-1) ?? "") ?? "";
      return [RouteKey, (event: unknown) => fn(name).invoke(event)];
    }),
  );
}
