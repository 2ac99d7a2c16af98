/** Where the browser keeps the last `/env.js`, for when the server is away. */
export const ENV_CACHE = 'env'
