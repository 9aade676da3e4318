import * as z from "zod/mini";
import type { Operation } from "./answer.ts";
import type { Failure } from "./failures.ts";
import { writeBody } from "./signature.ts";

// The operations of the Management API, as the client calls them.

/** The result of an operation that answers without data. */
export const nothing = z.pipe(
  z.unknown(),
  z.transform(() => undefined),
);

export function post<Data>(name: string, data: object, result: z.ZodMiniType<Data>): Operation<Data> {
  return { method: "POST", path: `/api/v3/${name}`, data, result, reads: false, needsUser: true, records: 1 };
}

export function get<Data>(name: string, data: object, result: z.ZodMiniType<Data>): Operation<Data> {
  return { method: "GET", path: `/api/v3/${name}`, data, result, reads: true, needsUser: true, records: 1 };
}

/** Ready to be sent: its body is written once, however often it is signed. */
export function written<Data>(operation: Operation<Data>): Operation<Data> {
  return operation.method === "GET" ? operation : { ...operation, ...writeBody(operation.data) };
}

/** The input may not be a list at all: the rules check it later. */
export function countOf(list: readonly unknown[]): number {
  return Array.isArray(list) ? list.length : 1;
}

/** Authing refuses our credentials: it has applied nothing. */
export function isRefusal({ httpStatus, statusCode = httpStatus, apiCode }: Failure): boolean {
  return statusCode === 401 || apiCode === 1300;
}
