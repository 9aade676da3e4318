import { InboundError } from "#lib/contract/errors.ts";

// Where records are in a document: paths such as `users`, `[].users`, `dataOrgs.orgs[].humanUsers`, as a tree that is walked along with
// the document. `[]` stands for each element of a list; a list of records may be written with or without it at the end.

/** What is known of a place in a document. */
export interface ListPlace {
  /** The path, as it was given, of a list of records that is here. */
  list?: string;
  /** What is known of each element of a list here. */
  element?: ListPlace;
  /** What is known of the values of an object here, by key. */
  readonly names: Map<string, ListPlace>;
  /** Whether the value itself is a record. */
  isRecord?: boolean;
  /** Whether the value is wanted as a whole, beside a list. */
  isAround?: boolean;
}

/** The tree of paths. Elements of the list `chosen` are records; without it nothing is. A document that is a list is always known, as `[]`. */
export function listPlaces(lists: readonly string[], chosen?: string): ListPlace {
  const root = newPlace();
  for (const list of ["[]", ...lists]) {
    const steps = list.match(/\[\]|[^.[\]]+/g) ?? [];
    if (steps.at(-1) === "[]") steps.pop();
    let place = root;
    for (const step of steps) place = step === "[]" ? (place.element ??= newPlace()) : named(place, step);
    place.list ??= list;
    if (place.list === chosen) (place.element ??= newPlace()).isRecord = true;
  }
  return root;
}

/** The tree by which the members of a document's own object with these names are read, and the elements of one of its lists are passed over. */
export function placesAround(list: string, names: readonly string[]): ListPlace {
  const root = listPlaces([list], list);
  for (const name of names) named(root, name).isAround = true;
  return root;
}

/** A document that is one record. */
export function recordPlace(): ListPlace {
  return { ...newPlace(), isRecord: true };
}

/** Whether elements of a list of records may hold lists of records in their turn. */
export function holdsMore({ element }: ListPlace): boolean {
  return element !== undefined && (element.names.size > 0 || element.element !== undefined);
}

function newPlace(): ListPlace {
  return { names: new Map() };
}

function named(place: ListPlace, name: string): ListPlace {
  const known = place.names.get(name) ?? newPlace();
  place.names.set(name, known);
  return known;
}

/** The refusal of a document without records. */
export function listMissing(lists: readonly string[]): InboundError {
  const known = [...new Set(lists)]
    .filter((list) => list !== "[]")
    .toSorted()
    .join(", ");
  return new InboundError("malformed", "json-list-missing", {
    hint: `write the records as a list, or in an object in one of the lists ${known}`,
  });
}
