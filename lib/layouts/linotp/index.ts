import { isEmpty } from "#lib/fields/read.ts";
import { oathFactor, isOathRecord } from "#lib/layouts/oath-csv.ts";
import { has, productLayout } from "#lib/layouts/product.ts";
import { inside } from "#lib/layouts/record.ts";

const columns = ["serial", "key", "type", "digits", "timestep", "hash"];

/**
 * The OATH CSV of LinOTP, and of privacyIDEA before version 2: no header, tokens without their users. `columns` of the configuration can
 * say that `serial` is the externalId.
 */
export default productLayout({
  name: "linotp",
  title: "LinOTP or privacyIDEA OATH CSV",
  hides: ["key"],
  headerless: {
    columns,
    recognizes: (records) => {
      const tokens = records.filter(([first = ""]) => !first.startsWith("#"));
      return tokens.length > 0 && tokens.every(isOathRecord);
    },
  },
  recognizes: (sample) => sample.columns?.length === columns.length && has(sample, ...columns),
  knows: columns,
  identities: {},
  factors: (record) => (isEmpty(inside(record, "key").value) ? [] : [oathFactor(record)]),
});
