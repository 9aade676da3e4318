import { randomUUID } from "node:crypto";
import * as z from "zod/mini";
import { InboundError } from "#lib/contract/errors.ts";
import type { PasswordEncryptType } from "#lib/contract/person.ts";
import { toWire, updateToWire } from "./dialect.ts";
import type { Dialect, Wire } from "./dialect.ts";
import * as dto from "./dto.ts";
import { parseDate, readAnswer, refusalByRules } from "./answer.ts";
import type { Answer, Operation } from "./answer.ts";
import { createExchange } from "#lib/http/exchange.ts";
import { readHost } from "#lib/http/host.ts";
import { createManagementTokens } from "./management-token.ts";
import type { ManagementToken } from "./management-token.ts";
import { countOf, get, isRefusal, nothing, post, written } from "./operation.ts";
import * as organizations from "./organizations.ts";
import { createPasswordEncryption } from "./password-encryption.ts";
import { batchProblems, importOtpProblems, shapeProblems } from "./rules.ts";
import type { Problem } from "./rules.ts";
import { encodeQuery, signRequest } from "./signature.ts";
import type { AuthingCredentials } from "./signature.ts";

export interface AuthingSettings {
  /** Default `https://api.authing.cn`. Plain http only for this very machine. */
  readonly host?: string | undefined;
  /** How requests authenticate: each is signed with the access key (default), or carries a token that the access key was exchanged for. */
  readonly mode?: "signature" | "token" | undefined;
  /** Called for each attempt, so that a rotation is noticed. An error that it throws is passed on unchanged. */
  readonly credentials: () => Promise<AuthingCredentials>;
  /** Reads the access key anew, past caches; called at most once in a call, when Authing has refused the key in use. */
  readonly refreshCredentials?: (() => Promise<AuthingCredentials>) | undefined;
  /** Language of Authing's messages. Default `en-US`. */
  readonly lang?: "en-US" | "zh-CN" | "zh-TW" | "ja-JP" | undefined;
  readonly tenantId?: string | undefined;
  /** From name look-up to the last byte of the answer. Default 10, as in Authing's SDKs. */
  readonly timeoutSeconds?: number | undefined;
  /** Default `current`. */
  readonly dialect?: Dialect | undefined;
  /** How plain passwords are encrypted on their way, over TLS: with a public key of the user pool, or not (default). */
  readonly passwordEncryption?: PasswordEncryptType | undefined;
  /** `x-authing-sdk-version`. */
  readonly sdkVersion?: string | undefined;
  readonly userAgent?: string | undefined;
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined;
  /** A new value each time: Authing refuses a nonce that it has seen. */
  readonly nonce?: (() => string) | undefined;
}

/**
 * The part of Authing's Management API that is needed here. A call is one attempt: the caller decides by `failure.retry` whether
 * and when to retry. The client itself repeats, at once and freshly signed, only what Authing certainly has not applied: when our
 * clock is wrong it takes Authing's time (once), and when a token or access key is refused it renews it (once).
 *
 * A failure is returned, never thrown. A record that our own rules refuse is `invalid-record` with `problems`, and nothing is
 * sent.
 */
export interface AuthingClient {
  /** The dialect in which it writes: `droppedOnWire` lists the fields that are dropped by it. */
  readonly dialect: Dialect;
  /** Returns the people that Authing created, in no particular order. */
  createUsersBatch(request: dto.CreateUserBatchReqDto): Promise<Answer<readonly dto.ListedUserDto[]>>;
  importOtp(request: dto.ImportOtpReqDto): Promise<Answer<undefined>>;
  getUser(request: dto.GetUserReqDto): Promise<Answer<dto.UserDto>>;
  /** Returns the people that Authing knows; when one of the ids is unknown, Authing may also answer `user-not-found`. */
  getUserBatch(request: dto.GetUserBatchReqDto): Promise<Answer<readonly dto.ListedUserDto[]>>;
  updateUser(request: dto.UpdateUserReqDto): Promise<Answer<dto.UserDto | undefined>>;
  /**
   * Changes several people. Returns those that Authing says it has changed; on a refusal some of them may have been. In the dialect of 2022
   * every call is refused: that page does not have this endpoint.
   */
  updateUserBatch(request: dto.UpdateUserBatchReqDto): Promise<Answer<readonly dto.ListedUserDto[]>>;
  /** The user exists, so a refusal is about the departments: `invalid-record` for a department that Authing does not know. */
  setUserDepartments(request: organizations.SetUserDepartmentsDto): Promise<Answer<undefined>>;
  resignUserBatch(request: dto.ResignUserBatchReqDto): Promise<Answer<undefined>>;
  deleteUsersBatch(request: dto.DeleteUsersBatchReqDto): Promise<Answer<undefined>>;
  /** Ends sessions. Documented by Authing; not tried against it. */
  kickUsers(request: dto.KickUsersDto): Promise<Answer<undefined>>;
  getUserMfaInfo(request: dto.GetUserMfaInfoReqDto): Promise<Answer<dto.UserMfaDto>>;
  getCustomFields(request: dto.GetCustomFieldsReqDto): Promise<Answer<readonly dto.CustomFieldDto[]>>;
  /** `invalid-record` for a department that Authing does not know. */
  getDepartment(request: organizations.GetDepartmentReqDto): Promise<Answer<organizations.DepartmentDto>>;
  listOrganizations(
    request: organizations.ListOrganizationsReqDto,
  ): Promise<Answer<organizations.OrganizationPage>>;
  getAllDepartments(
    request: organizations.GetAllDepartmentsReqDto,
  ): Promise<Answer<organizations.DepartmentPage>>;
  /** Closes the connections that are kept. */
  close(): void;
}

/** The result of one attempt, and what a replay needs to know. */
interface Tried<Data> {
  readonly answer: Answer<Data>;
  /** The answer's clock, milliseconds since 1970. */
  readonly date?: number | undefined;
  readonly usedToken?: ManagementToken | undefined;
}

export function createAuthingClient(settings: AuthingSettings): AuthingClient {
  const {
    mode = "signature",
    credentials,
    refreshCredentials,
    lang = "en-US",
    tenantId,
    timeoutSeconds = 10,
    dialect = "current",
    passwordEncryption = "none",
    sdkVersion = "authing-inbound:1",
    userAgent = "authing-inbound",
    now = Date.now,
    nonce = randomUUID,
  } = settings;
  const host = parseHost(settings.host ?? "https://api.authing.cn");
  const prefix = host.pathname.replace(/(?<!\/)\/+$/, "");
  const exchange = createExchange(host, { timeoutSeconds, now });
  const commonHeaders = {
    accept: "application/json",
    "accept-encoding": "identity",
    "content-type": "application/json",
    "user-agent": userAgent,
    "x-authing-sdk-version": sdkVersion,
    "x-authing-lang": lang,
  };
  let clockOffsetMilliseconds = 0;
  const tokens = createManagementTokens({ buy: buyToken, now });
  const passwords = createPasswordEncryption({ type: passwordEncryption, fetchKeys: fetchPasswordKeys });

  /** One attempt, and the replays that are safe. */
  async function call<Data>(asked: Operation<Data>): Promise<Answer<Data>> {
    const refused = refusalByRules(asked);
    if (refused) return refused;
    const operation = written(asked);
    let renewed: AuthingCredentials | undefined;
    let isTokenRenewed = false;
    let isClockCorrected = false;
    for (;;) {
      const { answer, date, usedToken } = await attempt(operation, renewed ?? (await credentials()));
      if (answer.ok) return answer;
      const { failure } = answer;
      if (failure.kind === "clock-skew" && !isClockCorrected && date !== undefined) {
        isClockCorrected = true;
        clockOffsetMilliseconds = date - now();
      } else if (isRefusal(failure) && usedToken && !isTokenRenewed) {
        isTokenRenewed = true;
        tokens.discard(usedToken);
      } else if (isRefusal(failure) && refreshCredentials && !renewed) {
        renewed = await refreshCredentials();
      } else {
        return answer;
      }
    }
  }

  /** A call in the current dialect, its plain passwords encrypted. A call with `problems` is refused before it is sent. */
  async function callWithPasswords<Request extends dto.CreateUserBatchReqDto | dto.UpdateUserReqDto, Data>(
    operation: Operation<Data>,
    request: Request,
    problems: readonly Problem[],
    toDialect: (request: Request, dialect: Dialect) => Wire,
  ): Promise<Answer<Data>> {
    if (problems.length > 0) return call({ ...operation, problems });
    return passwords.call(request, (encrypted) => {
      const wire = toDialect(encrypted.request, dialect);
      return call({ ...operation, data: wire.body, problems: [...encrypted.problems, ...wire.problems] });
    });
  }

  /** Public: needs no access key. */
  async function fetchPasswordKeys(): Promise<Answer<dto.SystemInfoDto>> {
    const operation = { ...get("system", {}, PasswordKeys), needsUser: false, isBare: true };
    return (await send(operation, commonHeaders)).answer;
  }

  async function attempt<Data>(operation: Operation<Data>, by: AuthingCredentials): Promise<Tried<Data>> {
    if (mode === "signature") return send(operation, signedHeaders(operation, by));
    const bought = await tokens.current(by);
    if (!bought.ok) return { answer: bought };
    const tried = await send(operation, {
      ...commonHeaders,
      authorization: `Bearer ${bought.data.value}`,
      "x-authing-userpool-id": bought.data.poolId,
      ...(tenantId !== undefined && { "x-authing-app-tenant-id": tenantId }),
    });
    return { ...tried, usedToken: bought.data };
  }

  async function send<Data>(
    operation: Operation<Data>,
    headers: Record<string, string>,
  ): Promise<Tried<Data>> {
    const { method, path, data, body } = operation;
    const search = method === "GET" ? encodeQuery(data) : "";
    const exchanged = await exchange({
      method,
      path: `${prefix}${path}${search && `?${search}`}`,
      headers,
      body,
    });
    const answer = readAnswer(exchanged, operation, now());
    return {
      answer,
      // Only a refusal can be caused by the clock.
      ...(!answer.ok && exchanged.seen === "response" && { date: parseDate(exchanged.headers.date) }),
    };
  }

  function signedHeaders(operation: Operation<unknown>, by: AuthingCredentials): Record<string, string> {
    const headers = {
      ...commonHeaders,
      // The Node SDK's name for a tenant. Other SDKs have others, and none of them signs its requests.
      ...(tenantId !== undefined && { "x-authing-app-id": tenantId }),
      "x-authing-signature-method": "HMAC-SHA1",
      "x-authing-signature-version": "1.0",
      "x-authing-signature-nonce": nonce(),
      date: new Date(now() + clockOffsetMilliseconds).toUTCString(),
    };
    return { ...headers, authorization: signRequest({ ...operation, headers }, by) };
  }

  async function buyToken({ accessKeyId, accessKeySecret }: AuthingCredentials) {
    const data = { accessKeyId, accessKeySecret };
    const operation = written({
      ...post("get-management-token", data, dto.ManagementTokenDto),
      // Whatever the result of this request: the call that needs it was not made.
      reads: true,
      needsUser: false,
    });
    return (await send(operation, commonHeaders)).answer;
  }

  return {
    dialect,
    createUsersBatch(request) {
      const operation = {
        ...post("create-users-batch", request, dto.UserList),
        // What is not found here is a department or a tenant.
        needsUser: false,
        records: countOf(request.list),
      };
      return callWithPasswords(operation, request, batchProblems(request), toWire);
    },
    importOtp(request) {
      return call({
        ...post("import-otp", request, nothing),
        problems: importOtpProblems(request),
        records: countOf(request.list),
      });
    },
    getUser(request) {
      const problems = shapeProblems(dto.GetUserReqDto, request);
      return call({ ...get("get-user", request, dto.UserDto), problems });
    },
    getUserBatch(request) {
      const problems = shapeProblems(dto.GetUserBatchReqDto, request);
      return call({
        ...get("get-user-batch", request, dto.UserList),
        problems,
        records: countOf(request.userIds),
      });
    },
    updateUser(request) {
      const operation = post("update-user", request, dto.lenient(dto.UserDto));
      const problems = shapeProblems(dto.UpdateUserReqDto, request);
      return callWithPasswords(operation, request, problems, updateToWire);
    },
    updateUserBatch(request) {
      const problems = shapeProblems(dto.UpdateUserBatchReqDto, request);
      return call({
        ...post("update-user-batch", request, dto.UserList),
        problems: dialect === "current" ? problems : [...problems, { path: "list", code: "not-in-dialect" }],
        records: countOf(request.list),
      });
    },
    setUserDepartments(request) {
      const problems = shapeProblems(organizations.SetUserDepartmentsDto, request);
      return call({ ...post("set-user-departments", request, nothing), problems, needsUser: false });
    },
    resignUserBatch(request) {
      const problems = shapeProblems(dto.ResignUserBatchReqDto, request);
      return call({
        ...post("resign-user-batch", request, nothing),
        problems,
        records: countOf(request.userIds),
      });
    },
    deleteUsersBatch(request) {
      const problems = shapeProblems(dto.DeleteUsersBatchReqDto, request);
      return call({
        ...post("delete-users-batch", request, nothing),
        problems,
        records: countOf(request.userIds),
      });
    },
    kickUsers(request) {
      const problems = shapeProblems(dto.KickUsersDto, request);
      return call({ ...post("kick-users", request, nothing), problems });
    },
    getUserMfaInfo(request) {
      const problems = shapeProblems(dto.GetUserMfaInfoReqDto, request);
      return call({ ...get("get-user-mfa-info", request, dto.UserMfaDto), problems });
    },
    getDepartment(request) {
      const problems = shapeProblems(organizations.GetDepartmentReqDto, request);
      const operation = get("get-department", request, organizations.DepartmentDto);
      // What is not found here is the department.
      return call({ ...operation, problems, needsUser: false });
    },
    listOrganizations(request) {
      const problems = shapeProblems(organizations.ListOrganizationsReqDto, request);
      return call({
        ...get("list-organizations", request, organizations.OrganizationPage),
        problems,
        needsUser: false,
      });
    },
    getAllDepartments(request) {
      const problems = shapeProblems(organizations.GetAllDepartmentsReqDto, request);
      return call({
        ...get("get-all-departments", request, organizations.DepartmentPage),
        problems,
        needsUser: false,
      });
    },
    getCustomFields(request) {
      const problems = shapeProblems(dto.GetCustomFieldsReqDto, request);
      const fields: z.ZodMiniType<readonly dto.CustomFieldDto[]> = z.array(dto.CustomFieldDto);
      return call({ ...get("get-custom-fields", request, fields), problems, needsUser: false });
    },
    close: exchange.close,
  };
}

/** An answer without any key is not Authing's: other servers answer with JSON, too. */
const PasswordKeys = dto.SystemInfoDto.check(
  z.refine(({ rsa, sm2 }) => rsa !== undefined || sm2 !== undefined),
);

function parseHost(host: string): URL {
  const url = readHost(host);
  if (url) return url;
  throw new InboundError("misconfigured", "authing-host-invalid", {
    hint: "give it as https://authing-api.example.com; plain http is for this very machine only",
  });
}
