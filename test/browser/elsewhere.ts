import { createConsole, type Backend } from "#infra/console/console.ts";
import { serve } from "#infra/local/server.ts";

/** The page of a place that answers as `operate` does, on a free port. */
export async function openElsewhere({
  operate,
  allowsChanges = false,
  everyMilliseconds = 50,
}: Pick<Backend, "operate"> & { readonly allowsChanges?: boolean; readonly everyMilliseconds?: number }) {
  const page = createConsole({
    place: {
      kind: "elsewhere",
      name: "stage prod",
      options: "--stage prod",
      allowsChanges,
      isInvented: false,
      sources: [{ name: "okta", title: "Okta", cases: [], story: [], hasList: true }],
    },
    operate,
    news: { everyMilliseconds, overlapMilliseconds: 0 },
  });
  const server = await serve(
    0,
    () => 64 * 1024,
    async (request) => (await page.answer(request)) ?? { status: 404, body: { error: "no such path" } },
  );
  return {
    address: page.address(`http://localhost:${server.port}`),
    async close() {
      page.close();
      await server.close();
    },
  };
}
