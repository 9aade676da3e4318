import * as z from "zod/mini";
import type { CreateUserBatchReqDto, ImportOtpReqDto } from "./dto.ts";
import { CreateUserInfoDto } from "#lib/contract/person.ts";
import { compiledFields } from "./compiled-fields.ts";
import * as dto from "./dto.ts";
import { maxUsersPerCreate, minOtpSecretBits } from "./limits.ts";
import { identifierOf, identifiers, type Identifier } from "./identifiers.ts";

// Finds what Authing would refuse before it is sent. A problem names a place and a rule, never the value.

/** A broken rule. */
export interface Problem {
  /** `list[7].email` and the like; empty for the whole. */
  readonly path: string;
  /** A constant text in kebab-case: a rule of this file, or what is wrong with the field's type (`invalid-type`, `invalid-value`, `unknown-field`, …). */
  readonly code: string;
}

/**
 * Everything that is wrong with one person. Authing: at least one of email, phone and username; "phone cannot be empty" for a country code
 * alone. The TOTP secret is checked because Authing accepts any text, and the person could never log in with a wrong one.
 */
export function personProblems(person: CreateUserInfoDto): Problem[] {
  const wrongShape = isPerson(person) ? [] : shapeProblems(CreateUserInfoDto, person);
  return wrongShape.length > 0 ? wrongShape : personRuleProblems(person);
}

const personField = compiledFields(CreateUserInfoDto);

/** Whether `CreateUserInfoDto`, whose fields may all be absent, would take this. */
function isPerson(value: unknown): value is CreateUserInfoDto {
  const person = dto.objectOf(value);
  if (!person || Array.isArray(person)) return false;
  const text = personField("name");
  for (const name in person) {
    const value = person[name];
    const field = personField(name);
    // Most fields are valid text: checking them by the schema would take half of the time.
    if (field === undefined) return false;
    if (!(field === text && typeof value === "string") && !z.validate(field, value)) return false;
  }
  return true;
}

function personRuleProblems(person: CreateUserInfoDto): Problem[] {
  const problems: Problem[] = [];
  if (!isPresent(person.email) && !isPresent(person.phone) && !isPresent(person.username)) {
    problems.push({ path: "", code: "identifier-missing" });
  }
  if (isPresent(person.phoneCountryCode) && !isPresent(person.phone)) {
    problems.push({ path: "phoneCountryCode", code: "phone-country-code-without-phone" });
  }
  const otp = person.otp && otpSecretProblem(person.otp.secret);
  if (otp) problems.push({ path: "otp.secret", code: otp });
  return problems;
}

/** Takes what `CreateUserBatchReqDto` takes, and does not say what is wrong. */
const BatchOfPeople = z.extend(dto.CreateUserBatchReqDto, { list: z.custom(arePeople) });

function arePeople(list: unknown): boolean {
  if (!Array.isArray(list) || list.length === 0 || list.length > maxUsersPerCreate) return false;
  for (const person of list) {
    if (!isPerson(person)) return false;
  }
  return true;
}

/** Everything that is wrong with a batch of people: shape, each person, and identifiers that occur twice. */
export function batchProblems(batch: CreateUserBatchReqDto): Problem[] {
  const wrongShape = z.validate(BatchOfPeople, batch) ? [] : shapeProblems(dto.CreateUserBatchReqDto, batch);
  if (wrongShape.length > 0) return wrongShape;
  const seen = new Map<Identifier, Set<string>>(identifiers.map((field) => [field, new Set()]));
  const problems: Problem[] = [];
  for (const [index, person] of batch.list.entries()) {
    for (const { path, code } of personRuleProblems(person)) {
      problems.push({ path: join(`list[${index}]`, path), code });
    }
    for (const [field, values] of seen) {
      if (isTwice(values, identifierOf(person, field)))
        problems.push({ path: `list[${index}].${field}`, code: duplicateCodes[field] });
    }
  }
  return problems;
}

/** Whether a value was there before; adds it. */
function isTwice(values: Set<string>, value: string | undefined): boolean {
  if (value === undefined) return false;
  const before = values.size;
  return values.add(value).size === before;
}

/** Everything that is wrong with a batch of TOTP secrets. */
export function importOtpProblems(request: ImportOtpReqDto): Problem[] {
  const wrongShape = shapeProblems(dto.ImportOtpReqDto, request);
  if (wrongShape.length > 0) return wrongShape;
  const seen = new Set<string>();
  return request.list.flatMap((item, index) => {
    const problems: Problem[] = [];
    if (seen.has(item.userId)) {
      problems.push({ path: `list[${index}].userId`, code: "duplicate-user-id" });
    }
    seen.add(item.userId);
    const otp = otpSecretProblem(item.otp.secret);
    if (otp) problems.push({ path: `list[${index}].otp.secret`, code: otp });
    return problems;
  });
}

/**
 * What is wrong with a TOTP secret, if anything. The form that goes to Authing is RFC 4648 base32, upper case, without
 * padding or spaces, of at least 80 bits.
 */
export function otpSecretProblem(
  secret: string,
): "otp-secret-not-base32" | "otp-secret-too-short" | undefined {
  // No whole number of bytes ends in 1, 3 or 6 left-over characters: something was cut off.
  if (!/^[A-Z2-7]+$/.test(secret) || [1, 3, 6].includes(secret.length % 8)) return "otp-secret-not-base32";
  if (Math.floor((secret.length * 5) / 8) * 8 < minOtpSecretBits) return "otp-secret-too-short";
  return undefined;
}

/** Where a value does not have the shape of a schema. */
export function shapeProblems(schema: z.ZodMiniType, value: unknown): Problem[] {
  const { error } = schema.safeParse(value);
  return (error?.issues ?? []).flatMap((issue) => {
    const path = issue.path.reduce<string>(
      (before, key) => (typeof key === "number" ? `${before}[${key}]` : join(before, String(key))),
      "",
    );
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({ path: join(path, key.slice(0, 64)), code: "unknown-field" }));
    }
    if (issue.code === "too_small" && issue.origin === "array") return [{ path, code: "list-empty" }];
    if (issue.code === "too_big" && issue.origin === "array") return [{ path, code: "list-too-long" }];
    return [{ path, code: issue.code.replaceAll("_", "-") }];
  });
}

const duplicateCodes = {
  email: "duplicate-email",
  phone: "duplicate-phone",
  username: "duplicate-username",
  externalId: "duplicate-external-id",
} as const;

function isPresent(identifier: string | undefined): boolean {
  return identifier !== undefined && identifier.trim() !== "";
}

function join(path: string, key: string): string {
  return path && key ? `${path}.${key}` : path || key;
}
