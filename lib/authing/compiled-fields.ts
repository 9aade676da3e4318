import * as z from "zod/mini";

/**
 * Gives the fields of a schema by their names, each compiled when it is first asked for. People are sent and read fifty at a time, and each
 * has only few of the fields that are possible: checking those alone is faster than a schema of all of them, compiled or not, and is fast
 * sooner after a cold start.
 */
export function compiledFields(schema: {
  readonly shape: Readonly<Record<string, z.ZodMiniType>>;
}): (name: string) => z.ZodMiniType | undefined {
  const ready = new Map<string, z.ZodMiniType>();
  const compiled = new Map<z.ZodMiniType, z.ZodMiniType>();
  const compile = (name: string) => {
    const field = Object.hasOwn(schema.shape, name) ? schema.shape[name] : undefined;
    if (field === undefined) return undefined;
    // Fields with one schema stay fields with one schema.
    const own = compiled.get(field) ?? z.compile(field);
    compiled.set(field, own);
    ready.set(name, own);
    return own;
  };
  return (name) => ready.get(name) ?? compile(name);
}
