import { InboundError } from "#lib/contract/errors.ts";
import type { PasswordEncryptType } from "#lib/contract/person.ts";
import { failedBeforehand, type Answer } from "./answer.ts";
import type { CreateUserBatchReqDto, SystemInfoDto, UpdateUserReqDto } from "./dto.ts";
import type { Failure } from "./failures.ts";
import { encryptPassword } from "./password.ts";
import type { Problem } from "./rules.ts";

/** Requests that may hold passwords. */
type WithPasswords = CreateUserBatchReqDto | UpdateUserReqDto;

/** A request whose passwords are encrypted. With `problems`, some cannot be, and it must not be sent. */
interface Encrypted<Request> {
  readonly request: Request;
  readonly problems: readonly Problem[];
}

export interface PasswordEncryption {
  /**
   * Makes a call, its plain passwords encrypted. When Authing refuses one record, its keys may have changed: they are fetched anew,
   * and if they did change and nothing was applied, the call is made once more. When several records are refused together, the call
   * is not repeated: the caller sends smaller batches.
   *
   * Throws `misconfigured` where Authing has no usable key of the kind that the configuration names.
   */
  call<Request extends WithPasswords, Data>(
    request: Request,
    send: (encrypted: Encrypted<Request>) => Promise<Answer<Data>>,
  ): Promise<Answer<Data>>;
}

/** Encrypts with the public keys of the user pool, which are fetched when they are first needed and kept. */
export function createPasswordEncryption({
  type,
  fetchKeys,
}: {
  readonly type: PasswordEncryptType;
  readonly fetchKeys: () => Promise<Answer<SystemInfoDto>>;
}): PasswordEncryption {
  /** One fetch for all calls that wait; a failed one is not kept. */
  let kept: Promise<Answer<SystemInfoDto>> | undefined;

  async function currentKeys(): Promise<Answer<SystemInfoDto>> {
    const own = (kept ??= fetchKeys());
    const answer = await own;
    if (answer.ok) return answer;
    if (kept === own) kept = undefined;
    return { ok: false, failure: failedBeforehand(answer.failure, "endpoint-wrong") };
  }

  /** Keys other than those that were used, if Authing has any. */
  async function newerKeys(used: Answer<SystemInfoDto>): Promise<SystemInfoDto | undefined> {
    const usedKey = publicKeyOf(used);
    // Another call may have fetched them in the meantime.
    if (publicKeyOf(await currentKeys()) === usedKey) kept = undefined;
    const answer = await currentKeys();
    return answer.ok && publicKeyOf(answer) !== usedKey ? answer.data : undefined;
  }

  const publicKeyOf = (answer: Answer<SystemInfoDto>) =>
    answer.ok && type !== "none" ? answer.data[type]?.publicKey : undefined;

  return {
    async call(request, send) {
      if (type === "none" || !hasPlainPassword(request)) return send({ request, problems: [] });
      const keys = await currentKeys();
      if (!keys.ok) return keys;
      const answer = await send(await encrypted(request, { type, keys: keys.data }));
      if (answer.ok || !mayBeUnreadable(answer.failure)) return answer;
      const newer = await newerKeys(keys);
      return newer && answer.failure.applied === "no"
        ? send(await encrypted(request, { type, keys: newer }))
        : answer;
    },
  };
}

/** Authing does not document how it answers a password that it cannot decrypt; it answers a bad record in one of these two ways. */
function mayBeUnreadable({ kind, scope, httpStatus }: Failure): boolean {
  return (
    scope === "record" && httpStatus !== undefined && (kind === "invalid-record" || kind === "server-error")
  );
}

/** Whether there is a plain password to encrypt: neither a hash that is kept nor a password that is encrypted for Authing already. */
function hasPlainPassword({ options = {}, ...request }: WithPasswords): boolean {
  const isReady = "keepPassword" in options && options.keepPassword === true;
  if (isReady || (options.passwordEncryptType ?? "none") !== "none") return false;
  return "list" in request
    ? request.list.some(({ password }) => password !== undefined)
    : request.password !== undefined;
}

async function encrypted<Request extends WithPasswords>(
  request: Request,
  by: { type: Exclude<PasswordEncryptType, "none">; keys: SystemInfoDto },
): Promise<Encrypted<Request>> {
  const problems: Problem[] = [];
  /** The fields of a person that encryption changes. */
  async function changed(password: string | undefined, path: string): Promise<{ password?: string }> {
    if (password === undefined) return {};
    try {
      return { password: await encryptPassword(password, by) };
    } catch (error) {
      if (!(error instanceof InboundError) || error.code !== "malformed") throw error;
      problems.push({ path, code: error.reason });
      return {};
    }
  }

  const options = { ...request.options, passwordEncryptType: by.type };
  if (!("list" in request)) {
    return { request: { ...request, ...(await changed(request.password, "password")), options }, problems };
  }
  const list = await Promise.all(
    request.list.map(async (person, index) =>
      Object.assign({}, person, await changed(person.password, `list[${index}].password`)),
    ),
  );
  return { request: { ...request, list, options }, problems };
}
