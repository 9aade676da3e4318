import middy, { type MiddlewareObj } from "@middy/core";
import type { Context } from "aws-lambda";

/** What the middlewares of this folder put beside Lambda's own context. Each says which other ones have to come before it. */
export interface Invocation<Ports> extends Context {
  /** `openPorts` */
  ports: Ports;
  /** When the work has to stop, in milliseconds since 1970: `stopBefore` */
  deadline: number;
}

/** A middleware for functions with these ports, at least. */
// oxlint-disable-next-line typescript/no-explicit-any -- middleware is written for any event and any answer
export type Middleware<Ports> = MiddlewareObj<any, any, Error, Invocation<Ports>>;

/**
 * One Lambda handler: middlewares, in the order in which they see an event, around the work of the function.
 *
 * It sets no timer: all work here is bounded by `deadline`, or by limits of its own.
 *
 * @param work Answers `Done`; a middleware may make Lambda's `Answer` of it.
 */
export function lambdaHandler<Event, Ports, Done, Answer = Done>(
  middlewares: Middleware<Ports>[],
  work: (event: Event, invocation: Invocation<Ports>) => Promise<Done>,
): (event: Event, context: Context) => Promise<Answer> {
  const handler = middy<Event, Done, Error, Invocation<Ports>>({ timeoutEarlyInMillis: 0 })
    .use(middlewares)
    .handler(work);
  return handler as unknown as (event: Event, context: Context) => Promise<Answer>;
}
