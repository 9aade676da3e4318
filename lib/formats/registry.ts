export { default as json } from "./json/index.ts";
export { default as jsonLines } from "./json-lines/index.ts";
export { default as yaml } from "./yaml/index.ts";
export { default as csv } from "./csv/index.ts";
