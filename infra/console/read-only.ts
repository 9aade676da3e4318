import type { OperationRequest } from "#lib/handlers/operations.ts";

/** What an operation may do. */
type Effect = "reads" | "changes" | ((request: OperationRequest) => boolean);

const isApplied: Effect = (request) => !("mode" in request) || request.mode !== "preview";

/** Of each operation: a new one has to say here whether it changes anything. */
const effects: Readonly<Record<OperationRequest["operation"], Effect>> = {
  list: "reads",
  // The message itself holds personal data, which stays where it is.
  show: (request) => request.operation === "show" && request.payload === true,
  redrive: isApplied,
  release: isApplied,
  discard: isApplied,
  pause: "changes",
  resume: "changes",
  explain: "reads",
  recent: "reads",
  sources: "reads",
  refused: "reads",
  "apply-import": "changes",
  "follow-import": "reads",
  "undo-import": isApplied,
  // A plan writes nothing at Authing; it asks the source for all its people, and takes the place of the plan before it.
  "start-roster": "changes",
  "apply-roster": "changes",
  "follow-roster": "reads",
  "last-rosters": "reads",
  departments: "reads",
  sync: isApplied,
};

/** Whether an operation changes anything, or is none that is known to only read. */
export function changes(request: OperationRequest): boolean {
  const name: unknown = request?.operation;
  const isKnown = typeof name === "string" && Object.hasOwn(effects, name);
  const effect = isKnown ? effects[request.operation] : "changes";
  return typeof effect === "function" ? effect(request) : effect === "changes";
}
