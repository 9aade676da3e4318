import { readFile, writeFile } from "node:fs/promises";
import type { Language } from "#lib/reasons/reason.ts";
import { form, runCommand, say } from "./command.ts";
import { reasonPages, reasonsPage } from "./reasons-page.ts";

// npm run reasons: writes docs/reasons.md and its Chinese twin. With --check, only says whether they are what it would write.
const reasons = form([], { check: "" }, async ({ options }) => {
  let stale = 0;
  for (const [language, file] of Object.entries(reasonPages)) {
    const page = reasonsPage(language as Language);
    const written = await readFile(file, "utf8").catch(() => undefined);
    if (written === page) continue;
    if (options.check) {
      stale += 1;
      say(`${file} is not what lib/reasons/ says: npm run reasons writes it anew`, process.stderr);
    } else await writeFile(file, page);
  }
  return stale === 0 ? 0 : 1;
});

await runCommand("reasons", reasons);
