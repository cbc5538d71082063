import { request as httpsRequest } from 'node:https'
import { actAs, describeOrchestration } from 'longhaul'

const URL = 'https://api.openai.com/v1/chat/completions'
const headers = { authorization: 'Bearer test', 'content-type': 'application/json' }
const bodyOf = (stream: boolean): string =>
  JSON.stringify({ model: 'gpt-4o-mini', stream, messages: [{ role: 'user', content: 'Greet.' }] })
const TEXT = 'Grüße 👩‍🚀 aus Zürich — 東京は晴れ。 '.repeat(20).trim()

/** The pieces of a body, as each kind of client gets them. */
const PIECES: Record<string, (body: string) => AsyncIterable<Uint8Array>> = {
  fetch: async function* (body) {
    const response = await fetch(URL, { method: 'POST', headers, body })
    yield* response.body as unknown as AsyncIterable<Uint8Array>
  },
  'node:https': async function* (body) {
    yield* await new Promise<AsyncIterable<Uint8Array>>((resolve, reject) => {
      const request = httpsRequest(URL, { method: 'POST', headers }, resolve)
      request.on('error', reject)
      request.end(body)
    })
  },
}

const textOf = (line: string): string =>
  line.startsWith('data: {')
    ? ((JSON.parse(line.slice(6)) as { choices: { delta: { content?: string } }[] }).choices[0]?.delta.content ?? '')
    : ''

/** How a stream is read: rightly, without a rest of a line, or with each piece decoded by itself. */
const READERS: Record<string, (pieces: AsyncIterable<Uint8Array>) => Promise<string>> = {
  right: async (pieces) => {
    const decoder = new TextDecoder()
    let [text, rest] = ['', '']
    for await (const piece of pieces) {
      const lines = (rest + decoder.decode(piece, { stream: true })).split('\n')
      rest = lines.pop()!
      text += lines.map(textOf).join('')
    }
    return text
  },
  'line by line of each piece': async (pieces) => {
    const decoder = new TextDecoder()
    let text = ''
    for await (const piece of pieces) text += decoder.decode(piece, { stream: true }).split('\n').map(textOf).join('')
    return text
  },
  'each piece as a text': async (pieces) => {
    let [text, rest] = ['', '']
    for await (const piece of pieces) {
      const lines = (rest + new TextDecoder().decode(piece)).split('\n')
      rest = lines.pop()!
      text += lines.map(textOf).join('')
    }
    return text
  },
}

for (const seed of [1, 2, 3])
  describeOrchestration(
    `an answer in fragments, seed ${seed}`,
    {
      seed,
      provider: { latency: '5s', replies: TEXT },
      system: ({ vars }) => actAs('reader', vars['work'] as () => Promise<unknown>),
    },
    (test) => {
      for (const [client, pieces] of Object.entries(PIECES)) {
        for (const [reader, read] of Object.entries(READERS))
          test(`by ${client}, read ${reader}`, async ({ run, provider, expect }) => {
            provider.failNext(1, 'fragmented')
            const outcome = await run({ vars: { work: () => read(pieces(bodyOf(true))) } })
            if (reader === 'right') expect(outcome.result).toBe(TEXT)
            else expect(outcome.error ?? outcome.result).not.toBe(TEXT)
            if (reader === 'right') expect(outcome).toHaveCalls(1, { fault: 'fragmented', status: 'ended' })
          })

        test(`by ${client}: a whole one comes in pieces too, cut in a character`, async ({ run, provider, expect }) => {
          const work = async () => {
            const found: Buffer[] = []
            for await (const piece of pieces(bodyOf(false))) found.push(Buffer.from(piece))
            return found
          }
          provider.failNext(1, 'fragmented')
          const found = (await run({ vars: { work } })).result as Buffer[]
          expect(found.length).toBeGreaterThan(2)
          expect(found.some((piece) => piece[0]! >= 0x80 && piece[0]! < 0xc0)).toBe(true)
          const answer = JSON.parse(Buffer.concat(found).toString()) as { choices: { message: { content: string } }[] }
          expect(answer.choices[0]!.message.content).toBe(TEXT)
        })
      }

      test('the same bytes come as without the fault', async ({ run, provider, expect }) => {
        const work = async () => (await fetch(URL, { method: 'POST', headers, body: bodyOf(true) })).text()
        provider.failNext(1, 'fragmented')
        const cut = (await run({ vars: { work } })).result as string
        const whole = (await run({ vars: { work } })).result as string
        const withoutIds = (text: string): string => text.replaceAll(/"(id|created)":("[^"]*"|\d+)/g, '')
        expect(withoutIds(cut)).toBe(withoutIds(whole))
      })
    },
  )
