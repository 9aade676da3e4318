import type { ExplainedEvent } from "#lib/operations/explain.ts";
import type { RecentEvent } from "#lib/contract/recent.ts";
import type { DeliveryFacts } from "#infra/local/deliveries.ts";

// What the page and its server say to each other, beside the operations of lib/operations.

/** A source as the page offers it. */
export interface SourceOnPage {
  readonly name: string;
  readonly title: string;
  /** What can be signed and sent: names of its cases, the sample first. Empty on a stage. */
  readonly cases: readonly string[];
  /** Of these, the story in its order. */
  readonly story: readonly string[];
  /** Whether its roster can be read. */
  readonly hasList: boolean;
}

/** What the page is about, and what it may do there. */
export interface Place {
  /** `laptop`: `npm start` serves the page itself. `elsewhere`: a stage, or a machine that `npm run serve` runs. */
  readonly kind: "laptop" | "elsewhere";
  /** The stage, or the address of the machine. */
  readonly name: string;
  /** How commands name the place, e.g. `--stage prod`; empty for this laptop. */
  readonly options: string;
  /** Whether the page may change anything: on a laptop always, elsewhere with `--allow-changes`. */
  readonly allowsChanges: boolean;
  /** Whether everybody is invented: then the page shows names, addresses and what deliveries say. */
  readonly isInvented: boolean;
  readonly sources: readonly SourceOnPage[];
}

/** What is new since the last message of the live stream. */
export interface LiveMessage {
  readonly events: readonly RecentEvent[];
  /** On a laptop. */
  readonly deliveries: readonly DeliveryFacts[];
  /** The place has not told all events: of those before this moment (ISO 8601, UTC) some are missing. */
  readonly missingBefore?: string;
}

/** A delivery to a laptop. */
export interface DeliveryOnPage extends DeliveryFacts {
  readonly request?: {
    readonly method: string;
    /** Path and query. */
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    /** As text; where it is no UTF-8, in base64. */
    readonly body: string;
    readonly isBase64: boolean;
  };
  readonly answer?: { readonly headers: Readonly<Record<string, string>>; readonly body: string };
  readonly proof: { readonly name: string; readonly coversBody: boolean; readonly refusesStale: boolean };
  /** What it said once its proof held, before the sender signed or encrypted it: what can be edited, signed again and sent. */
  readonly said?: SaidOnPage;
}

/** A delivery before it is signed. */
export interface SaidOnPage {
  readonly method: string;
  readonly contentType: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A request to the sandbox about one person. */
export interface RequestOnPage {
  readonly number: number;
  readonly at: string;
  readonly operation: string;
  /** How many people it was about. */
  readonly people: number;
  /** What it says of this person, or all of it where that is not known. Secrets are blanked. */
  readonly body?: unknown;
  readonly fault?: string;
  readonly milliseconds?: number;
  readonly httpStatus?: number;
  readonly statusCode?: number;
  readonly apiCode?: number;
  readonly requestId?: string;
  /** Whether it is the call that decided the event. */
  readonly decides: boolean;
}

/** An event from the delivery that brought it to Authing's answer. */
export interface EventOnPage {
  readonly event: ExplainedEvent | undefined;
  readonly delivery?: DeliveryOnPage;
  readonly requests: readonly RequestOnPage[];
}

/** What can be sent from the page: a case, or what was edited. */
export type SendRequest =
  | { readonly source: string; readonly case: string }
  | { readonly source: string; readonly said: SaidOnPage };

export interface Sent {
  /** HTTP status of the receiver's answer. */
  readonly status: number;
  /** The id of the delivery. */
  readonly delivery?: string;
}

/** An account at the sandbox. */
export interface PersonOnPage {
  readonly userId: string;
  readonly externalId?: string;
  readonly name?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly username?: string;
  readonly status?: string;
  readonly hasTotp: boolean;
}
