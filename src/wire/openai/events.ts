/** An event of a stream of chunks. */
export const frame = (data: string): string => `data: ${data}\n\n`

/** What OpenAI says of an error of its own. */
export const SERVER_ERROR = 'The server had an error while processing your request. Sorry about that!'

/** An error in place of the rest of a stream. */
export const errorFrame = (): string =>
  frame(JSON.stringify({ error: { message: SERVER_ERROR, type: 'server_error', param: null, code: null } }))
