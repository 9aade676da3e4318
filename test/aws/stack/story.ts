import type { Stack, StackOptions } from "./stack.ts";

/** Deploys a stack for one test, and takes it away afterwards. */
export type OpenStack = (options?: Partial<Pick<StackOptions, "packages" | "sandbox">>) => Promise<Stack>;
