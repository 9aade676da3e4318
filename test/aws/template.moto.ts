import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { Deployment } from "#infra/aws/deployment.ts";
import { resourceCount } from "#infra/aws/stack-size.ts";
import { template } from "./stack/template.ts";

it("the packaged template has as many resources as the build has counted", () => {
  const made = JSON.parse(readFileSync("dist/deployment.json", "utf8")) as Deployment;
  expect(Object.keys(template.Resources)).toHaveLength(resourceCount(made));
});
