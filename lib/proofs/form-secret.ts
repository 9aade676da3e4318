import { InboundError } from "#lib/contract/errors.ts";
import type { ImmediateProof } from "#lib/contract/proof.ts";
import { countSame, digestOf } from "#lib/constant-time.ts";
import { oncePerSecret } from "./once-per-secret.ts";
import { placeOf, refused, secretEmpty } from "./refused.ts";

// For senders that sign nothing and post a form to which the operator adds a field: its name and its value are the secret. As weak as a
// secret in a header: it says who speaks and nothing about the other fields.

export interface FormSecretSettings<Secret> {
  /** What the explanation of an event calls it. Default `form-secret`. */
  readonly name?: string;
  /** The field of the form, in its exact case. */
  field(secret: Secret): string;
  value(secret: Secret): string;
}

/** Names that a form may write as they are, and that no sender takes for a nested value. */
const fieldName = /^[\w.-]{1,64}$/;
/** A shorter value can be guessed. */
const minLength = 16;
const maxLength = 256;

/** The name of the field is a part of the secret, too, so that a refusal does not say it. */
const place = placeOf("body", "field that the secret names");

/**
 * A proof by a field of a posted form, compared in constant time. What it hands back is the form without that field, the rest byte for
 * byte: the secret is neither read as data nor kept. A field that comes twice is refused. A secret whose name no form has, or whose value
 * has less than 16 characters, verifies nothing (`secret-empty`).
 */
export function formSecret<Secret>(settings: FormSecretSettings<Secret>): ImmediateProof<Secret> {
  const { name = "form-secret" } = settings;
  const expectedOf = oncePerSecret((secret: Secret) => {
    const [field, value] = [settings.field(secret), settings.value(secret)];
    const isUsable = fieldName.test(field) && value.length >= minLength && value.length <= maxLength;
    return isUsable ? { field, value, digest: digestOf(value) } : undefined;
  });
  return {
    name,
    coversBody: false,
    refusesStale: false,
    verify({ body }, secret) {
      const expected = expectedOf(secret);
      if (!expected) return secretEmpty;
      const { shown, others } = fieldsOf(body, expected.field);
      const [value = "", ...more] = shown;
      if (more.length > 0) return refused("proof-malformed", { place, form: "once" });
      // Whatever is given, even nothing, is compared.
      const matches = countSame([expected.digest], value);
      if (value === "") return refused("proof-missing", { place });
      return matches > 0 ? { ok: true, payload: others } : refused("proof-mismatch", { place });
    },
    sign(body, secret) {
      const expected = expectedOf(secret);
      if (!expected) throw new InboundError("misconfigured", "secret-empty");
      const shown = new URLSearchParams({ [expected.field]: expected.value }).toString();
      const pieces = body.length === 0 ? [] : [body, Buffer.from("&")];
      return { headers: {}, body: Buffer.concat([...pieces, Buffer.from(shown)]) };
    },
  };
}

/** The values of one field of a form, and the form without them. Each byte is one character here, so that none is changed. */
function fieldsOf(body: Uint8Array, field: string): { shown: string[]; others: Uint8Array } {
  const shown: string[] = [];
  const others: string[] = [];
  // The sign in front of a pair keeps a question mark, which URLSearchParams would take away.
  for (const pair of Buffer.from(body.buffer, body.byteOffset, body.byteLength)
    .toString("latin1")
    .split("&")) {
    const [[key, value] = []] = new URLSearchParams(`&${pair}`);
    if (key === field && value !== undefined) shown.push(value);
    else others.push(pair);
  }
  return { shown, others: Buffer.from(others.join("&"), "latin1") };
}
