import { isEmpty, type Read } from "#lib/fields/read.ts";

/** The field that names the owner of a secret, by what a product calls him or her: an e-mail address, else a username. None where nothing is there. */
export function ownerOf(read: Read): Readonly<Record<string, Read>> {
  if (isEmpty(read.value)) return {};
  return typeof read.value === "string" && looksLikeEmail(read.value) ? { email: read } : { username: read };
}

/** Whether a text has an at sign and a domain of at least two parts. Whether it is an address is the field's to say. */
function looksLikeEmail(text: string): boolean {
  const at = text.lastIndexOf("@");
  return at > 0 && text.indexOf(".", at + 2) !== -1;
}
