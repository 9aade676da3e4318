import type { ImmediateProof } from "#lib/contract/proof.ts";
import { refused } from "./refused.ts";

/**
 * The proof of a source that AWS itself invokes: IAM has checked who invokes the function before any of our code runs. No delivery over HTTP
 * is such a source's, so `verify` refuses each; `sign` makes the request that stands for an invocation on a laptop.
 */
export const awsInvocation: ImmediateProof<object> = {
  name: "aws-invocation",
  coversBody: true,
  refusesStale: false,
  verify: () => refused("proof-missing", { place: "header authorization" }),
  sign: (body) => ({ headers: {}, body }),
};
