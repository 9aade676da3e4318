import { serve, type LocalServer } from "#infra/local/server.ts";

type Invoked = { readonly payload: unknown } | { readonly error: { readonly errorMessage?: string } };

/** Lambda's API with the one function that moto could not run. A function that throws is answered as Lambda answers it. */
export async function serveFunction(
  functionName: string,
  invoke: (event: unknown) => Promise<Invoked>,
): Promise<LocalServer> {
  return serve(
    0,
    () => 1024 * 1024,
    async ({ url, body }) => {
      if (url.pathname !== `/2015-03-31/functions/${functionName}/invocations`) return { status: 404 };
      const invoked = await invoke(JSON.parse(body.toString()));
      if ("payload" in invoked) return { status: 200, body: invoked.payload };
      return {
        status: 200,
        headers: { "x-amz-function-error": "Unhandled" },
        body: { errorType: "InboundError", ...invoked.error, trace: [] },
      };
    },
  );
}

/** A stack of this machine carries out the operations; its address is read at each call. */
export const serveOperations = (functionName: string, stackUrl: () => string): Promise<LocalServer> =>
  serveFunction(functionName, async (event) => {
    const answer = await fetch(`${stackUrl()}/operations`, { method: "POST", body: JSON.stringify(event) });
    const said = (await answer.json()) as { error?: string };
    return answer.ok ? { payload: said } : { error: { errorMessage: said.error ?? "" } };
  });
