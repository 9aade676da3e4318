import type { RequestHead } from "./server.ts";

/**
 * Whether a request to a server of this machine comes from a command or from a page of this server itself. The server listens on the
 * loopback interface; this also refuses what a page of another site has a browser send, under a name of its own that leads to this machine
 * too (https://developer.mozilla.org/docs/Web/HTTP/Headers/Sec-Fetch-Site).
 */
export function isOfThisMachine({ headers }: Pick<RequestHead, "headers">): boolean {
  const { host = "", origin, "sec-fetch-site": site = "none" } = headers;
  const isHere = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host);
  const isOwn = origin === undefined || origin === `http://${host}`;
  return isHere && isOwn && (site === "none" || site === "same-origin");
}

/** Whether a browser goes to a page by a link, wherever the link stands: what it shows then is for this browser's user alone. */
export const isVisit = ({ method, headers }: Pick<RequestHead, "method" | "headers">): boolean =>
  method === "GET" && headers["sec-fetch-mode"] === "navigate" && headers["sec-fetch-dest"] === "document";
