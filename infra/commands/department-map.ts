import type { DepartmentMap, ListedDepartment } from "#lib/contract/departments.ts";
import type { BothDepartments } from "#lib/rosters/departments.ts";

// Which department at Authing is which one of the source: by their paths, else by names that each side has once. Pure.

/** A department of the source in its tree, and its department at Authing. */
interface MatchedDepartment {
  readonly id: string;
  readonly name: string;
  /** How far it is below the top. */
  readonly depth: number;
  readonly match?: {
    readonly id: string;
    readonly path: string;
    readonly by: "configuration" | "path" | "name";
  };
  /** Departments at Authing that have its name, where there are several. */
  readonly candidates?: number;
}

export interface MatchedDepartments {
  /** In the order of the tree: each behind the one above it. */
  readonly tree: readonly MatchedDepartment[];
  /** At Authing, and not at the source. */
  readonly onlyAtAuthing: readonly { readonly id: string; readonly path: string }[];
  /** What the configuration maps to, and Authing does not have. */
  readonly unknown: readonly string[];
}

interface Known {
  readonly id: string;
  readonly path: string;
  readonly names: readonly string[];
}

/** @param configured the map of the configuration: what it says goes before what is found. */
export function matchDepartments(
  { source = [], organizations }: BothDepartments,
  configured: DepartmentMap = {},
): MatchedDepartments {
  const atAuthing = organizations.flatMap((organization): Known[] => {
    const { name, departmentId, departments } = organization;
    const below = treeOf(departments).map(({ id, names }) => ({
      id,
      names,
      path: [name, ...names].join("/"),
    }));
    return departmentId === undefined ? below : [{ id: departmentId, names: [], path: name }, ...below];
  });
  const byId = new Map(atAuthing.map((each) => [each.id, each]));
  const byPath = grouped(atAuthing, ({ names }) => keyOf(names));
  const byName = grouped(
    atAuthing.filter(({ names }) => names.length > 0),
    ({ names }) => keyOf(names.slice(-1)),
  );
  const own = withoutCompany(treeOf(source));
  const ownByName = grouped(own, ({ names }) => keyOf(names.slice(-1)));
  const used = new Set<string>();

  const tree = own.map(({ id, name, names, depth }): MatchedDepartment => {
    const key = keyOf(names.slice(-1));
    const chosen = Object.hasOwn(configured, id) ? byId.get(configured[id] ?? "") : undefined;
    const samePath = byPath.get(keyOf(names)) ?? [];
    const sameName = name === "" ? [] : (byName.get(key) ?? []);
    const found =
      chosen ??
      only(samePath) ??
      (names.length > 0 && ownByName.get(key)?.length === 1 ? only(sameName) : undefined);
    const by = chosen ? "configuration" : found && found === only(samePath) ? "path" : "name";
    if (found) used.add(found.id);
    return {
      id,
      name,
      depth,
      ...(found && { match: { id: found.id, path: found.path, by } }),
      ...(!found && sameName.length > 1 && { candidates: sameName.length }),
    };
  });
  return {
    tree,
    onlyAtAuthing: atAuthing
      .filter(({ id, names }) => names.length > 0 && !used.has(id))
      .map(({ id, path }) => ({ id, path })),
    unknown: [...new Set(Object.values(configured))].filter((id) => !byId.has(id)),
  };
}

interface Placed {
  readonly id: string;
  readonly name: string;
  /** From the top down to its own. */
  readonly names: readonly string[];
  readonly depth: number;
}

/** Departments in the order of their tree. One whose parent is not there is at the top; one that is above itself comes once. */
function treeOf(departments: readonly Pick<ListedDepartment, "id" | "name" | "parent">[]): Placed[] {
  const ids = new Set(departments.map(({ id }) => id));
  const below = grouped(departments, ({ id, parent }) =>
    parent !== undefined && parent !== id && ids.has(parent) ? parent : "",
  );
  const placed: Placed[] = [];
  const seen = new Set<string>();
  const waiting: { readonly id: string; readonly name: string; readonly above: Placed | undefined }[] = [];
  const wait = (parent: string, above?: Placed) => {
    for (const { id, name } of (below.get(parent) ?? []).toReversed()) waiting.push({ id, name, above });
  };
  // A circle has no top: its departments follow as if each were one.
  for (const start of ["", ...departments.map(({ id }) => id)]) {
    if (start !== "" && !seen.has(start)) {
      const { name = "" } = departments.find(({ id }) => id === start) ?? {};
      waiting.push({ id: start, name, above: undefined });
    } else if (start === "") wait("");
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const { id, name, above } = next;
      if (seen.has(id)) continue;
      seen.add(id);
      const place = {
        id,
        name,
        names: [...(above?.names ?? []), name],
        depth: above ? above.depth + 1 : 0,
      };
      placed.push(place);
      wait(id, place);
    }
  }
  return placed;
}

/** The company at the top, which an organization at Authing is, is in no path. */
function withoutCompany(tree: readonly Placed[]): Placed[] {
  const tops = tree.filter(({ depth }) => depth === 0);
  const company = tops.length === 1 && tree.length > 1;
  return tree.map((place) => ({ ...place, names: company ? place.names.slice(1) : place.names }));
}

function grouped<Item>(items: readonly Item[], key: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const name = key(item);
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return groups;
}

const only = <Item>(items: readonly Item[]): Item | undefined => (items.length === 1 ? items[0] : undefined);

/** Names as they are compared: without regard to case, width and space around them. */
const keyOf = (names: readonly string[]): string =>
  JSON.stringify(names.map((name) => name.normalize("NFKC").trim().toLowerCase()));
