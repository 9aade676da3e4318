import * as z from "zod/mini";
import { InboundError } from "#lib/contract/errors.ts";
import type { SecretVersions } from "#lib/contract/secrets.ts";
import { parseSecret } from "#lib/pipeline/secret-reader.ts";
import { attention, fine, wrong, type Finding } from "./finding.ts";
import type { Stage } from "./stage.ts";

/** A secret that a stage needs. */
export interface NeededSecret {
  /** Its name in the code: `authing`, `sources/<source>`. */
  readonly name: string;
  /** Its name in Secrets Manager. */
  readonly id: string;
  readonly shape: z.core.$ZodType<unknown>;
  /** Where the stage works without it: what the operator gives up. */
  readonly optional?: string;
  /** A value as it may look, where no field is required. */
  readonly example?: string;
}

/**
 * Whether a secret has a value of the shape that it needs. The finding names fields, never their values; `value` is present only
 * when its shape is right.
 */
export async function checkSecret(
  { name, id, shape, optional, example = exampleOf(shape) }: NeededSecret,
  { secret, region }: Pick<Stage, "secret" | "region">,
): Promise<{ finding: Finding; value?: unknown }> {
  const put = `put it: aws secretsmanager put-secret-value --region ${region} --secret-id ${id} --secret-string '${example}'`;
  try {
    return checkValue({ name, shape, put }, await secret(id));
  } catch (error) {
    if (!(error instanceof InboundError)) throw error;
    switch (error.reason) {
      case "secret-empty-yet":
        return {
          finding:
            optional === undefined
              ? wrong(`secret ${name}: has no value yet`, put)
              : attention(`secret ${name}: has no value: ${optional}`, put),
        };
      case "secret-not-json":
        return { finding: wrong(`secret ${name}: its value is no JSON`, put) };
      case "secret-missing":
        return { finding: wrong(`secret ${name}: there is no ${id}`, "deploy again: it is created empty") };
      default:
        return {
          finding: wrong(
            `secret ${name}: cannot be read (${error.hint ?? error.reason})`,
            `you need the right secretsmanager:GetSecretValue on ${id}, and on its key where it has one of its own`,
          ),
        };
    }
  }
}

/** As `checkSecret`, for a secret that could be read. `put`: what the operator does to put another value. */
export function checkValue(
  { name, shape, put }: Pick<NeededSecret, "name" | "shape"> & { readonly put: string },
  { current, previous }: SecretVersions,
): { finding: Finding; value?: unknown } {
  const parsed = parseSecret(shape, current);
  if (!parsed.success) {
    const problems = problemsOf(parsed.error.issues, current);
    return { finding: wrong(`secret ${name}: ${problems.join(", ")}`, put) };
  }
  // A delivery may be proven by the current or the previous value; Authing is called with the current one only.
  const isTaken = name.startsWith("sources/") && parseSecret(shape, previous).success;
  const before = isTaken ? ", and so has the previous one, which is accepted too" : "";
  return { finding: fine(`secret ${name}: has the fields that it needs${before}`), value: parsed.data };
}

/** What is wrong with a value, by the paths of its fields. */
function problemsOf(issues: readonly z.core.$ZodIssue[], value: unknown): string[] {
  const problems = issues.map((issue) => {
    const path = issue.path.map(String).join(".") || "the value";
    return `${path} ${isThere(value, issue.path) ? "does not have the form that it needs" : "is missing"}`;
  });
  return [...new Set(problems)];
}

function isThere(value: unknown, path: readonly PropertyKey[]): boolean {
  let place = value;
  for (const key of path) {
    if (typeof place !== "object" || place === null || !Object.hasOwn(place, key)) return false;
    place = (place as Record<PropertyKey, unknown>)[key];
  }
  return true;
}

/** `{"privateKey":"…"}`: the fields that a value must have. */
export function exampleOf(shape: z.core.$ZodType<unknown>): string {
  try {
    const { required = [] } = z.toJSONSchema(shape);
    if (required.length > 0) return JSON.stringify(Object.fromEntries(required.map((field) => [field, "…"])));
  } catch {
    // The operator's own source may use a shape that JSON Schema cannot describe.
  }
  return "{…}";
}
