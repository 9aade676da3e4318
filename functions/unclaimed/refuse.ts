/** Answers a path without a source with 401, as a bad proof is answered, so that a caller does not learn which sources exist. */
export const handler = async () => ({ statusCode: 401 });
