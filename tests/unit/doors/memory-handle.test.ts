import { once } from 'node:events'
import { Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { installDoors } from '../../../src/doors/index.ts'
import { join, MemoryHandle } from '../../../src/doors/memory-handle.ts'

installDoors()

const ENDS = { local: { address: '127.0.0.1', port: 1 }, remote: { address: '192.0.2.1', port: 443 } }

/** Two sockets, each the other's end. */
function pair(options: object = {}): [Socket, Socket] {
  const handles = [new MemoryHandle(ENDS), new MemoryHandle(ENDS)] as const
  join(...handles)
  return handles.map((handle) => new Socket({ handle, ...options } as object)) as [Socket, Socket]
}

test('what one end writes, the other reads, in order and whatever its encoding', async () => {
  const [client, server] = pair()
  client.write('plain ')
  client.write('6865782069732066696e6520', 'hex')
  client.cork()
  client.write(Buffer.from('bytes '))
  client.write('last')
  client.uncork()
  client.end()
  expect(await text(server)).toBe('plain hex is fine bytes last')
  expect([client.bytesWritten, server.bytesRead]).toEqual([28, 28])
})

test('nothing arrives within the write itself', async () => {
  const [client, server] = pair()
  let arrived = false
  server.on('data', () => (arrived = true))
  client.write('x')
  expect(arrived).toBe(false)
  await once(server, 'data')
  expect(arrived).toBe(true)
})

test('a reader who does not read holds the writer back, and loses nothing', async () => {
  const [client, server] = pair()
  server.pause()
  const piece = Buffer.alloc(64 * 1024, 'a')
  let written = 0
  for (let nth = 0; nth < 40; nth++) client.write(piece, () => (written += 1))
  await new Promise((resolve) => setImmediate(resolve))
  expect(written).toBeLessThan(10)
  client.end()
  expect((await text(server)).length).toBe(40 * piece.length)
  expect(written).toBe(40)
})

test('an end may stay open for writing when the other has ended', async () => {
  const [client, server] = pair({ allowHalfOpen: true })
  client.end('question')
  expect(await text(server)).toBe('question')
  server.end('answer')
  expect(await text(client)).toBe('answer')
})

test('a socket that is destroyed ends the other, and both are closed', async () => {
  const [client, server] = pair()
  server.resume()
  client.destroy()
  await Promise.all([once(client, 'close'), once(server, 'close')])
  expect([client.destroyed, server.destroyed]).toEqual([true, true])
})

test('a reset is an error at the other end', async () => {
  const [client, server] = pair()
  server.resetAndDestroy()
  const [error] = (await once(client, 'error')) as [NodeJS.ErrnoException]
  expect(error).toMatchObject({ code: 'ECONNRESET', syscall: 'read' })
})

test('the error comes before the close', async () => {
  const [client] = pair()
  const seen: string[] = []
  client.on('error', () => seen.push('error')).on('close', () => seen.push('close'))
  client.destroy(new Error('enough'))
  await once(client, 'close').catch(() => {})
  await new Promise((resolve) => setImmediate(resolve))
  expect(seen).toEqual(['error', 'close'])
})

test('it has addresses, and the methods of a socket do what they do', () => {
  const [client] = pair()
  expect([client.remoteAddress, client.remotePort, client.localAddress]).toEqual(['192.0.2.1', 443, '127.0.0.1'])
  expect(client.setNoDelay().setKeepAlive(true).ref().unref()).toBe(client)
  expect([client.readyState, client.pending, client.connecting]).toEqual(['open', false, false])
})
