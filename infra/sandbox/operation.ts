import * as z from "zod/mini";
import * as envelope from "./envelope.ts";
import type { Answer } from "./envelope.ts";
import * as requests from "./requests.ts";

/** One endpoint. */
export interface Operation {
  readonly method: "GET" | "POST";
  /** Needs no proof. */
  readonly open?: true;
  /** Answers its data without the envelope. */
  readonly bare?: true;
  /** `omitsOne`: the last record of the list is left out, and the answer does not say so. */
  run(data: Readonly<Record<string, unknown>>, how?: { readonly omitsOne: boolean }): Answer;
}

/** An endpoint that answers requests of this form, and refuses others as Authing does. */
export function operation<Schema extends z.ZodMiniType>(
  method: "GET" | "POST",
  schema: Schema,
  run: (request: z.output<Schema>) => Answer,
): Operation {
  return {
    method,
    run(data, { omitsOne } = { omitsOne: false }) {
      const parsed = z.safeParse(schema, method === "GET" ? requests.typedQuery(data) : data);
      if (!parsed.success) return { refusal: envelope.badParameter(requests.badField(parsed.error)) };
      return run(omitsOne ? withoutLast(parsed.data) : parsed.data);
    },
  };
}

/** A request whose `list` or `userIds` has lost its last item. */
function withoutLast<Request>(request: Request): Request {
  const fields = Object.entries(request as object).map(([name, value]: [string, unknown]) => [
    name,
    (name === "list" || name === "userIds") && Array.isArray(value) ? value.slice(0, -1) : value,
  ]);
  return Object.fromEntries(fields) as Request;
}
