import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Value } from "./cloudformation.ts";
import type { Deployment } from "./deployment.ts";

// How many resources a deployment has in CloudFormation, which takes 500 in one stack
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html).

export const maxResources = 500;
/** The bucket for packages and its policy; the HTTP API, its stage and the log of its requests. */
const madeByOsls = 2 + 3;

/** The resources of the whole template: those of `made`, those that osls makes of its functions, and those of the .yml files. */
export function resourceCount({ functions, resources }: Deployment): number {
  const ofFunctions = Object.values(functions).map((each) => ofFunction(each));
  const inFiles = globSync("*.yml", { cwd: import.meta.dirname }).map(
    (file) => readFileSync(join(import.meta.dirname, file), "utf8").match(/^ {4}Type: AWS::/gm)?.length ?? 0,
  );
  return [madeByOsls, Object.keys(resources.Resources).length, ...ofFunctions, ...inFiles].reduce(
    (sum, count) => sum + count,
  );
}

/**
 * Refuses a deployment that does not fit into one stack.
 *
 * @param empty the same deployment without sources
 * @throws TypeError with the numbers, and what to do
 */
export function requireRoom(made: Deployment, empty: Deployment, sources: number): void {
  const count = resourceCount(made);
  if (count <= maxResources) return;
  const fixed = resourceCount(empty);
  const fitting = Math.floor((maxResources - fixed) / ((count - fixed) / sources));
  throw new TypeError(
    `inbound.config.ts: sources: ${sources} sources make ${count} resources, and CloudFormation takes ${maxResources} in one stack, which about ` +
      `${fitting} of these sources fill. Remove those that you do not use, or deploy some as a second service: docs/deployment.md#many-sources`,
  );
}

type Event = Readonly<Record<string, Value>>;

function ofFunction(made: Value): number {
  const { events } = made as { readonly events: Value } as { readonly events: readonly Event[] };
  // Itself and its log; an integration and a permission, if the HTTP API invokes it.
  const routes = events.filter(({ httpApi }) => httpApi !== undefined);
  return 2 + (routes.length > 0 ? 2 : 0) + events.map(ofEvent).reduce((sum, count) => sum + count, 0);
}

function ofEvent({ httpApi, schedule, sqs }: Event): number {
  const isScheduler = typeof schedule === "object" && "method" in schedule;
  // A route, an event source mapping, or a schedule of EventBridge Scheduler; a rule or a subscription comes with a permission.
  return httpApi !== undefined || sqs !== undefined || isScheduler ? 1 : 2;
}
