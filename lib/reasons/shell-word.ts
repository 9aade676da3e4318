/** Letters of addresses and ids: a shell takes them as they are. */
const plain = /^[\w.:@/=~+-]+$/;
/** Control characters, which a terminal may obey, and characters that cannot be seen or that turn a line around. */
const hidden = /[^\P{C}\n\t]/u;

/** A value as a shell takes it. Senders choose the ids of events: what they write must not become a command of the operator. */
export function shellWord(value: string): string {
  if (plain.test(value) && !value.startsWith("-") && !value.startsWith("~")) return value;
  return hidden.test(value) ? `"$(${printed(value)})"` : quoted(value);
}

/** A command that prints a text, byte for byte. */
export function printed(text: string): string {
  return hidden.test(text) ? printedBytes(new TextEncoder().encode(text)) : `printf %s ${quoted(text)}`;
}

/** A command that prints bytes. */
export function printedBytes(bytes: Uint8Array): string {
  return printedBase64(btoa(Array.from(bytes, (byte) => String.fromCodePoint(byte)).join("")));
}

/** A command that prints the bytes that a text in base64 stands for. */
export const printedBase64 = (base64: string): string => `printf %s ${quoted(base64)} | base64 -d`;

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
