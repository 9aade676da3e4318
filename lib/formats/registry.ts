export { default as csv } from "./csv/index.ts";
export { default as jsonLines } from "./json-lines/index.ts";
