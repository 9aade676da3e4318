import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// An input of a fuzz run, and where those that failed once are kept.

export const kinds = ["format", "source", "proof"] as const;
export type Kind = (typeof kinds)[number];

export interface Input {
  readonly kind: Kind;
  /** The format or the source. */
  readonly name: string;
  /** The fixture or the case that it was made of. */
  readonly seed: string;
  /** What is sent, by the names of its parts: `body`, `header x-signature`, `query nonce`, `path`. */
  readonly parts: Readonly<Record<string, Uint8Array>>;
}

const corpus = join(import.meta.dirname, "corpus");
/** What is larger is not kept in the repository. */
const maxKeptBytes = 65_536;

/** Writes a failing input beside the others, and a large one into the folder of temporary files. Its file. */
export function keep({ kind, name, seed, parts }: Input): string {
  const written = Object.entries(parts).map(([part, bytes]) => [part, Buffer.from(bytes).toString("base64")]);
  const text = `${JSON.stringify({ kind, name, seed, parts: Object.fromEntries(written) })}\n`;
  const folder = text.length > maxKeptBytes ? join(tmpdir(), "authing-inbound-fuzz") : corpus;
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 12);
  const file = join(folder, `${kind}-${name}-${hash}.json`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, text);
  return file;
}

/** All inputs that failed once, by the names of their files. */
export function kept(): [file: string, input: Input][] {
  if (!statSync(corpus, { throwIfNoEntry: false })) return [];
  return readdirSync(corpus)
    .toSorted()
    .map((file) => {
      const { parts, ...input } = JSON.parse(readFileSync(join(corpus, file), "utf8")) as Omit<
        Input,
        "parts"
      > & {
        parts: Record<string, string>;
      };
      const read = Object.entries(parts).map(([part, text]) => [part, Buffer.from(text, "base64")]);
      return [file, { ...input, parts: Object.fromEntries(read) as Input["parts"] }];
    });
}
