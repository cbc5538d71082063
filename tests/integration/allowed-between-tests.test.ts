import { createConnection } from 'node:net'
import { expect, test as plain } from 'vitest'
import { describeOrchestration } from 'longhaul'

describeOrchestration(
  'an orchestration that may reach a real provider',
  { system: async () => 'done', network: { allow: ['api.openai.com:1'] }, mount: false },
  (test) => test('completes', async ({ run, expect }) => expect(await run()).toHaveCompleted()),
)

/** What a connection to a port of a provider fails with, or nothing. Nobody listens there, and nobody is looked up. */
const errorOf = (host: string) =>
  new Promise<{ code?: string }>((told) => {
    const lookup = (_: string, __: object, found: (error: Error) => void): void =>
      found(Object.assign(new Error('Looked up.'), { code: 'LOOKED_UP' }))
    const socket = createConnection({ host, port: 1, lookup } as never)
    socket
      .on('error', (error) => told(error as never))
      .on('connect', () => socket.write(`GET / HTTP/1.1\r\nhost: ${host}\r\n\r\n`))
  })

plain("a test of Vitest's own beside it may, too, and may reach no other provider", async () => {
  expect(await errorOf('api.openai.com')).toMatchObject({ code: 'LOOKED_UP' })
  expect(await errorOf('api.anthropic.com')).toMatchObject({ code: 'LONGHAUL_OUTSIDE_OF_TEST' })
})
