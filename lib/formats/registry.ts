export { default as csv } from "./csv/index.ts";
export { default as jsonLines } from "./json-lines/index.ts";
export { default as otpauth } from "./otpauth/index.ts";
export { default as pskc } from "./pskc/index.ts";
