import {
  imaginedAccounts,
  type ImaginedAccounts,
  type SavedAccounts,
} from "#lib/delivery/imagined-accounts.ts";
import type { Identified } from "#lib/authing/identifiers.ts";
import type { Ledger, PersonRecord } from "#lib/contract/ledger.ts";
import { rehearsalLedger } from "#lib/delivery/imagined-people.ts";
import type { ObjectStore } from "#lib/contract/objects.ts";
import type { ImportPlan } from "./import-plan.ts";
import { partsOf, previewOfPart } from "./parts.ts";
import { hashesOf, repeatedIdentifiers, type RepeatedIdentifiers } from "./repeated.ts";
import type { RowTranslator } from "./rows/row-translator.ts";

/**
 * What the parts of a preview hand on to each other, so that the rows of one person are foretold together however far apart they are: the accounts
 * that would have been made or changed so far and have an identifier that another row has too.
 */
export interface PreviewState {
  readonly repeated: RepeatedIdentifiers;
  readonly saved: SavedAccounts;
  /** What the ledger would know of people with such an identifier. */
  readonly people: readonly PersonRecord[];
  /** There were more accounts than are handed on. */
  readonly isPartial?: true;
}

/** A preview of rows that goes on where the part before ended. */
export interface RowPreview {
  readonly imagined: ImaginedAccounts;
  readonly ledger: Ledger;
  state(): PreviewState;
}

/** Accounts that are handed on: some 20 MB. */
const mostAccounts = 20_000;

/** @param before the part before, of this chunk or of the one before it; `undefined` at the beginning of the file. */
export async function openPreview(
  plan: ImportPlan,
  before: PreviewState | undefined,
  { objects, ledger: real }: { readonly objects: ObjectStore; readonly ledger: Ledger },
  translator: RowTranslator,
): Promise<RowPreview> {
  const repeated = before?.repeated ?? (await repeatedIdentifiers(plan, objects, translator));
  const hashes = new Set(repeated.hashes);
  const isRepeated = (person: Identified) => hashesOf(person).some((hash) => hashes.has(hash));
  const imagined = imaginedAccounts(before?.saved);
  const ledger = rehearsalLedger(real, before?.people);
  return {
    imagined,
    ledger,
    state() {
      const saved = imagined.save(isRepeated);
      const isPartial = before?.isPartial === true || saved.accounts.length > mostAccounts;
      return {
        repeated,
        saved: { ...saved, accounts: saved.accounts.slice(-mostAccounts) },
        people: ledger.save((externalId) => isRepeated({ externalId })).slice(-mostAccounts),
        ...(isPartial && { isPartial }),
      };
    },
  };
}

/** The state that the last part before this one has handed on. */
export async function stateBefore(
  plan: ImportPlan,
  [chunk, part]: readonly [chunk: number, part: number],
  objects: ObjectStore,
): Promise<PreviewState | undefined> {
  if (part > 0) return previewOfPart(objects, plan, [chunk, part - 1]);
  if (chunk === 0) return undefined;
  let last: PreviewState | undefined;
  for await (const { preview } of partsOf(objects, plan, chunk - 1)) last = preview;
  return last;
}
