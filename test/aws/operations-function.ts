import { serve, type LocalServer } from "#infra/local/server.ts";

/**
 * Lambda's API with the one function that moto could not run. A stack of this machine carries out the operations; its address is
 * read at each call. A failed operation is answered as Lambda answers for a function that throws.
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
