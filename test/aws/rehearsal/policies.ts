import type { AwsCall } from "../stack/call.ts";
import { covers, type Permission } from "../stack/permissions.ts";
import { resolved } from "../stack/template.ts";
import type { StagePolicy } from "#infra/aws/permissions.ts";

/** What policies allow to one caller, as test/aws/stack/permissions.ts has it. Conditions are not looked at. */
function permissionsIn(
  policies: readonly StagePolicy[],
  caller: string,
  where: { readonly region: string; readonly account: string },
): Permission[] {
  const deployed = { ...where, references: new Map<string, string>() };
  return policies.flatMap(({ grants }) =>
    grants.flatMap(({ actions, resources }) =>
      actions.flatMap((action) =>
        resources.map((resource) => ({
          function: caller,
          action,
          written: JSON.stringify(resource),
          resource: String(resolved(resource, deployed)),
        })),
      ),
    ),
  );
}

/** The calls of a caller that no policy allows, and the actions of its policies that it has not called. */
export function compared(
  calls: readonly AwsCall[],
  caller: string,
  policies: readonly StagePolicy[],
  where: { readonly region: string; readonly account: string },
): { readonly refused: string[]; readonly unused: string[] } {
  const permissions = permissionsIn(policies, caller, where);
  const own = calls.filter((call) => call.caller === caller);
  const refused = own
    .filter((call) => !permissions.some((permission) => covers(permission, call)))
    .map(({ action, resources }) => `${action} on ${resources.join(", ")}`);
  const unused = permissions
    .filter((permission) => !own.some((call) => covers(permission, call)))
    .map(({ action, written }) => `${action} on ${written}`);
  return { refused: [...new Set(refused)], unused: [...new Set(unused)] };
}
