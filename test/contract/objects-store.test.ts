import { temporaryDatabase } from "#infra/store/database.ts";
import { localBucket, storeObjects } from "#infra/store/objects.ts";
import { objectsSuite } from "./objects.ts";

objectsSuite("in SQLite", async () => {
  const database = temporaryDatabase();
  const store = storeObjects(database);
  return {
    store,
    bucket: localBucket,
    upload: async (key, text) => store.put(key, Buffer.from(text), "text/csv"),
    unfinished: async () =>
      database.one<{ count: number }>("SELECT count(*) AS count FROM objects WHERE state <> 'whole'")
        ?.count ?? 0,
  };
});
