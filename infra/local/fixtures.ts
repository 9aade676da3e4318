import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { InboundError } from "#lib/pipeline/errors.ts";
import type { SignedRequest, Source } from "#lib/pipeline/source.ts";

/** A captured delivery of a source: `lib/sources/<source>/fixtures/<case>`. */
export interface Fixture {
  readonly source: string;
  readonly name: string;
  readonly body: Buffer;
  readonly contentType: string;
  /** The text of `changes.json`: what the body means, as somebody read and approved it. */
  readonly changes: string;
}

const root = join(import.meta.dirname, "../../lib/sources");
const contentTypes: Record<string, string> = {
  json: "application/json",
  form: "application/x-www-form-urlencoded",
  xml: "text/xml",
};

/** The cases of a source, by name. */
export function fixtureNames(source: string): string[] {
  return readdirSync(join(root, source, "fixtures"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted();
}

/** Reads a case. Throws `malformed` with the cases there are when there is none of that name. */
export function readFixture(source: string, name: string): Fixture {
  if (!fixtureNames(source).includes(name)) {
    throw new InboundError("malformed", "case-unknown", {
      hint: `cases of ${source}: ${fixtureNames(source).join(", ")}`,
    });
  }
  const folder = join(root, source, "fixtures", name);
  const file = readdirSync(folder).find((entry) => entry.startsWith("body.")) ?? "body.json";
  const extension = file.slice("body.".length);
  return {
    source,
    name,
    body: readFileSync(join(folder, file)),
    contentType: contentTypes[extension] ?? "application/octet-stream",
    changes: readFileSync(join(folder, "changes.json"), "utf8"),
  };
}

/** Signs a body as the sender would at this moment. */
export function signDelivery<Secret>(
  source: Source<Secret>,
  secret: Secret,
  { body, contentType }: Pick<Fixture, "body" | "contentType">,
  at: { now: number; id: string },
): SignedRequest {
  const signed = source.proof.sign(body, secret, at);
  return { ...signed, headers: { "content-type": contentType, ...signed.headers } };
}
