import { tableLayout } from "#lib/layouts/table.ts";

/**
 * Feishu and Lark: the template by which the admin console imports members. Name, department, workforce type and joining date are
 * required there. The headers were not compared with a template of this year; a file with others is read by the names of its columns.
 */
export default tableLayout({
  name: "feishu",
  title: "Feishu or Lark members",
  recognizedBy: [
    ["姓名", "部门", "人员类型"],
    ["Name", "Department", "Workforce type"],
  ],
  person: {
    externalId: ["用户 ID", "User ID", "工号", "Employee ID"],
    name: ["姓名", "Name"],
    nickname: ["别名", "Alias"],
    gender: ["性别", "Gender"],
    phone: ["手机号码", "手机号", "Mobile number"],
    email: ["企业邮箱", "Business email", "邮箱", "Email"],
    departments: ["部门", "Department"],
    city: ["工作城市", "City"],
  },
});
