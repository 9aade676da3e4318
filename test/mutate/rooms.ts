// The rooms that are mutated, and the fast tests that have to kill their mutants, as globs.

const stories = [
  "test/mutate/told-stories.ts",
  "test/delivery/{attempt,begun,confirmed,conflict,departments,encrypted-passwords,joiners*,look-up-lag,move-batch,pace,permit-queue,two-people}.test.ts",
];
const uploads =
  "test/uploads/{cases,rows-*,chunk-*,failed-calls,finished-*,import-id,planned-*,rejected-again,repeated-secrets,undo,upload-place,preview-foretells,hostile-files,own-columns,people-of-a-source}.test.ts";

export const rooms: Readonly<Record<string, readonly string[]>> = {
  "lib/contract": [
    "test/{config,pipeline,proofs,watch}/*.test.ts",
    "test/contract/{ledger-memory,parked-memory,source-proof}.test.ts",
    "test/own-source/definitions.test.ts",
  ],
  "lib/delivery": [
    ...stories,
    "test/pipeline/record.test.ts",
    "test/uploads/{cases,preview-foretells}.test.ts",
    "test/operations/*.test.ts",
  ],
  "lib/ledger": ["test/{ledger,pipeline}/*.test.ts", "test/contract/ledger-{memory,store}.test.ts"],
  "lib/pipeline": [...stories, "test/{pipeline,operations}/*.test.ts", "test/functions/event-queue.test.ts"],
  "lib/proofs": ["test/proofs/*.test.ts", "test/contract/source-proof.test.ts"],
  "lib/uploads": [uploads, "test/mutate/killed-import.ts"],
};
