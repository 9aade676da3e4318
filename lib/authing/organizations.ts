import * as z from "zod/mini";
import { DepartmentIdType, type Frozen } from "#lib/contract/person.ts";
import { lenient, UserIdType } from "./dto.ts";
import { maxDepartmentsPerUser } from "./limits.ts";

// Organizations of a user pool and their departments, as authing-node-sdk 4.0.2 describes them; only the departments of a person are written.

const someText = lenient(z.string());
const identifier = z.string().check(z.minLength(1));
const flag = z.exactOptional(z.boolean());

/** The departments of a person from now on; the person leaves those that are not in the list. */
export const SetUserDepartmentsDto = z.strictObject({
  userId: identifier,
  departments: z
    .array(z.strictObject({ departmentId: identifier, isLeader: flag, isMainDepartment: flag }))
    .check(z.minLength(1), z.maxLength(maxDepartmentsPerUser)),
  options: z.exactOptional(z.strictObject({ userIdType: z.exactOptional(UserIdType) })),
});
export type SetUserDepartmentsDto = Frozen<z.infer<typeof SetUserDepartmentsDto>>;

/** `GET /api/v3/get-department`. */
export const GetDepartmentReqDto = z.strictObject({
  departmentId: identifier,
  /** What `departmentId` is; default: Authing's own id. */
  departmentIdType: z.exactOptional(DepartmentIdType),
});
export type GetDepartmentReqDto = Frozen<z.infer<typeof GetDepartmentReqDto>>;

/** `GET /api/v3/list-organizations`: pages of 50 at most, the first one is 1. */
export const ListOrganizationsReqDto = z.strictObject({
  page: z.number().check(z.int(), z.minimum(1)),
  limit: z.number().check(z.int(), z.minimum(1), z.maximum(50)),
});
export type ListOrganizationsReqDto = Frozen<z.infer<typeof ListOrganizationsReqDto>>;

/** `GET /api/v3/get-all-departments`: all departments of an organization in one answer. */
export const GetAllDepartmentsReqDto = z.strictObject({ organizationCode: identifier });
export type GetAllDepartmentsReqDto = Frozen<z.infer<typeof GetAllDepartmentsReqDto>>;

export const DepartmentDto = z.looseObject({
  departmentId: identifier,
  name: someText,
  /** `root`, or the id of the organization's own department, at the top. */
  parentDepartmentId: someText,
  organizationCode: someText,
  openDepartmentId: someText,
  code: someText,
});
export type DepartmentDto = Frozen<z.infer<typeof DepartmentDto>>;

const OrganizationDto = z.looseObject({
  organizationCode: identifier,
  organizationName: someText,
  /** Of the department that is the organization. */
  departmentId: someText,
});

export const OrganizationPage = z.looseObject({
  totalCount: lenient(z.number()),
  list: z.array(OrganizationDto),
});
export type OrganizationPage = Frozen<z.infer<typeof OrganizationPage>>;

export const DepartmentPage = z.looseObject({ list: z.array(DepartmentDto) });
export type DepartmentPage = Frozen<z.infer<typeof DepartmentPage>>;
