import { serve, type LocalServer } from "#infra/local/server.ts";

/**
 * Lambda's API with one function, which moto could not run: a stack of this machine, as its address is at the time of the call,
 * carries out the operations. An operation that fails is answered as Lambda answers for a function that throws.
 */
export async function serveOperations(functionName: string, stackUrl: () => string): Promise<LocalServer> {
  return serve(
    0,
    () => 1024 * 1024,
    async ({ url, body }) => {
      if (url.pathname !== `/2015-03-31/functions/${functionName}/invocations`) return { status: 404 };
      const answer = await fetch(`${stackUrl()}/operations`, {
        method: "POST",
        body: body as Uint8Array<ArrayBuffer>,
      });
      const said = (await answer.json()) as { error?: string };
      if (answer.ok) return { status: 200, body: said };
      return {
        status: 200,
        headers: { "x-amz-function-error": "Unhandled" },
        body: { errorType: "InboundError", errorMessage: said.error, trace: [] },
      };
    },
  );
}
