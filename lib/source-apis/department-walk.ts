import { InboundError } from "#lib/contract/errors.ts";
import type { ListPage, Listing } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { isJsonObject } from "#lib/payloads/body.ts";

// How the people of a source are read that lists them by department only: one department after the other.

/** What is the vendor's own about it. */
interface DepartmentWalk<Secret> {
  /**
   * Ids of departments, page by page, each with people of its own: the company itself too, where people may be in no department
   * below it.
   */
  departments(
    api: SourceApi<Secret>,
    cursor: string | undefined,
  ): Promise<{ readonly ids: readonly string[]; readonly next?: string | undefined }>;
  /** The people who are directly in a department, page by page. */
  people(api: SourceApi<Secret>, department: string, cursor: string | undefined): Promise<ListPage>;
}

/** Where a walk goes on: all that is kept between two pages. */
interface Place {
  /** The departments of a page that are not read to their end; the first one is being read. */
  readonly departments: readonly string[];
  /** Where the next page of people of the first one begins. */
  readonly people?: string | undefined;
  /** Where the next page of departments begins; absent after the last one. */
  readonly more?: string | undefined;
}

/**
 * `page` of a list whose people are read department by department. A person in several departments comes several times. The
 * cursor holds the departments of one page that are still to be read, so that any function can go on from it.
 */
export function peopleByDepartment<Secret>(walk: DepartmentWalk<Secret>): Listing<Secret>["page"] {
  return async (api, cursor) => {
    const left = cursor === undefined ? undefined : placeOf(cursor);
    const place = left && left.departments.length > 0 ? left : await departmentsFrom(left?.more);
    const [department, ...others] = place.departments;
    const read =
      department === undefined
        ? { people: [], isComplete: true }
        : await walk.people(api, department, place.people);
    const departments = read.next === undefined ? others : place.departments;
    const next = { departments, people: read.next, more: place.more } satisfies Place;
    const isLast = departments.length === 0 && next.more === undefined;
    const { people, isComplete } = read;
    return { people, isComplete, ...(!isLast && { next: JSON.stringify(next) }) };

    async function departmentsFrom(more: string | undefined): Promise<Place> {
      const { ids, next } = await walk.departments(api, more);
      return { departments: ids, more: next };
    }
  };
}

/** Reads a cursor that was written here. */
function placeOf(cursor: string): Place {
  const place = parsed(cursor);
  const { departments, people, more } = isJsonObject(place) ? place : {};
  const isText = (value: unknown) => typeof value === "string";
  const isOptional = (value: unknown) => value === undefined || isText(value);
  if (Array.isArray(departments) && departments.every(isText) && isOptional(people) && isOptional(more)) {
    return place as Place;
  }
  throw new InboundError("malformed", "list-cursor-unreadable");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
