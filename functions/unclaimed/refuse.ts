/** Whatever path nobody claims gets the answer of a bad proof, so that from outside nobody learns which sources there are. */
export const handler = async () => ({ statusCode: 401 });
