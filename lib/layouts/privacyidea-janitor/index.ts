import { isEmpty, type Read } from "#lib/fields/read.ts";
import { isHexKey, oathFactor } from "#lib/layouts/oath-csv.ts";
import { has, productLayout } from "#lib/layouts/product.ts";
import { inside, textOf, type Fields } from "#lib/layouts/record.ts";

const columns = ["user", "serial", "key", "type", "digits", "timestep"];

/** What `pi-token-janitor find … export csv` of privacyIDEA prints: `user@realm, serial, key, type, digits, timestep`, or `n/a` for a token of no user. */
export default productLayout({
  name: "privacyidea-janitor",
  title: "privacyIDEA token janitor CSV",
  hides: ["key"],
  headerless: {
    columns,
    recognizes: (records) => records.length > 0 && records.every(isOfJanitor),
  },
  recognizes: (sample) => sample.columns?.length === columns.length && has(sample, ...columns),
  knows: columns,
  identities: userOf,
  factors: (record) => (isEmpty(inside(record, "key").value) ? [] : [oathFactor(record)]),
});

function isOfJanitor(cells: readonly string[]): boolean {
  const [user = "", serial = "", key = "", type = "", digits = ""] = cells.map((cell) => cell.trim());
  return (
    cells.length <= columns.length &&
    (user.includes("@") || /^n\/a$/i.test(user)) &&
    serial !== "" &&
    isHexKey(key) &&
    /^[a-z0-9]{3,12}$/i.test(type) &&
    /^\d{1,2}$/.test(digits)
  );
}

/** The name before the realm; names may have an `@` of their own. */
function userOf(record: Read): Fields {
  const { value, path } = inside(record, "user");
  const user = textOf(value).trim();
  const end = user.lastIndexOf("@");
  return end > 0 ? { username: { value: user.slice(0, end), path } } : {};
}
