import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { networkInterfaces } from 'node:os'
import { afterEach, describe, expect, test } from 'vitest'
import { Datagrams } from '../../../../src/clock/quiet/datagrams.ts'
import { installDoors, registry } from '../../../../src/doors/index.ts'

installDoors()
const WINDOWS = { settleMs: 2_000, quietMs: 10 }

const sockets: Socket[] = []
afterEach(() => sockets.splice(0).forEach((socket) => socket.close()))

async function bound(at = 0, address = '127.0.0.1'): Promise<{ socket: Socket; port: number }> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
  sockets.push(socket)
  socket.bind(at, address)
  await once(socket, 'listening')
  return { socket, port: socket.address().port }
}

test('a datagram to a socket of this process is in transit until it is there, and no longer than a moment', async () => {
  const [from, to] = [await bound(), await bound()]
  const datagrams = new Datagrams(WINDOWS)
  expect(datagrams.look(0)).toBeUndefined()
  const destination = { port: to.port, address: '127.0.0.1' }
  datagrams.sent(from.socket, destination, 100)
  const held = { what: `a datagram to 127.0.0.1:${to.port} is in transit`, since: 100 }
  expect([datagrams.look(100), datagrams.look(109)]).toEqual([held, held])
  from.socket.send('hello', to.port, '127.0.0.1')
  await once(to.socket, 'message')
  expect(datagrams.look(109)).toBeUndefined()
  datagrams.sent(from.socket, destination, 200)
  expect([datagrams.look(209)?.since, datagrams.look(210)]).toEqual([200, undefined])
  // That it was lost does not make it one that never answers.
  datagrams.sent(from.socket, destination, 300)
  expect(datagrams.look(300)).toBeDefined()
})

test('one to another machine is in transit until its answer, or until none may come', async () => {
  const [from, other] = [await bound(), await bound()]
  const datagrams = new Datagrams(WINDOWS)
  const destination = { port: 53, address: '192.0.2.1' }
  datagrams.sent(from.socket, destination, 100)
  const held = { what: 'a datagram to 192.0.2.1:53 is in transit', since: 100 }
  expect([datagrams.look(100), datagrams.look(2_099)]).toEqual([held, held])
  other.socket.send('answer', from.port, '127.0.0.1')
  await once(from.socket, 'message')
  expect(datagrams.look(2_099)).toBeUndefined()
  datagrams.sent(from.socket, destination, 2_200)
  expect(datagrams.look(2_300)?.since).toBe(2_200)
  other.socket.send('another', from.port, '127.0.0.1')
  await once(from.socket, 'message')
  expect(datagrams.look(2_300)).toBeUndefined()
  datagrams.sent(from.socket, destination, 3_000)
  expect([datagrams.look(4_999)?.since, datagrams.look(5_000)]).toEqual([3_000, undefined])
  // It never answers, and so is not waited for again, in this run or in a later one.
  datagrams.sent(from.socket, destination, 6_000)
  expect(datagrams.look(6_000)).toBeUndefined()
  const later = new Datagrams(WINDOWS)
  later.sent(from.socket, destination, 0)
  expect(later.look(0)).toBeUndefined()
  later.sent(from.socket, { port: 54, address: '192.0.2.1' }, 0)
  expect(later.look(0)?.what).toBe('a datagram to 192.0.2.1:54 is in transit')
})

test.runIf(process.platform === 'linux').each(['127.0.0.1', 'localhost', '::1', '::ffff:127.0.0.1', '0.0.0.0'])(
  'one to a port of this machine that nobody has bound goes nowhere: %s',
  async (address) => {
    const from = await bound()
    const gone = createSocket('udp4')
    gone.bind(0, '127.0.0.1')
    await once(gone, 'listening')
    const { port } = gone.address()
    gone.close()
    await once(gone, 'close')
    const datagrams = new Datagrams(WINDOWS)
    datagrams.sent(from.socket, { port, address }, 0)
    expect(datagrams.look(0)).toBeUndefined()
    // The same port of another machine may be somebody's.
    datagrams.sent(from.socket, { port, address: '192.0.2.2' }, 0)
    expect(datagrams.look(0)).toBeDefined()
  },
)

test.each([
  '127.0.0.1',
  '127.0.0.2',
  'localhost',
  'LocalHost.',
  'agents.localhost',
  '::1',
  '::ffff:127.0.0.1',
  '0.0.0.0',
])('one to a port of this process goes to itself by any name of this machine: %s', async (address) => {
  const [from, to] = [await bound(), await bound()]
  const datagrams = new Datagrams(WINDOWS)
  datagrams.sent(from.socket, { port: to.port, address }, 0)
  expect([datagrams.look(9)?.since, datagrams.look(10)]).toEqual([0, undefined])
})

test.each(['192.0.2.3', '127.example.com', 'localhost.example.com', '10.127.0.0', '2001:db8::1'])(
  'one to another machine is not at home by the number of its port, nor by a name that begins like one: %s',
  async (address) => {
    const [from, to] = [await bound(), await bound()]
    const datagrams = new Datagrams(WINDOWS)
    datagrams.sent(from.socket, { port: to.port, address }, 0)
    expect([datagrams.look(1_999)?.since, datagrams.look(2_000)]).toEqual([0, undefined])
  },
)

describe('one to another process of this machine', () => {
  /** Lets a socket be one of another process: the doors of this one do not know it. */
  const leaveToAnother = (socket: Socket): void => {
    for (const known of registry.datagramSockets) if (known.deref() === socket) registry.datagramSockets.delete(known)
  }
  /** A socket of another process, at a port whose hexadecimal number has letters and begins with a zero. */
  async function boundByAnother(address: string): Promise<{ socket: Socket; port: number }> {
    for (let port = 0xabc; port < 0x1000; port++) {
      const other = await bound(port, address).catch(() => undefined)
      if (!other) continue
      leaveToAnother(other.socket)
      return other
    }
    throw new Error(`No port of ${address} is free.`)
  }
  const families = Object.values(networkInterfaces()).flatMap((addresses) => addresses!.map(({ family }) => family))

  test.each(families.includes('IPv6') ? ['127.0.0.1', '::1'] : ['127.0.0.1'])(
    'is in transit until that answers, or until no answer may come: %s',
    async (address) => {
      const [from, other] = [await bound(), await boundByAnother(address)]
      const datagrams = new Datagrams(WINDOWS)
      datagrams.sent(from.socket, { port: other.port, address }, 0)
      expect([datagrams.look(1_999)?.since, datagrams.look(2_000)]).toEqual([0, undefined])
    },
  )

  test('is waited for, though one to the same port was lost while it was of this process', async () => {
    const [from, other] = [await bound(), await bound()]
    const datagrams = new Datagrams(WINDOWS)
    const destination = { port: other.port, address: '127.0.0.1' }
    datagrams.sent(from.socket, destination, 0)
    expect(datagrams.look(10)).toBeUndefined()
    leaveToAnother(other.socket)
    datagrams.sent(from.socket, destination, 100)
    expect(datagrams.look(200)?.since).toBe(100)
  })
})

test('of several in transit the first is told, and each is found out by itself', async () => {
  const [one, other] = [await bound(), await bound()]
  const datagrams = new Datagrams(WINDOWS)
  const to = (port: number) => ({ port, address: '192.0.2.4' })
  datagrams.sent(one.socket, to(1), 0)
  datagrams.sent(other.socket, to(2), 500)
  expect(datagrams.look(1_999)).toMatchObject({ what: 'a datagram to 192.0.2.4:1 is in transit', since: 0 })
  expect(datagrams.look(2_499)).toMatchObject({ what: 'a datagram to 192.0.2.4:2 is in transit', since: 500 })
  expect(datagrams.look(2_500)).toBeUndefined()
  datagrams.sent(one.socket, to(2), 3_000)
  expect(datagrams.look(3_000)).toBeUndefined()
})

test('an answer to another socket is none', async () => {
  const [from, other] = [await bound(), await bound()]
  const datagrams = new Datagrams(WINDOWS)
  datagrams.sent(from.socket, { port: 53, address: '192.0.2.5' }, 0)
  from.socket.send('hello', other.port, '127.0.0.1')
  await once(other.socket, 'message')
  expect(datagrams.look(1_000)?.since).toBe(0)
})
