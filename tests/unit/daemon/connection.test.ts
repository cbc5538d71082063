import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Connection, type ConnectionContext } from '../../../src/daemon/connection.ts'
import { MAX_LINE } from '../../../src/daemon/protocol.ts'

let home: string
let server: Server
let said: string[]
const open = new Set<Socket>()

/** What `system:config` answers; by default at once. */
let config: () => object
const context = () =>
  ({ say: (text: string) => void said.push(text), config: () => config() }) as unknown as ConnectionContext

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'lh-conn-'))
  said = []
  config = () => ({ model: 'mini' })
})
afterEach(() => {
  for (const socket of open) socket.destroy()
  server.close()
  rmSync(home, { recursive: true })
})

/** A client, and the daemon's end of its connection. */
async function connected(options: { short?: boolean } = {}) {
  server = createServer()
  server.listen(join(home, 'd.sock'))
  await once(server, 'listening')
  const client = connect(join(home, 'd.sock'))
  const [socket] = (await once(server, 'connection')) as [Socket]
  open.add(client).add(socket)
  const connection = new Connection(socket, context(), options)
  const lines = createInterface(client)[Symbol.asyncIterator]()
  return {
    client,
    connection,
    send: (...requests: (object | string)[]) =>
      client.write(requests.map((each) => `${typeof each === 'string' ? each : JSON.stringify(each)}\n`).join('')),
    next: async () => JSON.parse((await lines.next()).value as string) as Record<string, unknown>,
    ended: async () => (await lines.next()).done,
  }
}
const ask = (id: string) => ({ event: 'system:config', correlation_id: id })
const pushed = (name: string) => ({ event_name: name, timestamp: 1, orchestration_id: 'o', data: { n: 1 } })

describe('a connection', () => {
  test('answers requests in their order, those too that are wrong', async () => {
    const { send, next } = await connected()
    send(ask('a'), 'no json', { event: 'system:cnfig', correlation_id: 'b' }, '', ask('c'))
    expect(await next()).toMatchObject({ correlation_id: 'a', data: { status: 'success', model: 'mini' } })
    expect(await next()).toEqual({ error: expect.stringMatching(/^Invalid JSON/) as string })
    expect(await next()).toMatchObject({
      correlation_id: 'b',
      data: { status: 'failed', error: 'Unknown event: system:cnfig', hint: 'Did you mean "system:config"?' },
    })
    expect(await next()).toMatchObject({ correlation_id: 'c' })
  })

  test('reads a request that comes in pieces', async () => {
    const { client, next } = await connected()
    for (const piece of ['{"event":"system', ':config","correlation_id":"ü', '"}', '\n']) {
      client.write(piece)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(await next()).toMatchObject({ correlation_id: 'ü' })
  })

  test('says of a handler that throws what it threw, and goes on', async () => {
    const { send, next } = await connected()
    config = () => {
      throw new Error('no room')
    }
    send(ask('a'), { event: 'nothing:here', correlation_id: 'b' })
    expect(await next()).toMatchObject({ data: { status: 'failed', error: 'no room' } })
    expect(await next()).toMatchObject({ correlation_id: 'b' })
  })

  test('closes where a line is too long, with a word', async () => {
    const { client, next, ended } = await connected()
    client.on('error', () => {})
    client.write('x'.repeat(MAX_LINE + 1))
    expect(await next()).toEqual({
      error: `A line has more than ${MAX_LINE} characters; the connection is closed.`,
    })
    expect(await ended()).toBe(true)
  })

  test('that is for one question closes after its answer', async () => {
    const { send, next, ended } = await connected({ short: true })
    send(ask('a'))
    expect(await next()).toMatchObject({ correlation_id: 'a' })
    expect(await ended()).toBe(true)
  })

  test('is idle when it neither works nor waits for events', async () => {
    const { connection, send, next } = await connected()
    expect(connection.hasSpoken).toBe(false)
    expect(connection.idleMs).toBeGreaterThanOrEqual(0)
    send({ event: 'monitor:subscribe', data: { event_patterns: ['gather.*'] } })
    await next()
    expect(connection.hasSpoken).toBe(true)
    expect(connection.idleMs).toBeUndefined()
  })
})

describe('events', () => {
  test('go to who has subscribed to them', async () => {
    const { connection, send, next } = await connected()
    connection.push(pushed('gather.ended'))
    send({ event: 'monitor:subscribe', data: { event_patterns: ['gather.*'] } })
    await next()
    connection.push(pushed('call.ended'))
    connection.push(pushed('gather.started'))
    expect(await next()).toEqual(pushed('gather.started'))
  })

  test('that a request causes come after its answer', async () => {
    const { connection, send, next } = await connected()
    send({ event: 'monitor:subscribe', data: { event_patterns: ['*'] } })
    await next()
    config = () => {
      connection.push(pushed('gather.started'))
      return { model: 'mini' }
    }
    send(ask('a'))
    expect(await next()).toMatchObject({ correlation_id: 'a' })
    expect(await next()).toEqual(pushed('gather.started'))
  })
})
