import { useEffect, useState } from "preact/hooks";

/** Where the page is: `#/<view>/<rest>?<query>`. It can stand in a ticket: it holds ids alone, and no token. */
export interface Route {
  readonly view: string;
  /** Segments behind the view, decoded. */
  readonly rest: readonly string[];
  readonly query: URLSearchParams;
}

function current(): Route {
  const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  const [view = "", ...rest] = path.split("/").map(decoded);
  return { view: view === "" ? "live" : view, rest, query: new URLSearchParams(query) };
}

/** The address of a view. Segments may hold anything. */
export function linkTo(
  view: string,
  rest: readonly string[] = [],
  query: Readonly<Record<string, string | undefined>> = {},
): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== "") as [
    string,
    string,
  ][];
  const search = given.length > 0 ? `?${new URLSearchParams(given)}` : "";
  return `#/${[view, ...rest].map(encodeURIComponent).join("/")}${search}`;
}

export const go = (link: string): void => void (location.hash = link);

/** Changes the address without a step in the browser's history, as while a filter is typed. */
export function replaceRoute(link: string): void {
  history.replaceState(undefined, "", link);
  dispatchEvent(new HashChangeEvent("hashchange"));
}

export function useRoute(): Route {
  const [route, setRoute] = useState(current);
  useEffect(() => {
    const changed = () => setRoute(current());
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return route;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
