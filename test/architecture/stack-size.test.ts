import { describe, expect, it } from "vitest";
import config from "#config";
import { functionFiles, ownWebhook } from "#infra/aws/bundle.ts";
import { deployment } from "#infra/aws/deployment.ts";
import type { DeployedSource } from "#infra/aws/function-definition.ts";
import { maxResources, requireRoom, resourceCount } from "#infra/aws/stack-size.ts";
import { builtInSources, enabledSources } from "#lib/wiring/enabled-sources.ts";

// Any built-in sources may be switched on, as many as fit into one stack of CloudFormation.

function made(sources: readonly DeployedSource[]) {
  const files = [...functionFiles(), ...sources.map(({ name }) => ownWebhook(name))];
  const built = deployment({ ...config, sources: sources.map(invoked) }, files);
  const empty = deployment({ ...config, sources: [] }, files);
  return { built, check: () => requireRoom(built, empty, sources.length) };
}

/** With the resource that may invoke it, where AWS itself invokes. */
const invoked = (source: DeployedSource): DeployedSource =>
  source.trigger
    ? { ...source, invokedBy: ["arn:aws:cognito-idp:eu-central-1:123456789012:userpool/p_1"] }
    : source;

const invented = (count: number): DeployedSource[] =>
  Array.from({ length: count }, (_, index) => ({ name: `source-${index}`, fetch: {} }));
const every = [...builtInSources().values()];

describe("the stack", () => {
  it("has room for the sources of a new clone", () => {
    expect(made([...enabledSources(config).values()]).check).not.toThrow();
  });

  it.each(every)("has room for $name alone", (source) => {
    expect(made([source]).check).not.toThrow();
  });

  it("has room for twenty-nine sources, and refuses more in a line that names the numbers and what to do", () => {
    expect(made(invented(29)).check).not.toThrow();
    const { built, check } = made(invented(46));
    expect(check).toThrow(
      `sources: 46 sources make ${resourceCount(built)} resources, and CloudFormation takes 500 in one stack, which about 29 of these`,
    );
    expect(check).toThrow("docs/deployment.md#many-sources");
  });

  it("with every built-in source is made, or refused because of its size alone", () => {
    const { built, check } = made(every);
    const refused = (() => {
      try {
        check();
      } catch (error) {
        return (error as Error).message;
      }
      return "";
    })();
    expect(refused.includes(`${every.length} sources make`)).toBe(resourceCount(built) > maxResources);
  });

  it("has roles whose policies are short enough, also under long names", () => {
    const { built } = made(invented(29));
    // An ARN of a secret or a log, with the longest names of service and source, and a stage of 20 letters.
    const arn = JSON.stringify("x".repeat(160));
    for (const [name, role] of Object.entries(built.resources.Resources)) {
      const { Type, Properties } = role as { Type: string; Properties: Record<string, unknown> };
      if (Type !== "AWS::IAM::Role") continue;
      const text = JSON.stringify(Properties["Policies"]).replaceAll(
        /\{"(?:Ref|Fn::GetAtt|Fn::Sub)":(?:"[^"]*"|\[[^\]]*\])\}/g,
        arn,
      );
      // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, without white space.
      expect(text.length, name).toBeLessThan(10_240);
    }
  });
});
