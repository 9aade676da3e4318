import * as z from "zod/mini";
import { explain, ExplainRequest, type Explanation, type ExplainPorts } from "#lib/operations/explain.ts";
import { listParked, showParked, type ParkedList, type ShownMessage } from "#lib/operations/list.ts";
import { operate, type ChangedMessages } from "#lib/operations/operate.ts";
import { pauseOrResume, type PauseResult } from "#lib/operations/pause.ts";
import { ChangeRequest, ListRequest, PauseRequest, ShowRequest } from "#lib/operations/requests.ts";
import { recent, RecentRequest, type RecentPorts, type RecentReport } from "#lib/operations/recent.ts";
import { refused, RefusedRequest, type RefusedPorts, type RefusedReport } from "#lib/operations/refused.ts";
import {
  sourceStates,
  SourcesRequest,
  type SourcesPorts,
  type SourcesReport,
} from "#lib/operations/sources.ts";
import type { ApplyPorts } from "#lib/pipeline/applying.ts";
import { InboundError } from "#lib/contract/errors.ts";
import {
  ApplyImportRequest,
  beginApply,
  followImport,
  FollowImportRequest,
  type BegunImport,
  type FollowedImport,
  type ImportOperationPorts,
} from "#lib/uploads/operations.ts";
import { UndoImportRequest, undoImport, type UndonePage } from "#lib/uploads/undo/undo.ts";
import {
  applyRoster,
  ApplyRosterRequest,
  beginRoster,
  followRoster,
  FollowRosterRequest,
  StartRosterRequest,
  type BegunRoster,
  type RosterOperationPorts,
} from "#lib/rosters/operations.ts";
import { bothDepartments, DepartmentsRequest, type BothDepartments } from "#lib/rosters/departments.ts";
import { lastRosters, LastRostersRequest, type LastRosters } from "#lib/rosters/last-rosters.ts";
import { sync, SyncRequest, type Synced } from "#lib/rosters/sync.ts";
import type { RosterReport } from "#lib/rosters/report.ts";
import { lambdaHandler } from "./lambda-handler.ts";
import { logContext } from "./middleware/log-context.ts";
import { openPorts } from "./middleware/open-ports.ts";
import { stopBefore } from "./middleware/stop-before.ts";

/** Time kept back at the end of an invocation to record the last outcome, in milliseconds. */
const reserveMilliseconds = 3_000;

export type OperationPorts = ApplyPorts &
  ExplainPorts &
  RefusedPorts &
  RecentPorts &
  SourcesPorts &
  RosterOperationPorts & { readonly imports: ImportOperationPorts };

const Request = z.union([
  ListRequest,
  ShowRequest,
  ChangeRequest,
  PauseRequest,
  ExplainRequest,
  RefusedRequest,
  RecentRequest,
  SourcesRequest,
  ApplyImportRequest,
  FollowImportRequest,
  UndoImportRequest,
  StartRosterRequest,
  ApplyRosterRequest,
  FollowRosterRequest,
  LastRostersRequest,
  DepartmentsRequest,
  SyncRequest,
]);
/** What an operator may ask for. */
export type OperationRequest = z.input<typeof Request>;
type Answer =
  | ParkedList
  | readonly ShownMessage[]
  | ChangedMessages
  | PauseResult
  | Explanation
  | RefusedReport
  | RecentReport
  | SourcesReport
  | BegunImport
  | FollowedImport
  | UndonePage
  | BegunRoster
  | RosterReport
  | LastRosters
  | BothDepartments
  | Synced;

/**
 * The Lambda handler of operations, invoked by operators who have the right: what lib/operations takes, e.g.
 * `{"operation": "list", "kinds": ["dead"]}`, `{"operation": "redrive", "mode": "preview", "source": "okta"}`,
 * `{"operation": "release", "mode": "apply", "id": "…", "as": "same"}`, `{"operation": "pause", "source": "okta"}`,
 * `{"operation": "explain", "asked": "10010"}`, `{"operation": "refused", "source": "okta"}`, `{"operation": "recent", "limit": 50}`, `{"operation": "sources"}`, and what lib/uploads/operations.ts and
 * lib/rosters/operations.ts take. Throws
 * `malformed` for any other.
 */
export function operations(open: () => OperationPorts) {
  return lambdaHandler<unknown, OperationPorts, Answer>(
    [openPorts(open), logContext(), stopBefore({ reserveMilliseconds })],
    async (event, { ports, awsRequestId: owner, deadline }) => {
      const request = requestOf(event);
      switch (request.operation) {
        case "list":
          return listParked(request, ports);
        case "show":
          return showParked(request, ports);
        case "pause":
        case "resume":
          return pauseOrResume(request, ports);
        case "explain":
          return explain(request, ports);
        case "refused":
          return refused(request, ports, { deadline });
        case "recent":
          return recent(request, ports, { deadline });
        case "sources":
          return sourceStates(ports, (await lastRosters(ports)).rosters);
        case "apply-import":
          return beginApply(request, ports.imports);
        case "follow-import":
          return followImport(request, ports.imports);
        case "undo-import":
          return undoImport(request, { ...ports, ...ports.imports }, { owner, deadline });
        case "start-roster":
          return beginRoster(request, ports);
        case "apply-roster":
          return applyRoster(request, ports);
        case "follow-roster":
          return followRoster(request, ports);
        case "last-rosters":
          return lastRosters(ports);
        case "departments":
          return bothDepartments(request, ports, { deadline });
        case "sync":
          return sync(request, ports, { owner, deadline });
        default:
          return operate(request, ports, { owner, deadline });
      }
    },
  );
}

function requestOf(event: unknown): z.output<typeof Request> {
  const request = z.safeParse(Request, event);
  if (request.success) return request.data;
  throw new InboundError("malformed", "operation-unknown", {
    hint:
      "list or show; redrive, release or discard (each with mode: preview or apply, and with id, person, reason or source); " +
      "pause or resume (source); explain (asked); refused (source, since); recent (source, since, limit); sources; apply-import (preview); follow-import (import); undo-import (import, mode, deletes, most); start-roster (source, plan, verify, adopt), apply-roster and follow-roster (source, run); last-rosters; departments (source); sync (source, subject, mode)",
  });
}
