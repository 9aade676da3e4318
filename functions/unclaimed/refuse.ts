/** Answers a path without a source as a bad proof is answered, so that a caller does not learn which sources there are. */
export const handler = async () => ({ statusCode: 401 });
