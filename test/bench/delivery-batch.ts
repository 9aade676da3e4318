import type { CreateUserInfoDto } from "#lib/contract/person.ts";

// Fifty invented people, about 450 bytes each, and Authing's answer about them.

export const accessKey = {
  accessKeyId: "63e8a2f0c5b1d4e7a9f03c12",
  accessKeySecret: "invented-for-the-benchmark",
};

const names = [
  "王小明",
  "李雪梅",
  "José Núñez",
  "Zoë Müller",
  "Łukasz Żak",
  "欧阳娜娜",
  "François Lefèvre",
  "陈志强",
];

export function person(number: number): CreateUserInfoDto {
  const id = String(10_000 + number);
  return {
    externalId: `hr-${id}`,
    username: `person.${id}`,
    email: `person.${id}@example.com`,
    phone: `138${id.padStart(8, "0")}`,
    phoneCountryCode: "+86",
    name: names[number % names.length] as string,
    nickname: `第${number}号`,
    gender: number % 2 === 0 ? "F" : "M",
    birthdate: "1990-01-31",
    country: "中国",
    province: "上海市",
    city: "上海",
    address: "南京东路 100 号 3 幢 1201 室",
    postalCode: "200001",
    company: "示例科技有限公司",
    emailVerified: true,
    departmentIds: ["624d930c3000005c08dd4986"],
    customData: { employeeNumber: id, costCentre: "4711", title: "工程师" },
    status: "Activated",
  };
}

export const batch = {
  list: Array.from({ length: 50 }, (_, number) => person(number)),
  options: { keepPassword: false },
};

/** Authing's answer: every field that it has, for each of the people. */
export function answer(): Buffer {
  const data = batch.list.map((each, number) => ({
    ...each,
    customData: undefined,
    departmentIds: undefined,
    userId: `65f0c1d2e3a4b5c6d7e8${String(number).padStart(4, "0")}`,
    createdAt: "2026-03-01T08:00:00.000Z",
    updatedAt: "2026-03-01T08:00:00.000Z",
    statusChangedAt: "2026-03-01T08:00:00.000Z",
    workStatus: "Active",
    phoneVerified: false,
    loginsCount: 0,
    resetPasswordOnNextLogin: false,
    userSourceType: "adminCreated",
  }));
  const body = Buffer.from(
    JSON.stringify({ statusCode: 200, message: "Success", requestId: "invented", data }),
  );
  return Buffer.concat([
    Buffer.from(
      `HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=utf-8\r\ndate: ${new Date().toUTCString()}\r\ncontent-length: ${body.length}\r\nconnection: keep-alive\r\n\r\n`,
    ),
    body,
  ]);
}
