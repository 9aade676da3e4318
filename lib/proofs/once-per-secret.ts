import { digestOf } from "#lib/constant-time.ts";

/** Makes something of a secret once, and gives the same for the same secret after that. A secret that is no object is not remembered. */
export function oncePerSecret<Secret, Made>(make: (secret: Secret) => Made): (secret: Secret) => Made {
  const known = new WeakMap<object, { readonly made: Made }>();
  return (secret) => {
    if (typeof secret !== "object" || secret === null) return make(secret);
    const entry = known.get(secret) ?? { made: make(secret) };
    known.set(secret, entry);
    return entry.made;
  };
}

/** The digests of what a secret holds, for `countSame`; made once for each secret. */
export function digestsOnce<Secret>(
  valuesOf: (secret: Secret) => readonly string[],
): (secret: Secret) => readonly Uint8Array[] {
  return oncePerSecret((secret: Secret) => valuesOf(secret).map(digestOf));
}
