import type { ProofPlace } from "#lib/contract/proof-differs.ts";
import { headerNames, type HmacSettings } from "./hmac-settings.ts";
import { refuseUnsafePath } from "./json-place.ts";
import { placeOf } from "./refused.ts";

// What is signed: text around placeholders.

/** How to get the text of each kind of placeholder. */
export type SignedParts = Record<
  "timestamp" | "id" | "header" | "query" | "json" | "bodyHash",
  (name: string) => string | undefined
>;

export type TemplatePart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "body" }
  | { readonly kind: keyof SignedParts; readonly name: string };

/** The parts of `signed`. Throws a `TypeError` for a placeholder that does not exist. */
export function compileTemplate({ signed }: Pick<HmacSettings<never>, "signed">): TemplatePart[] {
  const parts: TemplatePart[] = [];
  // Pieces with an odd index are the texts between braces.
  for (const [index, piece] of signed.split(/\{([^{}]*)\}/).entries()) {
    if (index % 2 === 0) {
      if (/[{}]/.test(piece)) {
        throw new TypeError(
          `hmac: signed "${signed}" has a brace without its partner; close the placeholder`,
        );
      }
      if (piece !== "") parts.push({ kind: "text", text: piece });
      continue;
    }
    const [kind, name] = /^(header|query|json):(.+)$/.exec(piece)?.slice(1) ?? [piece, ""];
    if (kind === "body") parts.push({ kind: "body" });
    else if (kind === "sha256:body") parts.push({ kind: "bodyHash", name: "" });
    else if (kind === "timestamp" || kind === "id") parts.push({ kind, name: "" });
    else if ((kind === "header" || kind === "query" || kind === "json") && name) {
      if (kind === "header") headerNames(name, "signed");
      if (kind === "json") refuseUnsafePath(name);
      parts.push({ kind, name });
    } else {
      throw new TypeError(
        `hmac: signed has the unknown placeholder {${piece}}; use {body}, {timestamp}, {id}, {header:x}, {query:x}, {json:a.b} or {sha256:body}`,
      );
    }
  }
  return parts;
}

/** Where a part of what is signed is looked for. Only of a part that a delivery may lack. */
export function placeOfPart(part: TemplatePart, idHeaders: readonly string[]): ProofPlace {
  switch (part.kind) {
    case "header":
    case "query":
      return placeOf(part.kind, part.name);
    case "json":
      return placeOf("body", part.name);
    default:
      return part.kind === "id" ? placeOf("header", idHeaders) : "body";
  }
}
