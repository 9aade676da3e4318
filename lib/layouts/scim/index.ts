import { isEmpty, type Read } from "#lib/fields/read.ts";
import { note, otherEmails, otherPhones } from "#lib/layouts/choices.ts";
import type { Sample } from "#lib/layouts/layout.ts";
import { names, productLayout, type Part } from "#lib/layouts/product.ts";
import {
  inside,
  items,
  present,
  readFields,
  recordOf,
  saysYes,
  textOf,
  wordOf,
  type Fields,
} from "#lib/layouts/record.ts";

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/**
 * Users of SCIM 2.0 (RFC 7643): the operations of a BulkRequest, the resources of a ListResponse, or a list. Names of attributes match in
 * any case, as the RFC has it; Microsoft's samples write `username`.
 */
export default productLayout({
  name: "scim",
  title: "SCIM 2.0 users",
  lists: ["Operations", "Resources", "[]"],
  recognizes,
  knows: names(
    "method path data bulkId version schemas meta id externalId userName username",
    "displayName name nickName profileUrl photos locale timezone active password",
    "emails phoneNumbers addresses",
    enterprise,
  ),
  person: (record) => {
    const operation = inside(record, "data");
    const isOperation = !isEmpty(operation.value) || !isEmpty(inside(record, "method").value);
    if (!isOperation) return isOfUser(record) ? userOf(record) : undefined;
    const [method, path] = [inside(record, "method"), inside(record, "path")];
    if (!/^\/?users(?:\/|$)/i.test(textOf(path.value))) return undefined;
    const user = userOf(operation);
    // A change of some attributes, or a deletion, is no whole person.
    if (["post", "put"].includes(wordOf(method))) return user;
    return { ...user, problems: [note("operation-unsupported", method)] };
  },
});

function recognizes({ values = {}, list }: Sample): boolean {
  const record = recordOf(values);
  const schemas = [inside(record, "schemas"), inside(record, "data.schemas")].flatMap(items);
  if (schemas.some(({ value }) => /^urn:(?:ietf:params:)?scim:schemas:/i.test(textOf(value)))) return true;
  if (list === "Operations") return !isEmpty(inside(record, "method").value);
  const hasName = !isEmpty(inside(record, "userName").value);
  return (
    hasName &&
    (list === "Resources" || items(inside(record, "emails")).some((each) => inside(each, "value").value))
  );
}

/** Groups may be in the same list. */
function isOfUser(record: Read): boolean {
  const schemas = items(inside(record, "schemas")).map(({ value }) => textOf(value));
  return schemas.length === 0 || schemas.some((schema) => /:user$/i.test(schema));
}

function userOf(user: Read): Part {
  const emails = items(inside(user, "emails"));
  const phones = items(inside(user, "phoneNumbers"));
  const email = valueOf(chosen(emails, [isPrimary, isOf("work")]));
  const phone = valueOf(chosen(phones.filter(isMobileOrUnknown), [isOf("mobile"), isPrimary]));
  const values = (all: readonly Read[]) => all.flatMap((each) => valueOf(each) ?? []);
  return {
    fields: present({
      ...readFields(user, {
        externalId: ["externalId", "id"],
        username: "userName",
        name: ["displayName", "name.formatted"],
        familyName: "name.familyName",
        givenName: "name.givenName",
        middleName: "name.middleName",
        nickname: "nickName",
        profile: "profileUrl",
        locale: "locale",
        zoneinfo: "timezone",
        accountEnabled: "active",
        password: "password",
      }),
      ...addressOf(user),
      email,
      phone,
      photo: valueOf(chosen(items(inside(user, "photos")), [isPrimary])),
      departments: inside(user, [enterprise, "department"]),
      company: inside(user, [enterprise, "organization"]),
    }),
    notes: [...otherEmails(values(emails), email), ...otherPhones(values(phones), phone)],
  };
}

function addressOf(user: Read): Fields {
  const address = chosen(items(inside(user, "addresses")), [isPrimary, isOf("work")]);
  if (address === undefined) return {};
  return readFields(address, {
    streetAddress: "streetAddress",
    city: "locality",
    province: "region",
    postalCode: "postalCode",
    country: "country",
    formatted: "formatted",
  });
}

const isPrimary = (each: Read) => saysYes(inside(each, "primary"));
const isOf = (type: string) => (each: Read) => wordOf(inside(each, "type")) === type;

/** Numbers at a desk or at home are land lines, which Authing refuses, unless they are the person's primary one. */
function isMobileOrUnknown(each: Read): boolean {
  const type = wordOf(inside(each, "type"));
  return ["mobile", "other", ""].includes(type) || (isPrimary(each) && !["fax", "pager"].includes(type));
}

/** The first that the earliest of the rules is true of, else the first of all. */
function chosen(all: readonly Read[], rules: readonly ((each: Read) => boolean)[]): Read | undefined {
  const found = rules.map((rule) => all.find(rule)).find((each) => each !== undefined);
  return found ?? all[0];
}

/** The value of an element; some write the value itself in its place. */
function valueOf(element: Read | undefined): Read | undefined {
  if (element === undefined) return undefined;
  const read = typeof element.value === "string" ? element : inside(element, "value");
  return isEmpty(read.value) ? undefined : read;
}
