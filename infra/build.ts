import { mkdirSync, writeFileSync } from "node:fs";
import config from "#config";
import { deployment } from "./aws/functions.ts";
import { bundleFunction, functionFiles, sizeTable } from "./bundle.ts";

// `npm run build`: every function into dist/<name>/, and dist/deployment.json, from which serverless.yml takes its
// functions and their roles. A source that is switched on in inbound.config.ts is therefore deployed without any YAML.

const files = functionFiles();
const bundles = await Promise.all(files.map((file) => bundleFunction(file, "dist")));

mkdirSync("dist", { recursive: true });
writeFileSync("dist/deployment.json", `${JSON.stringify(deployment(config, files), undefined, 2)}\n`);

process.stdout.write(`${sizeTable(bundles)}\n`);
