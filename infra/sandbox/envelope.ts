// Authing's envelope and its messages. `statusCode` 200 means success, whatever the HTTP status is; no answer has a result per record.

/** Why a request or a record is refused. Two languages, as Authing picks by `x-authing-lang`; never with a value. */
export interface Refusal {
  readonly statusCode: number;
  readonly apiCode?: number;
  readonly zh: string;
  readonly en: string;
}

export interface Envelope {
  readonly statusCode: number;
  readonly message: string;
  readonly apiCode?: number;
  readonly requestId: string;
  readonly data?: unknown;
}

const refusal = (statusCode: number, zh: string, en: string, apiCode?: number): Refusal => ({
  statusCode,
  zh,
  en,
  ...(apiCode !== undefined && { apiCode }),
});

// Codes: the page of error codes of docs.authing.cn (v3). Where the documentation shows no text, the text is ours.
export const badParameter = (name: string) =>
  refusal(400, `参数 ${name} 格式错误`, `Parameter ${name} is malformed`);
export const noLoginField = refusal(
  400,
  "username, phone, email 至少包含一个",
  "Must contain one of the following fields: username, phone, email",
);
export const noPhone = refusal(400, "手机号不能为空", "phone cannot be empty");
export const longCustomData = refusal(
  400,
  "customData 长度不能超过 1024",
  "customData must be less than 1024 characters",
);
export const badSignature = refusal(401, "签名不正确", "Signature is not correct", 1300);
export const badSignatureMethod = refusal(400, "签名方法不匹配", "Signature method does not match", 1301);
export const badSignatureVersion = refusal(400, "签名版本不匹配", "Signature version does not match", 1302);
export const badDate = refusal(400, "日期格式错误", "Date is malformed", 1303);
export const noDate = refusal(400, "缺少 date 请求头", "Header date is missing", 1304);
export const clockSkew = refusal(
  400,
  "请求时间与服务器时间相差过大",
  "Date is too far from the server's",
  1305,
);
export const replayed = refusal(400, "签名已被使用", "Signature has been used before", 1306);
export const notLoggedIn = refusal(401, "未登录，无访问权限", "Not logged in, access refused", 2020);
export const badToken = refusal(401, "access_token 无效或已过期", "access_token is invalid or has expired");
export const badAccessKey = refusal(401, "AK/SK 不正确", "Access key is not correct");
export const unknownPool = refusal(401, "用户池不存在", "User pool does not exist", 2224);
export const unknownUser = refusal(404, "用户不存在", "User does not exist", 2004);
// Its status is what the integration tests of authing-node-sdk expect; there it names the id.
export const unknownDepartment = refusal(404, "存在不合法的 departmentId", "Department does not exist");
export const unknownPath = refusal(404, "接口不存在", "No such endpoint");
export const wrongMethod = refusal(400, "请求方法错误", "Wrong method for this endpoint");
export const oversized = refusal(413, "请求体过大", "Request body is too large");
export const throttled = refusal(
  429,
  "您的请求已超过最大数量限制，请稍后重试",
  "Too many requests, try again later",
);
export const serverError = refusal(500, "未知错误", "Unknown error");
export const unsupported = refusal(501, "不支持的操作", "Unsupported operation");

/** The fields that are unique in a pool and within one list. */
export type UniqueField = "username" | "phone" | "email" | "externalId";

// The v3 list of codes has none for duplicates; these are from the v2 page, and Authing's v3 API may or may not send them.
const duplicateCode: Record<UniqueField, number> = {
  username: 2034,
  phone: 2035,
  email: 2200,
  externalId: 2026,
};

export const duplicate = (field: UniqueField, withCode: boolean) =>
  refusal(409, `${field} 已存在`, `${field} already exists`, withCode ? duplicateCode[field] : undefined);

/** What an operation answers: its data, or why not. */
export type Answer = { readonly data?: unknown } | { readonly refusal: Refusal };

export function envelope(answer: Answer, language: string | undefined, requestId: string): Envelope {
  if (!("refusal" in answer)) {
    const message = language === "en-US" ? "Success" : "操作成功";
    return { statusCode: 200, message, requestId, ...(answer.data !== undefined && { data: answer.data }) };
  }
  const { statusCode, apiCode, zh, en } = answer.refusal;
  return {
    statusCode,
    message: language === "en-US" ? en : zh,
    ...(apiCode !== undefined && { apiCode }),
    requestId,
  };
}
