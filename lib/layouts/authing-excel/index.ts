import { tableLayout } from "#lib/layouts/table.ts";

/** The workbook by which Authing's console imports people (https://docs.authing.cn/v3/). Departments are paths: `公司/研发/前端`. */
export default tableLayout({
  name: "authing-excel",
  title: "Authing's own Excel template",
  recognizedBy: [
    ["用户名", "注册方式", "账号是否被禁用"],
    ["邮箱", "邮箱是否验证", "登录次数"],
  ],
  person: {
    nickname: "昵称",
    username: "用户名",
    name: "姓名",
    email: "邮箱",
    emailVerified: "邮箱是否验证",
    phone: "手机号",
    password: "密码",
    company: "公司",
    gender: "性别",
    country: "国家",
    province: "省份",
    city: "城市",
    address: "地址",
    accountDisabled: "账号是否被禁用",
    departments: "部门",
  },
  // How an account came to be and was used; the new account has a history of its own.
  ignores: ["注册方式", "登录次数", "最近登录 IP", "注册时间", "上次登录时间", "是否为部门 Leader"],
});
