import { accountOf } from "#lib/layouts/choices.ts";
import { has, productLayout } from "#lib/layouts/product.ts";
import { inside } from "#lib/layouts/record.ts";

/** The CSV of KeePassXC, and of KeePassium: the TOTP secrets of its entries as `otpauth://` URIs, never their passwords. */
export default productLayout({
  name: "keepassxc",
  title: "KeePassXC CSV",
  hides: ["Notes"],
  columns: ["Group", "Title", "TOTP"],
  recognizes: (sample) => has(sample, "Group", "Title", "Username", "TOTP"),
  // What is no TOTP secret of a person.
  knows: ["Group", "Title", "Username", "Password", "URL", "Notes", "Icon", "Last Modified", "Created"],
  identities: (record) => accountOf(inside(record, "Username")),
  factors: { fields: { secret: "TOTP" } },
});
