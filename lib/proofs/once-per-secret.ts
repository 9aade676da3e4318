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
