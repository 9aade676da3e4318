import type { Answer } from "#lib/authing/answer.ts";
import type { AuthingClient } from "#lib/authing/client.ts";
import { attempt, type Attempts } from "./attempt.ts";

/** What a client reads at Authing, by name: a call that the client learns to make later must not pass through here by itself. */
export type AuthingReads = Pick<
  AuthingClient,
  | "dialect"
  | "getUser"
  | "getUserBatch"
  | "getUserMfaInfo"
  | "getCustomFields"
  | "getDepartment"
  | "listOrganizations"
  | "getAllDepartments"
>;

/** The reading calls of a client, each at the pace of the process, and repeated where that is safe. */
export function pacedReads({
  authing,
  ...run
}: Attempts & { readonly authing: AuthingClient }): AuthingReads {
  const paced =
    <Request, Data>(call: (request: Request) => Promise<Answer<Data>>) =>
    (request: Request) =>
      attempt(run, () => call(request));
  return {
    dialect: authing.dialect,
    getUser: paced(authing.getUser),
    getUserBatch: paced(authing.getUserBatch),
    getUserMfaInfo: paced(authing.getUserMfaInfo),
    getCustomFields: paced(authing.getCustomFields),
    getDepartment: paced(authing.getDepartment),
    listOrganizations: paced(authing.listOrganizations),
    getAllDepartments: paced(authing.getAllDepartments),
  };
}
