import { functionName, propertiesOf, resolved, resourcesOf, type Deployed } from "./template.ts";
import type { AwsCall } from "./call.ts";

/** One thing that a function may do to one thing. */
export interface Permission {
  readonly function: string;
  /** E.g. `sqs:SendMessage`; `*` stands for any characters. */
  readonly action: string;
  /** The resource as the template has it, e.g. `{"Fn::GetAtt":["EventsQueue","Arn"]}`. */
  readonly written: string;
  /** An ARN; `*` stands for any characters. */
  readonly resource: string;
}

/** Everything that the roles of the template's functions allow. */
export function permissionsOf(deployed: Deployed): Permission[] {
  return resourcesOf("AWS::Lambda::Function").flatMap((name) => {
    const { Role } = propertiesOf(name) as { Role: { "Fn::GetAtt": [string, string] } };
    const { Policies } = propertiesOf(Role["Fn::GetAtt"][0]) as { Policies: readonly Policy[] };
    return Policies.flatMap(({ PolicyDocument }) =>
      PolicyDocument.Statement.flatMap(({ Effect, Action, Resource, ...more }) => {
        if (Effect !== "Allow" || Object.keys(more).some((key) => key !== "Sid")) {
          throw new Error(
            `${name}: this reader knows statements with Effect Allow, Action and Resource only`,
          );
        }
        return [Action].flat().flatMap((action) =>
          (Array.isArray(Resource) ? Resource : [Resource]).map((resource): Permission => ({
            function: functionName(name),
            action,
            written: JSON.stringify(resource),
            resource: String(resolved(resource, deployed)),
          })),
        );
      }),
    );
  });
}

interface Policy {
  readonly PolicyDocument: {
    readonly Statement: readonly {
      readonly Effect: string;
      readonly Action: string | readonly string[];
      readonly Resource: unknown;
    }[];
  };
}

/** Whether a permission covers a call. */
export function covers(permission: Permission, { caller, action, resources }: AwsCall): boolean {
  return (
    permission.function === caller &&
    matches(permission.action.toLowerCase(), action.toLowerCase()) &&
    resources.every((resource) => matches(permission.resource, resource))
  );
}

function matches(pattern: string, value: string): boolean {
  const pieces = pattern.split("*").map((piece) => RegExp.escape(piece));
  return new RegExp(`^${pieces.join(".*")}$`, "s").test(value);
}
