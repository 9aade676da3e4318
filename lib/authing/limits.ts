// How many records Authing takes in one call at most, and the shortest TOTP secret that it takes.

/** Most people in one `create-users-batch`. Source: OpenAPI, `list` minItems 1, maxItems 50. */
export const maxUsersPerCreate = 50;
/** Most secrets in one `import-otp`. The reference names no limit; this is that of its siblings. */
export const maxSecretsPerImport = 50;
/** Most people in one `update-user-batch`. The reference names no limit; this is that of its siblings. */
export const maxUsersPerUpdate = 50;
/** Most ids in one `resign-user-batch` or `delete-users-batch`. Source: OpenAPI, `userIds` maxItems 50. */
export const maxUsersPerLeave = 50;
/** Most ids in one `get-user-batch`. Source: OpenAPI, `userIds` maxItems 50. */
export const maxUsersPerLookUp = 50;
/** Most departments in one `set-user-departments`. Source: OpenAPI, `departments` maxItems 50. */
export const maxDepartmentsPerUser = 50;
/** Most applications in one `kick-users`. Source: OpenAPI, `appIds` maxItems 50. */
export const maxAppsPerKick = 50;
/** Fewest bits in a TOTP secret: what Authing's own samples have (16 base32 characters). Source: reference of `import-otp`. */
export const minOtpSecretBits = 80;
