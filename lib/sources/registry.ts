export { default as bamboohr } from "./bamboohr/index.ts";
export { default as clerk } from "./clerk/index.ts";
export { default as dingtalk } from "./dingtalk/index.ts";
export { default as feishu } from "./feishu/index.ts";
export { default as moka } from "./moka/index.ts";
export { default as okta } from "./okta/index.ts";
export { default as wecom } from "./wecom/index.ts";
export { default as xinrenxinshi } from "./xinrenxinshi/index.ts";
