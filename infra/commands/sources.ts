import { readFile, writeFile } from "node:fs/promises";
import { builtInSources } from "#lib/wiring/enabled-sources.ts";
import { form, runCommand, say } from "./command.ts";
import { sourcePages, sourcesPage, withSourceList } from "./sources-page.ts";

// npm run sources: writes docs/sources.md and its Chinese twin, and the lists of sources in both READMEs.
const sources = form([], {}, async () => {
  const all = [...builtInSources().values()];
  for (const [key, { page, readme }] of Object.entries(sourcePages)) {
    const language = key as keyof typeof sourcePages;
    await writeFile(page, sourcesPage(all, language));
    await writeFile(readme, withSourceList(await readFile(readme, "utf8"), all, language));
  }
  say(`${all.length} sources`);
  return 0;
});

await runCommand("sources", sources);
