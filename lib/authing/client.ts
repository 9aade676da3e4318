import { randomUUID } from "node:crypto";
import * as z from "zod/mini";
import { InboundError } from "#lib/contract/errors.ts";
import { toWire, updateToWire } from "./dialect.ts";
import type { Dialect, Wire } from "./dialect.ts";
import * as dto from "./dto.ts";
import { createExchange } from "#lib/http/exchange.ts";
import type { Exchanged } from "#lib/http/exchange.ts";
import { readHost } from "#lib/http/host.ts";
import { retryAfterSeconds } from "#lib/http/retry-after.ts";
import { classify, refusedByRules } from "./failures.ts";
import type { Attempted, Failure, Observation } from "./failures.ts";
import { batchProblems, importOtpProblems, shapeProblems } from "./rules.ts";
import type { Problem } from "./rules.ts";
import { encodeQuery, signRequest, writeBody } from "./signature.ts";
import type { AuthingCredentials } from "./signature.ts";

export interface AuthingSettings {
  /** Default `https://api.authing.cn`. Plain http only for this very machine. */
  readonly host?: string | undefined;
  /** How requests prove whose they are: each signed with the access key (default), or by a token bought with it. */
  readonly mode?: "signature" | "token" | undefined;
  /** Asked for each attempt, so that a rotation is noticed. What it throws passes through. */
  readonly credentials: () => Promise<AuthingCredentials>;
  /** Reads the access key anew, past caches; asked at most once in a call, when Authing has refused the one in use. */
  readonly refreshCredentials?: (() => Promise<AuthingCredentials>) | undefined;
  /** Language of Authing's messages. Default `en-US`. */
  readonly lang?: "en-US" | "zh-CN" | "zh-TW" | "ja-JP" | undefined;
  readonly tenantId?: string | undefined;
  /** From name look-up to the last byte of the answer. Default 10, as in Authing's SDKs. */
  readonly timeoutSeconds?: number | undefined;
  /** Default `current`. */
  readonly dialect?: Dialect | undefined;
  /** `x-authing-sdk-version`. */
  readonly sdkVersion?: string | undefined;
  readonly userAgent?: string | undefined;
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined;
  /** Different each time: Authing refuses one it has seen. */
  readonly nonce?: (() => string) | undefined;
}

/** What a call gave. `dropped`: fields that the dialect does not have. */
export type Answer<Data> =
  | {
      readonly ok: true;
      readonly data: Data;
      readonly requestId?: string;
      readonly dropped?: readonly string[];
    }
  | { readonly ok: false; readonly failure: Failure };

/**
 * Authing's Management API, as far as it is needed here. A call is one attempt: whether and when to try again is the
 * caller's, told by `failure.retry`. Only what Authing surely has not applied is repeated at once, freshly signed: a clock
 * that is off is set by Authing's (once), a token or access key that is refused is renewed (once).
 *
 * No outcome is thrown. What our own rules refuse is `invalid-record` with `problems`, and nothing is sent.
 */
export interface AuthingClient {
  /** People, in no particular order: those Authing created. */
  createUsersBatch(request: dto.CreateUserBatchReqDto): Promise<Answer<readonly dto.ListedUserDto[]>>;
  importOtp(request: dto.ImportOtpReqDto): Promise<Answer<undefined>>;
  getUser(request: dto.GetUserReqDto): Promise<Answer<dto.UserDto>>;
  /** Those Authing knows of; with an unknown one among them Authing may also answer `user-not-found`. */
  getUserBatch(request: dto.GetUserBatchReqDto): Promise<Answer<readonly dto.ListedUserDto[]>>;
  updateUser(request: dto.UpdateUserReqDto): Promise<Answer<dto.UserDto | undefined>>;
  /** Of somebody who is there: a refusal is about the departments, `invalid-record` for one that Authing does not know. */
  setUserDepartments(request: dto.SetUserDepartmentsDto): Promise<Answer<undefined>>;
  resignUserBatch(request: dto.ResignUserBatchReqDto): Promise<Answer<undefined>>;
  deleteUsersBatch(request: dto.DeleteUsersBatchReqDto): Promise<Answer<undefined>>;
  /** Ends sessions. Documented by Authing; not tried against it. */
  kickUsers(request: dto.KickUsersDto): Promise<Answer<undefined>>;
  getUserMfaInfo(request: dto.GetUserMfaInfoReqDto): Promise<Answer<dto.UserMfaDto>>;
  getCustomFields(request: dto.GetCustomFieldsReqDto): Promise<Answer<readonly dto.CustomFieldDto[]>>;
  /** Public: needs no access key. */
  system(): Promise<Answer<dto.SystemInfoDto>>;
  /** Lets go of the connections that are kept. */
  close(): void;
}

interface Operation<Data> extends Attempted {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** What is signed: the top level of the body, or the parameters of a GET. */
  readonly data: object;
  /** Of a POST that is ready to be sent. */
  readonly body?: Buffer;
  /** The shape of the answer's `data`. */
  readonly result: z.ZodMiniType<Data>;
  /** The answer may come without an envelope. */
  readonly isBare?: boolean;
  readonly problems?: readonly Problem[];
  readonly dropped?: readonly string[];
}

/** What one attempt gave, and what a replay needs to know. */
interface Tried<Data> {
  readonly answer: Answer<Data>;
  /** The answer's clock, milliseconds since 1970. */
  readonly date?: number | undefined;
  readonly usedToken?: Token | undefined;
}

interface Token {
  readonly value: string;
  readonly poolId: string;
  /** Milliseconds since 1970. */
  readonly renewAt: number;
  readonly boughtWith: AuthingCredentials;
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
    sdkVersion = "authing-inbound:1",
    userAgent = "authing-inbound",
    now = Date.now,
    nonce = randomUUID,
  } = settings;
  const host = parseHost(settings.host ?? "https://api.authing.cn");
  const prefix = host.pathname.replace(/\/+$/, "");
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
  let token: Token | undefined;
  let purchase: { by: AuthingCredentials; token: Promise<Answer<Token>> } | undefined;

  /** One attempt, and the replays that are harmless. */
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
        // Another call may have bought a new one in the meantime.
        if (token === usedToken) token = undefined;
      } else if (isRefusal(failure) && refreshCredentials && !renewed) {
        renewed = await refreshCredentials();
      } else {
        return answer;
      }
    }
  }

  async function attempt<Data>(operation: Operation<Data>, by: AuthingCredentials): Promise<Tried<Data>> {
    if (mode === "signature") return send(operation, signedHeaders(operation, by));
    const bought = await currentToken(by);
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
    const { method, path, data, body, dropped = [] } = operation;
    const search = method === "GET" ? encodeQuery(data) : "";
    const exchanged = await exchange({
      method,
      path: `${prefix}${path}${search && `?${search}`}`,
      headers,
      body,
    });
    const read = readAnswer(exchanged, operation, now());
    const answer = read.ok && dropped.length > 0 ? { ...read, dropped } : read;
    return {
      answer,
      // Nobody asks for the clock of who is content.
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

  /** The token in hand while it is good and bought with this access key; otherwise one purchase for all who wait. */
  async function currentToken(by: AuthingCredentials): Promise<Answer<Token>> {
    if (token && now() < token.renewAt && isSameKey(token.boughtWith, by)) return { ok: true, data: token };
    if (!purchase || !isSameKey(purchase.by, by)) purchase = { by, token: buyToken(by) };
    const own = purchase;
    try {
      const bought = await own.token;
      if (bought.ok) token = bought.data;
      return bought;
    } finally {
      if (purchase === own) purchase = undefined;
    }
  }

  async function buyToken(by: AuthingCredentials): Promise<Answer<Token>> {
    const { accessKeyId, accessKeySecret } = by;
    const data = { accessKeyId, accessKeySecret };
    const { answer } = await send(
      // Buying a second one does no harm, and whatever becomes of this: the call it is for was not made.
      written({
        ...post("get-management-token", data, dto.ManagementTokenDto),
        reads: true,
        needsUser: false,
      }),
      commonHeaders,
    );
    if (!answer.ok) return { ok: false, failure: failureToBuy(answer.failure) };
    const { access_token: value, expires_in: lifetimeSeconds } = answer.data;
    const marginSeconds = Math.min(300, lifetimeSeconds / 10);
    return {
      ok: true,
      data: {
        value,
        poolId: poolOf(value) ?? accessKeyId,
        renewAt: now() + (lifetimeSeconds - marginSeconds) * 1000,
        boughtWith: by,
      },
    };
  }

  return {
    createUsersBatch(request) {
      return call({
        ...post("create-users-batch", request, dto.UserList),
        ...said(batchProblems(request), () => toWire(request, dialect)),
        // Who is not found is a department or a tenant.
        needsUser: false,
        records: countOf(request.list),
      });
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
      return call({
        ...post("update-user", request, dto.lenient(dto.UserDto)),
        ...said(shapeProblems(dto.UpdateUserReqDto, request), () => updateToWire(request, dialect)),
      });
    },
    setUserDepartments(request) {
      const problems = shapeProblems(dto.SetUserDepartmentsDto, request);
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
    getCustomFields(request) {
      const problems = shapeProblems(dto.GetCustomFieldsReqDto, request);
      const fields: z.ZodMiniType<readonly dto.CustomFieldDto[]> = z.array(dto.CustomFieldDto);
      return call({ ...get("get-custom-fields", request, fields), problems, needsUser: false });
    },
    async system() {
      const operation = { ...get("system", {}, PasswordKeys), needsUser: false, isBare: true };
      const { answer } = await send(operation, commonHeaders);
      return answer;
    },
    close: exchange.close,
  };
}

/** Some page of somebody else's can be JSON, too. */
const PasswordKeys = dto.SystemInfoDto.check(
  z.refine(({ rsa, sm2 }) => rsa !== undefined || sm2 !== undefined),
);
const nothing = z.pipe(
  z.unknown(),
  z.transform(() => undefined),
);

function post<Data>(name: string, data: object, result: z.ZodMiniType<Data>): Operation<Data> {
  return { method: "POST", path: `/api/v3/${name}`, data, result, reads: false, needsUser: true, records: 1 };
}

function get<Data>(name: string, data: object, result: z.ZodMiniType<Data>): Operation<Data> {
  return { method: "GET", path: `/api/v3/${name}`, data, result, reads: true, needsUser: true, records: 1 };
}

/** Ready to be sent: its body is written once, however often it is signed. */
function written<Data>(operation: Operation<Data>): Operation<Data> {
  return operation.method === "GET" ? operation : { ...operation, ...writeBody(operation.data) };
}

/** The request as the dialect says it, once it is known to have the right shape. */
function said(
  problems: readonly Problem[],
  toDialect: () => Wire,
): Pick<Operation<unknown>, "problems" | "dropped"> & { data?: object } {
  if (problems.length > 0) return { problems };
  const { body, ...wire } = toDialect();
  return { data: body, ...wire };
}

/** Of a list that may not even be one: its rules are checked later. */
function countOf(list: readonly unknown[]): number {
  return Array.isArray(list) ? list.length : 1;
}

function refusalByRules(operation: Operation<unknown>): Answer<never> | undefined {
  const { problems = [] } = operation;
  return problems.length > 0 ? { ok: false, failure: refusedByRules(problems, operation) } : undefined;
}

/** Authing does not accept who we say we are: nothing was done. */
function isRefusal({ httpStatus, statusCode = httpStatus, apiCode }: Failure): boolean {
  return statusCode === 401 || apiCode === 1300;
}

/** Without a token nothing can be said about records: either it helps to wait, or nothing goes on. */
function failureToBuy(failure: Failure): Failure {
  if (failure.scope === "run") return failure;
  if (failure.retry === "never") return { ...failure, kind: "credentials-refused", scope: "run" };
  return { ...failure, scope: "batch" };
}

function isSameKey(one: AuthingCredentials, other: AuthingCredentials): boolean {
  return one.accessKeyId === other.accessKeyId && one.accessKeySecret === other.accessKeySecret;
}

/** What an answer says: Authing's envelope decides, and HTTP only where there is none. */
function readAnswer<Data>(exchanged: Exchanged, operation: Operation<Data>, now: number): Answer<Data> {
  const fail = (observation: Observation): Answer<Data> => ({
    ok: false,
    failure: classify(observation, operation),
  });
  if (exchanged.seen === "nothing") return fail(exchanged);
  const { httpStatus } = exchanged;
  if (exchanged.seen === "oversized") return fail({ seen: "other", httpStatus });
  const retryAfter = retryAfterSeconds(exchanged.headers["retry-after"], now);
  const isRedirect = httpStatus >= 300 && httpStatus < 400;
  const body = isRedirect ? undefined : parseJson(exchanged.body);

  const envelope = dto.CommonResponseDto.safeParse(body).data;
  if (!envelope) {
    if (!operation.isBare || httpStatus !== 200)
      return fail({ seen: "other", httpStatus, retryAfterSeconds: retryAfter });
    return succeed(body, undefined);
  }
  if (envelope.statusCode !== 200 || dto.objectOf(envelope["data"])?.["success"] === false) {
    return fail({ seen: "envelope", httpStatus, retryAfterSeconds: retryAfter, ...envelope });
  }
  return succeed(envelope["data"] ?? (operation.isBare ? body : undefined), envelope.requestId);

  function succeed(data: unknown, requestId: string | undefined): Answer<Data> {
    // Not seen, but not excluded either: a look-up that says "done" and brings nobody.
    if (operation.needsUser && operation.reads && (data === undefined || data === null)) {
      return fail({ seen: "nobody", httpStatus, requestId });
    }
    const result = operation.result.safeParse(data);
    if (!result.success) return fail({ seen: "unreadable-success", httpStatus, requestId });
    return { ok: true, data: result.data, ...(requestId !== undefined && { requestId }) };
  }
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}

/** Milliseconds since 1970. */
function parseDate(header: string | undefined): number | undefined {
  const date = Date.parse(header ?? "");
  return Number.isNaN(date) ? undefined : date;
}

/** The user pool that a token is for; the API wants it in a header of its own. */
function poolOf(token: string): string | undefined {
  const claims = dto.objectOf(parseJson(Buffer.from(token.split(".")[1] ?? "", "base64url")));
  const poolId = claims?.["scoped_userpool_id"];
  return typeof poolId === "string" ? poolId : undefined;
}

function parseHost(host: string): URL {
  const url = readHost(host);
  if (url) return url;
  throw new InboundError("misconfigured", "authing-host-invalid", {
    hint: "give it as https://authing-api.example.com; plain http is for this very machine only",
  });
}
