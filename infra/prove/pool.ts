import { randomUUID } from "node:crypto";
import type { Answer } from "#lib/authing/answer.ts";
import type { AuthingClient } from "#lib/authing/client.ts";
import type { Clock } from "#lib/contract/clock.ts";
import { classify, refusedByRules, type Attempted, type Observation } from "#lib/authing/failures.ts";
import { batchProblems, importOtpProblems, type Problem } from "#lib/authing/rules.ts";
import { createFaults, type Fault } from "#infra/sandbox/faults.ts";
import { createOperations } from "#infra/sandbox/endpoints.ts";
import type { PoolRules } from "#infra/sandbox/pool-rules.ts";
import { createPasswordKeys } from "#infra/sandbox/password-keys.ts";
import { createPeople } from "#infra/sandbox/people.ts";
import { toUserDto } from "#infra/sandbox/user-dto.ts";
import type { Pool } from "./world.ts";

/** How long a request and its answer are on their way, and how long a client waits for an answer, in milliseconds. */
const wayMilliseconds = 10;
const timeoutMilliseconds = 10_000;

/** The sandbox without the network: the same people, operations and faults behind the client's interface, in virtual time. */
export function directPool(clock: Clock, rules: Partial<PoolRules>): Pool {
  const people = createPeople(clock.now, rules.lookUpLagMilliseconds);
  const faults = createFaults();
  const operations = createOperations(people, createPasswordKeys(), {
    batchMode: "all-or-nothing",
    duplicateCodes: false,
    departments: undefined,
    organizations: undefined,
    customFields: undefined,
    unknownInLookUp: "left-out",
    ...rules,
  });
  const requests: { operation: string; count: number; fault?: string }[] = [];

  async function call(
    name: string,
    data: object,
    { problems = [], ...attempted }: Attempted & { problems?: readonly Problem[] },
  ): Promise<Answer<never>> {
    if (problems.length > 0) return { ok: false, failure: refusedByRules(problems, attempted) };
    await clock.wait(wayMilliseconds);
    const fault = faults.next(name) ?? { kind: "none" };
    requests.push({
      operation: name,
      count: attempted.records,
      ...(fault.kind !== "none" && { fault: fault.kind }),
    });
    const seen = await answerOf(name, structuredClone(data) as Record<string, unknown>, fault);
    await clock.wait(wayMilliseconds);
    return "seen" in seen ? { ok: false, failure: classify(seen, attempted) } : (seen as Answer<never>);
  }

  async function answerOf(
    name: string,
    data: Record<string, unknown>,
    fault: Fault,
  ): Promise<Observation | Answer<unknown>> {
    const refusal = (httpStatus: number, statusCode: number, more = {}): Observation => {
      return { seen: "envelope", httpStatus, statusCode, requestId: randomUUID(), ...more };
    };
    const run = (how?: { omitsOne: boolean }): Observation | Answer<unknown> => {
      const operation = operations[name];
      if (!operation) throw new Error(`no operation ${name}`);
      const answer = operation.run(data, how);
      if (!("refusal" in answer)) return { ok: true, data: answer.data, requestId: randomUUID() };
      const { statusCode, apiCode, en } = answer.refusal;
      return refusal(200, statusCode, { apiCode, message: en });
    };
    const lost = { seen: "nothing", sent: true, errorCode: "ECONNRESET" } as const;
    switch (fault.kind) {
      case "none":
        return run();
      case "omits-one":
        return run({ omitsOne: true });
      case "slow":
        await clock.wait(fault.milliseconds);
        return run();
      case "http-429":
        return refusal(429, 429, { retryAfterSeconds: fault.retryAfterSeconds });
      case "body-429":
        return refusal(200, 429);
      case "unauthorized":
        return refusal(200, 401, { apiCode: 1300 });
      case "reset-before-applying":
        return lost;
      case "reset-after-applying":
        run();
        return lost;
      case "hang-after-applying":
        run();
        await clock.wait(timeoutMilliseconds);
        return { ...lost, errorCode: "ETIMEDOUT" };
      case "http-500":
      case "body-500":
        if (fault.applied) run();
        return refusal(fault.kind === "http-500" ? 500 : 200, 500);
      case "empty-200":
        if (fault.applied) run();
        return { ok: true, data: [], requestId: randomUUID() };
      case "http-502":
      case "http-503":
      case "html-200":
        if (fault.applied) run();
        return {
          seen: "other",
          httpStatus: { "http-502": 502, "http-503": 503, "html-200": 200 }[fault.kind],
        };
    }
  }

  const writes = { reads: false, needsUser: true, records: 1 };
  const reads = { reads: true, needsUser: true, records: 1 };
  const client: AuthingClient = {
    dialect: "current",
    createUsersBatch: (request) =>
      call("create-users-batch", request, {
        ...writes,
        needsUser: false,
        records: request.list.length,
        problems: batchProblems(request),
      }),
    importOtp: (request) =>
      call("import-otp", request, {
        ...writes,
        records: request.list.length,
        problems: importOtpProblems(request),
      }),
    getUser: (request) => call("get-user", request, reads),
    getUserBatch: (request) => call("get-user-batch", request, { ...reads, records: request.userIds.length }),
    updateUser: (request) => call("update-user", request, writes),
    updateUserBatch: (request) =>
      call("update-user-batch", request, { ...writes, records: request.list.length }),
    setUserDepartments: (request) => call("set-user-departments", request, { ...writes, needsUser: false }),
    resignUserBatch: (request) =>
      call("resign-user-batch", request, { ...writes, records: request.userIds.length }),
    deleteUsersBatch: (request) =>
      call("delete-users-batch", request, { ...writes, records: request.userIds.length }),
    kickUsers: (request) => call("kick-users", request, writes),
    getUserMfaInfo: (request) => call("get-user-mfa-info", request, reads),
    getCustomFields: (request) => call("get-custom-fields", request, { ...reads, needsUser: false }),
    getDepartment: (request) => call("get-department", request, { ...reads, needsUser: false }),
    listOrganizations: (request) => call("list-organizations", request, { ...reads, needsUser: false }),
    getAllDepartments: (request) => call("get-all-departments", request, { ...reads, needsUser: false }),
    close() {},
  };

  return {
    users: () => people.all().map((person) => toUserDto(person)),
    otpOf: (userId) => people.find(userId)?.otp?.secret,
    factorsOf(userId) {
      const { otp, password } = people.find(userId) ?? {};
      return { ...(otp && { otp }), ...(password && { password }) };
    },
    requests,
    script: faults.add,
    connect: () => client,
    close() {},
  };
}
