import { createHash } from "node:crypto";

/** Setting → a short hash of its value: by it an import can tell which settings have changed since its preview, without repeating them. */
export type SettingsPrint = Readonly<Record<string, string>>;

/** @param settings values that JSON can hold; functions are left out. */
export function settingsPrint(settings: Readonly<Record<string, unknown>>): SettingsPrint {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([name, value]) => {
      const written = JSON.stringify(value);
      if (written === undefined) return [];
      return [[name, createHash("sha256").update(written).digest("hex").slice(0, 16)]];
    }),
  );
}

/** The names of the settings that differ. */
export function changedSettings(before: SettingsPrint, now: SettingsPrint): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(now)])].filter(
    (name) => before[name] !== now[name],
  );
}
