import type { Context } from "aws-lambda";

/** What the middlewares of this folder put beside Lambda's own context. Each says which other ones have to come before it. */
export interface Invocation<Ports> extends Context {
  /** `openPorts` */
  ports: Ports;
  /** When the work has to stop, in milliseconds since 1970: `stopBefore` */
  deadline: number;
}

/** One event on its way through the middlewares. */
interface Handled<Ports> {
  readonly context: Invocation<Ports>;
  /** What the work answered; a middleware may put another answer in its place. */
  response: unknown;
  /** Why the work or a middleware failed. */
  error?: unknown;
}

/** A middleware for functions with these ports, at least. Each part is called with every event, and nothing is awaited. */
export interface Middleware<Ports> {
  /** In the order of the middlewares. */
  before?(handled: Handled<Ports>): void;
  /** In the reverse order, once the work is done. */
  after?(handled: Handled<Ports>): void;
  /** After a failure. The handler fails as well, unless this puts a response. */
  onError?(handled: Handled<Ports>): void;
}

/**
 * One Lambda handler: middlewares, in the order in which they see an event, around the work of the function.
 *
 * It sets no timer: all work here is bounded by `deadline`, or by limits of its own.
 *
 * @param work Answers `Done`; a middleware may make Lambda's `Answer` of it.
 */
export function lambdaHandler<Event, Ports, Done, Answer = Done>(
  middlewares: readonly Middleware<Ports>[],
  work: (event: Event, invocation: Invocation<Ports>) => Promise<Done>,
): (event: Event, context: Context) => Promise<Answer> {
  const fromLast = middlewares.toReversed();
  return async (event, context) => {
    const handled: Handled<Ports> = { context: context as Invocation<Ports>, response: undefined };
    try {
      for (const middleware of middlewares) middleware.before?.(handled);
      handled.response = await work(event, handled.context);
      for (const middleware of fromLast) middleware.after?.(handled);
    } catch (error) {
      handled.error = error;
      handled.response = undefined;
      for (const middleware of fromLast) middleware.onError?.(handled);
      if (handled.response === undefined) throw error;
    }
    return handled.response as Answer;
  };
}
