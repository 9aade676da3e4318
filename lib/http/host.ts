/**
 * The address of a host that is called with a secret: https, or http for this very machine (`localhost`, `127.0.0.0/8`,
 * `[::1]`), without user name, password, query and fragment. `undefined` for anything else. A path is kept: a caller that
 * takes none compares `pathname` with `/`.
 */
export function readHost(address: string): URL | undefined {
  const url = URL.parse(address);
  if (url === null || url.href !== `${url.origin}${url.pathname}`) return undefined;
  const isLoopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback) ? url : undefined;
}
