import { accountOf } from "#lib/layouts/choices.ts";
import { has, productLayout } from "#lib/layouts/product.ts";
import { inside, isObject } from "#lib/layouts/record.ts";

/** Aegis's plain export (https://github.com/beemdevelopment/Aegis/blob/master/docs/vault.md). */
export default productLayout({
  name: "aegis",
  title: "Aegis export",
  lists: ["db.entries"],
  hides: ["note"],
  recognizes: (sample) =>
    sample.list === "db.entries" ||
    (has(sample, "type", "name", "info") && isObject(sample.values?.["info"])),
  // What is no TOTP secret of a person.
  knows: [
    "name",
    "uuid",
    "issuer",
    "note",
    "favorite",
    "icon",
    "icon_mime",
    "icon_hash",
    "groups",
    "group",
    "info",
  ],
  identities: (record) => accountOf(inside(record, "name")),
  factors: {
    fields: {
      secret: "info.secret",
      type: "type",
      algorithm: "info.algo",
      digits: "info.digits",
      period: "info.period",
      counter: "info.counter",
    },
  },
});
