import { FAILSAFE_SCHEMA, load, nullCoreTag, YAMLException } from "js-yaml";
import { InboundError } from "#lib/contract/errors.ts";
import { maxDepth } from "#lib/formats/json-record.ts";

// The part of the format that holds the parser: imported with `import()`.

/** Lists, objects, texts and null only. Another tag is refused. */
const schema = FAILSAFE_SCHEMA.withTags(nullCoreTag);

/** @throws InboundError `malformed` `yaml-invalid`, `yaml-has-alias`, with the line. */
export function parseYaml(text: string): unknown {
  try {
    return load(text, { schema, maxAliases: 0, maxDepth });
  } catch (error) {
    // Not kept as a cause: its message quotes the text.
    const { reason, mark } = error instanceof YAMLException ? error : { reason: "", mark: undefined };
    const path = mark && { path: `line ${mark.line + 1}` };
    throw reason.startsWith("aliases exceeded")
      ? new InboundError("malformed", "yaml-has-alias", {
          ...path,
          hint: "write the value out instead of *name",
        })
      : new InboundError("malformed", "yaml-invalid", {
          ...path,
          hint: "correct the YAML there, or export it as CSV, and upload that",
        });
  }
}
