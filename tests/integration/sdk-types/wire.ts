/** How a request is made. */
interface Asked {
  method?: string
  headers?: Readonly<Record<string, string>>
}

async function answerTo(url: string, body: unknown, { method, headers }: Asked): Promise<string> {
  const isForm = body instanceof FormData
  const response = await fetch(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { authorization: 'Bearer test', ...(!isForm && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: isForm ? body : JSON.stringify(body) }),
  })
  return response.text()
}

/** Asks a service, and gives its answer as it stands on the wire. */
export const asked = async (url: string, body?: unknown, how: Asked = {}): Promise<any> =>
  JSON.parse(await answerTo(url, body, how))

/** Asks a service for a stream, and gives the data of its events: those of SSE, or lines of JSON; or what it says in place of a stream. */
export async function streamed(url: string, body: unknown, how: Asked = {}): Promise<any[]> {
  const text = await answerTo(url, body, how)
  if (text.startsWith('{\n')) return [JSON.parse(text)]
  return text
    .split('\n')
    .map((line) => (line.startsWith('data: ') ? line.slice('data: '.length) : line))
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
}
