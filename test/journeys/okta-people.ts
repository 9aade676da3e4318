import { onTestFinished } from "vitest";
import { serve } from "#infra/local/server.ts";

export interface OktaUser {
  readonly id: string;
  readonly status: string;
  readonly created: string;
  readonly profile: Record<string, string | null>;
}

/** Okta's API with its people. */
export interface OktaPeople {
  readonly people: Map<string, OktaUser>;
  /** The list ends after so many pages, without a word about it. */
  pages: number;
  readonly url: string;
}

const pageSize = 200;

export const oktaUser = (number: number): OktaUser => ({
  id: `00u${String(number).padStart(17, "0")}`,
  status: "ACTIVE",
  created: "2025-03-01T08:00:00.000Z",
  profile: {
    firstName: "三",
    lastName: "张",
    email: `p${number}@example.com`,
    login: `p${number}@example.com`,
    mobilePhone: null,
    city: "杭州",
  },
});

/** Starts Okta's API with so many people, 200 a page, for the length of one test. */
export async function openOkta(count: number): Promise<OktaPeople> {
  const people = new Map(Array.from({ length: count }, (_, index) => [oktaUser(index).id, oktaUser(index)]));
  const okta = { people, pages: Infinity, url: "" };
  const server = await serve(
    0,
    () => 1_000,
    async ({ url }) => {
      const [, , , , id] = url.pathname.split("/");
      if (id !== undefined) {
        const user = people.get(decodeURIComponent(id));
        return user
          ? { status: 200, body: user }
          : { status: 404, body: { errorCode: "E0000007", errorSummary: "Not found" } };
      }
      const all = [...people.values()];
      const from = Number(url.searchParams.get("after") ?? 0);
      const next = from + pageSize;
      const isLast = next >= all.length || next / pageSize >= okta.pages;
      const link = isLast ? "" : `, <${okta.url}/api/v1/users?after=${next}&limit=200>; rel="next"`;
      return {
        status: 200,
        headers: { link: `<${okta.url}${url.pathname}>; rel="self"${link}` },
        body: all.slice(from, next),
      };
    },
  );
  okta.url = `http://127.0.0.1:${server.port}`;
  onTestFinished(() => server.close());
  return okta;
}
