import * as z from "zod/mini";
import { FaultScript, type Faults } from "./faults.ts";
import type { People } from "./people.ts";
import type { RecordedRequest } from "./recorder.ts";

// How the sandbox is made to fail, and shown what it has: over HTTP, without any proof. docs/laptop.md shows the requests.

/** The paths of the control, on the port of the sandbox. */
export const controlPrefix = "/__sandbox/";

interface Controlled {
  readonly faults: Faults;
  readonly people: People;
  readonly requests: readonly RecordedRequest[];
  /** The names of Authing's operations, e.g. `create-users-batch`. */
  readonly operations: readonly string[];
  users(): readonly unknown[];
}

/** The body of `POST look-up-lag`: for how long look-ups do not show a person who was just created. */
const LookUpLag = z.strictObject({ milliseconds: z.int().check(z.minimum(0), z.maximum(600_000)) });

/** The answer to a request such as `POST faults`; `body`: the parsed body. */
export function control(
  asked: string,
  body: unknown,
  { faults, people, requests, operations, users }: Controlled,
): { readonly status: number; readonly value: unknown } {
  switch (asked) {
    case "POST faults": {
      const script = z.safeParse(FaultScript, body);
      if (!script.success) return refused("malformed-script", { path: script.error.issues[0]?.path });
      // A fault of an operation that does not exist would never happen.
      const known = ["any", ...operations];
      if (script.data.some(({ on }) => !known.includes(on))) return refused("unknown-operation", { known });
      faults.add(script.data);
      return { status: 200, value: { pending: faults.pending } };
    }
    case "DELETE faults":
      faults.clear();
      return { status: 200, value: { pending: faults.pending } };
    case "POST look-up-lag": {
      const lag = z.safeParse(LookUpLag, body);
      if (!lag.success) return refused("malformed-lag", { path: lag.error.issues[0]?.path });
      people.setLookUpLag(lag.data.milliseconds);
      return { status: 200, value: lag.data };
    }
    case "GET requests":
      return { status: 200, value: requests };
    case "GET people":
      return { status: 200, value: users() };
    default:
      return { status: 404, value: { reason: "unknown-path" } };
  }
}

const refused = (reason: string, more: object) => ({ status: 400, value: { reason, ...more } });
