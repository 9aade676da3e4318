import { InboundError } from "#lib/contract/errors.ts";

/**
 * The address of a host whose name is in a source's secret, e.g. `https://acme.okta.com`.
 *
 * @param field where the secret has it, and `example` what it looks like, for the error.
 * @throws InboundError `misconfigured` `source-host-wrong` for anything but the name of a host: a scheme, a path, a port.
 */
export function hostNamed(name: string, { field, example }: { field: string; example: string }): string {
  if (/^(?=.{4,253}$)[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i.test(name)) return `https://${name}`;
  throw new InboundError("misconfigured", "source-host-wrong", {
    path: field,
    hint: `write ${field} into the secret as ${example}: no https://, no path`,
  });
}
