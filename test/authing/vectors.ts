import { readdirSync, readFileSync } from "node:fs";
import type { AuthingClient } from "#lib/authing/client.ts";

const folder = new URL("../vectors/authing/", import.meta.url);

export function readVector<Vector>(name: string): Vector {
  return JSON.parse(readFileSync(new URL(name, folder), "utf8")) as Vector;
}

/** A request as the official SDK sent and signed it. */
export interface RequestVector {
  readonly source: string;
  readonly call: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly date: string;
  readonly request: {
    readonly method: "GET" | "POST";
    readonly target: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string | null;
  };
  readonly stringToSign: string;
  readonly authorization: string;
}

export const requestVectors = readdirSync(folder)
  .filter((name) => !/^(bearer|crypto|tls)\./.test(name))
  .map((name) => ({ name, vector: readVector<RequestVector>(name) }));

/** The data that a vector's signature covers: the parsed body, or the parameters before they were encoded. */
export function dataOf({ request }: RequestVector): Record<string, unknown> {
  if (request.body !== null) return JSON.parse(request.body) as Record<string, unknown>;
  const { searchParams } = new URL(request.target, "http://localhost");
  return Object.fromEntries(
    [...new Set(searchParams.keys())].map((name) =>
      name.endsWith("[]") ? [name.slice(0, -2), searchParams.getAll(name)] : [name, searchParams.get(name)],
    ),
  );
}

/** Makes the call of a vector, or any other by its path, with these data. */
export function callByPath(client: AuthingClient, path: string, data: Record<string, unknown>) {
  const typed = Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name, value === "false" ? false : value]),
  ) as never;
  const calls: Record<string, () => Promise<unknown>> = {
    "/api/v3/create-users-batch": () => client.createUsersBatch(typed),
    "/api/v3/import-otp": () => client.importOtp(typed),
    "/api/v3/get-user": () => client.getUser(typed),
    "/api/v3/get-user-batch": () => client.getUserBatch(typed),
    "/api/v3/update-user": () => client.updateUser(typed),
    "/api/v3/update-user-batch": () => client.updateUserBatch(typed),
    "/api/v3/set-user-departments": () => client.setUserDepartments(typed),
    "/api/v3/resign-user-batch": () => client.resignUserBatch(typed),
    "/api/v3/kick-users": () => client.kickUsers(typed),
    "/api/v3/delete-users-batch": () => client.deleteUsersBatch(typed),
    "/api/v3/get-custom-fields": () => client.getCustomFields(typed),
    "/api/v3/get-user-mfa-info": () => client.getUserMfaInfo(typed),
  };
  const call = calls[path];
  if (!call) throw new Error(`no call for ${path}`);
  return call();
}
