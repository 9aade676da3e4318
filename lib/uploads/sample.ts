import type { UserDto } from "#lib/authing/dto.ts";
import type { DeliveryContext } from "#lib/delivery/context.ts";
import { isImagined } from "#lib/delivery/imagined-accounts.ts";
import { findUsers, updatable } from "#lib/delivery/people.ts";
import type { DeliveredEntry, DeliveredRow } from "./deliver-rows.ts";
import type { StoredRow } from "./stored-rows.ts";

/** Fields of an account, of those that its row has. Never a password or a secret. */
type SampleFields = Readonly<Record<string, unknown>>;

/** One of the first rows of a preview: the account at Authing now, and as it would be. Stored at `results/<import>/sample.json`. */
export interface SampleRow {
  readonly row: string;
  readonly kind: "person" | "secret";
  readonly outcome: string;
  readonly reason?: string;
  /** Absent: no account of the person is there. */
  readonly before?: SampleFields;
  /** Absent where nothing would be done. */
  readonly after?: SampleFields;
}

/** How many rows at the beginning of a file are shown. */
export const sampledRows = 20;

/** Left out: secret, or as large as a file of its own. */
const hidden: ReadonlySet<string> = new Set([
  "password",
  "salt",
  "otp",
  "metadata",
  "metadataSource",
  "identities",
]);

/** What rows would do to the accounts at Authing, which are looked up in one call. */
export async function sampleOf(
  rows: readonly DeliveredRow[],
  context: DeliveryContext,
): Promise<readonly SampleRow[]> {
  const entries = rows.flatMap(({ row, entries: own }) => own.map((entry) => ({ row, entry })));
  const ids = entries.flatMap(({ entry: { outcome } }) => outcome.userId ?? []);
  const users = await findUsers(
    context,
    "userId",
    [...new Set(ids)].filter((id) => !isImagined(id)),
  );
  const userOf = new Map(users.map((user) => [user.userId, user as UserDto]));
  return entries.map(({ row, entry }) => sampleRow(row, entry, userOf.get(entry.outcome.userId ?? "")));
}

function sampleRow(
  { place }: StoredRow,
  { kind, change, problems, outcome }: DeliveredEntry,
  user: UserDto | undefined,
): SampleRow {
  const reason = problems[0]?.code ?? outcome.reason;
  const told = { row: place, kind, outcome: outcome.kind, ...(reason !== undefined && { reason }) };
  if (kind === "secret" || change?.kind !== "create") return told;
  const wanted = shown(change.person);
  const now = user && picked(shown(user), Object.keys({ ...wanted, status: undefined }));
  const isNew = outcome.kind === "accepted" && outcome.reason !== "updated";
  const after = isNew
    ? { ...wanted, status: change.person.status ?? "Activated" }
    : outcome.kind === "accepted"
      ? { ...now, ...shown(updatable(change.person)) }
      : outcome.kind === "already-done"
        ? now
        : undefined;
  return { ...told, ...(now && { before: now }), ...(after && { after }) };
}

const shown = (fields: object): SampleFields =>
  Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => value !== undefined && !hidden.has(name)),
  );

const picked = (fields: SampleFields, names: readonly string[]): SampleFields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));
