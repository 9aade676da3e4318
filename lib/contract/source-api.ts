// How a source asks its sender's own API. lib/source-apis has the implementation.

/** The hosts of a source's API by name. `api` is the one that is asked unless a request names another. */
export interface ApiHosts {
  readonly api: string;
  readonly [name: string]: string;
}

/** A request to a source's own API. */
export interface ApiRequest {
  /** Default `GET`. */
  readonly method?: "GET" | "POST" | "PATCH";
  /** Which of `hosts` is asked. Default `api`. */
  readonly host?: string;
  /** From the root of the host, e.g. `/api/v1/users/00u1`. The source percent-encodes ids in it. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body, as JSON. At most one of `json` and `form` is given. */
  readonly json?: unknown;
  /** The body, as `application/x-www-form-urlencoded`. */
  readonly form?: Readonly<Record<string, string>>;
  /** How long the source may take to answer, in seconds: default 10, at most 300. A report that is made for the request takes longer. */
  readonly timeoutSeconds?: number;
}

export interface ApiAnswer {
  readonly status: number;
  /** Names in lower case; of a header that comes several times the values, joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** `undefined` for a body that is not JSON. */
  readonly json: unknown;
}

/** A source's own API, for events that say who and not what. It reaches the hosts of the definition and no other. */
export interface SourceApi<Secret> {
  readonly secret: Secret;
  /** Milliseconds since 1970. */
  now(): number;
  /**
   * Any answer below 500, throttling apart: that is waited out, as the headers ask, while there is time. Throws
   * `unavailable` when there is no answer or the time is up, so that the event is retried.
   */
  request(request: ApiRequest): Promise<ApiAnswer>;
  /** A token, obtained once and kept until shortly before it ends. */
  token(obtain: () => Promise<{ token: string; expiresInSeconds: number }>): Promise<string>;
  /** Lets go of a token that the source refuses. */
  forgetToken(): void;
}
