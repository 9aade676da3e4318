import { temporaryDatabase } from "#infra/store/database.ts";
import { storeObjects, type StoreObjects } from "#infra/store/objects.ts";

/** Objects of which a test reads the newest version at once. */
export interface TestObjects extends StoreObjects {
  get(key: string): { readonly bytes: Buffer } | undefined;
}

/** An empty bucket in a database of its own, which ends with the process. */
export function newObjects(): TestObjects {
  const database = temporaryDatabase();
  const objects = storeObjects(database);
  return {
    ...objects,
    get(key) {
      if (!objects.find(key)) return undefined;
      const parts = database.all<{ bytes: Uint8Array }>(
        `SELECT bytes FROM object_parts WHERE object = (SELECT max(id) FROM objects WHERE key = ? AND state = 'whole')
         ORDER BY number`,
        key,
      );
      return { bytes: Buffer.concat(parts.map(({ bytes }) => bytes)) };
    },
  };
}
