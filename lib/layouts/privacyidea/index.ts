import { isEmpty } from "#lib/fields/read.ts";
import { oathFactor, isOathRecord } from "#lib/layouts/oath-csv.ts";
import { has, productLayout } from "#lib/layouts/product.ts";
import { inside } from "#lib/layouts/record.ts";

const columns = ["username", "resolver", "realm", "serial", "key", "type", "digits", "timestep", "hash"];

/** privacyIDEA's OATH CSV with `# version: 2` above it: each token with its user (https://privacyidea.readthedocs.io, Import). */
export default productLayout({
  name: "privacyidea",
  title: "privacyIDEA OATH CSV, version 2",
  hides: ["key"],
  headerless: {
    columns,
    recognizes: (records) => isOathFile(records),
  },
  recognizes: (sample) => sample.columns !== undefined && has(sample, ...columns.slice(0, 6)),
  knows: columns,
  identities: { username: "username" },
  factors: (record) => (isEmpty(inside(record, "key").value) ? [] : [oathFactor(record)]),
});

function isOathFile(records: readonly (readonly string[])[]): boolean {
  const tokens = records.filter(([first = ""]) => !first.startsWith("#"));
  return tokens.length > 0 && tokens.every((cells) => isOathRecord(cells.slice(3)));
}
