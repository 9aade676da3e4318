import { split, tableLayout } from "#lib/layouts/table.ts";

/**
 * WeCom: the table by which the admin console and the API import the address book
 * (https://developer.work.weixin.qq.com/document/path/90980), older and newer columns. 帐号 is the UserID that WeCom's events name people by;
 * departments of one person are joined by `;`.
 */
export default tableLayout({
  name: "wecom",
  title: "WeCom address book",
  recognizedBy: [
    ["姓名", "帐号", "微信号"],
    ["姓名", "帐号", "所在部门"],
    ["姓名", "帐号", "别名", "职务", "部门"],
    ["姓名", "账号", "微信号"],
  ],
  person: {
    externalId: ["帐号", "账号"],
    username: ["帐号", "账号"],
    name: "姓名",
    nickname: "别名",
    gender: "性别",
    phone: ["手机号", "手机"],
    email: ["企业邮箱", "邮箱", "个人邮箱"],
    address: "地址",
    departments: { from: ["所在部门", "部门"], as: split(/[;；]/) },
  },
  // A land line: a person cannot sign in with it.
  ignores: ["座机"],
});
