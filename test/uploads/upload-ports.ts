import type { RunPorts } from "#lib/uploads/run.ts";
import type { PlanPorts } from "#lib/uploads/plan.ts";
import { layoutSettings, readSettings } from "../contract/files.ts";

/** How files are read and what their rows mean, in tests. */
export const uploadPorts: Pick<RunPorts, "rows" | "existing"> &
  Pick<PlanPorts, "reading" | "requestsPerSecond"> = {
  reading: readSettings,
  rows: { ...layoutSettings, translation: { region: "CN", departments: {}, customData: {} } },
  existing: "keep",
  requestsPerSecond: 100,
};
