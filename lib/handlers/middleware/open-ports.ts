import type { Middleware } from "#lib/handlers/lambda-handler.ts";

/** Opens the function's ports at its first event, so that loading the function costs nothing but itself, and keeps them. */
export function openPorts<Ports>(open: () => Ports): Middleware<Ports> {
  let opened: Ports | undefined;
  return {
    before({ context }) {
      context.ports = opened ??= open();
    },
  };
}
