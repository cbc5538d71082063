import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isAnswering, send } from '../../../src/daemon/client.ts'

let home: string
let path: string
let server: Server | undefined
const clients = new Set<Socket>()
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'lh-client-'))
  path = join(home, 'd.sock')
})
afterEach(() => {
  for (const client of clients) client.destroy()
  server?.close()
  server = undefined
  rmSync(home, { recursive: true })
})

/** A daemon that does to each request what it is told. */
async function daemon(answers: (request: { correlation_id: string }, client: Socket) => void): Promise<void> {
  server = createServer((client) => {
    clients.add(client)
    client.on('error', () => {})
    client.on('data', (text) => answers(JSON.parse(String(text)) as { correlation_id: string }, client))
  })
  server.listen(path)
  await once(server, 'listening')
}
const line = (value: object): string => `${JSON.stringify(value)}\n`

describe('a client', () => {
  test('takes the answer that has the id of its request, whatever comes before it', async () => {
    await daemon(({ correlation_id: id }, client) => {
      client.write('no json\n7\nnull\n')
      client.write(line({ event_name: 'gather.ended', correlation_id: id, data: {} }))
      client.write(line({ event: 'other', correlation_id: 'another', data: {} }))
      client.write(line({ event: 'system:health', correlation_id: id, data: { status: 'healthy' } }))
    })
    expect(await send(path, 'system:health', {})).toMatchObject({ data: { status: 'healthy' } })
  })

  test('sends the event with its data', async () => {
    await daemon((request, client) => client.write(line({ ...request, event: 'echo', data: request })))
    const { data } = await send(path, 'agent:list', { all: true })
    expect(data).toMatchObject({ event: 'agent:list', data: { all: true } })
  })

  test('takes what is wrong with its line for the answer', async () => {
    await daemon((_, client) => client.write(line({ error: 'Invalid JSON' })))
    expect(await send(path, 'a', {})).toEqual({ event: '', data: { error: 'Invalid JSON', status: 'failed' } })
  })

  test('is told where the connection is closed without an answer', async () => {
    await daemon((_, client) => client.end())
    await expect(send(path, 'a', {})).rejects.toMatchObject({
      code: 'LONGHAUL_NO_DAEMON',
      message: `The daemon at ${path} closed the connection without an answer to a.`,
    })
  })

  test('is told where no daemon is', async () => {
    await expect(send(path, 'a', {})).rejects.toMatchObject({
      code: 'LONGHAUL_NO_DAEMON',
      message: `No daemon answers at ${path} (ENOENT). Start one with: longhaul daemon start`,
    })
  })

  test('waits no longer than it was told', async () => {
    await daemon(() => {})
    await expect(send(path, 'a', {}, { withinMs: 20 })).rejects.toMatchObject({
      code: 'LONGHAUL_DAEMON_SILENT',
      message: expect.stringMatching(/(did not answer a|did not accept the connection) within 0\.02 s/) as string,
    })
  })
})

test('a socket answers where somebody listens', async () => {
  expect(await isAnswering(path)).toBe(false)
  await daemon(() => {})
  expect(await isAnswering(path)).toBe(true)
})
