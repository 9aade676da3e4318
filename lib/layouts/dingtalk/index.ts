import { tableLayout } from "#lib/layouts/table.ts";

/**
 * DingTalk: the workbook by which the admin console imports and exports the address book. 员工UserID is the id that DingTalk's events
 * name people by, so it is the id here, and 工号 is left out where both are filled.
 */
export default tableLayout({
  name: "dingtalk",
  title: "DingTalk address book",
  recognizedBy: [["员工UserID", "姓名", "部门"]],
  person: {
    externalId: ["员工UserID", "工号"],
    name: "姓名",
    gender: "性别",
    phone: "手机号",
    email: ["企业邮箱", "邮箱"],
    departments: "部门",
  },
  ignores: ["是否此部门主管(是/否)", "分机号"],
});
