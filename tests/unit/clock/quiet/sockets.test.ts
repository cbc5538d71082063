import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { connect, createServer, Socket, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectSecurely } from 'node:tls'
import { afterEach, describe, expect, test } from 'vitest'
import { Sockets, type Connection, type Peers } from '../../../../src/clock/quiet/sockets.ts'

const WINDOWS = { settleMs: 2_000, quietMs: 10 }
const NO_CHILDREN: Peers<object> = { isPipeOf: () => false, peerOf: () => undefined, heardOf: () => {} }
const what = '1 exchange(s) open on a socket'

const ends: (() => void)[] = []
afterEach(() => ends.splice(0).forEach((end) => end()))

/** A connection of which both ends are known; nothing is read unless it is asked for. */
async function connection(path?: string): Promise<{ client: Socket; accepted: Socket }> {
  const server: Server = createServer({ pauseOnConnect: true })
  if (path === undefined) server.listen(0, '127.0.0.1')
  else server.listen(path)
  await once(server, 'listening')
  const client = path === undefined ? connect((server.address() as AddressInfo).port, '127.0.0.1') : connect(path)
  client.pause()
  const [[accepted]] = (await Promise.all([once(server, 'connection'), once(client, 'connect')])) as [[Socket], unknown]
  ends.push(() => {
    client.destroy()
    accepted.destroy()
    server.close()
  })
  return { client, accepted }
}

/** Reads what the other end has sent. */
async function read(socket: Socket): Promise<void> {
  socket.resume()
  await once(socket, 'data')
  socket.pause()
}

const connectionOf = ({ localPort, remotePort }: Socket): Connection => ({
  localPort: localPort!,
  remotePort: remotePort!,
})

describe('a connection with both ends in this process', () => {
  test('is open exactly while bytes are between them', async () => {
    const { client, accepted } = await connection()
    const sockets = new Sockets(WINDOWS, NO_CHILDREN, [])
    const look = (now: number) => sockets.look([client, accepted], now)
    expect(look(0)).toBeUndefined()
    client.write('question')
    expect(look(100)).toEqual({ what, since: 100 })
    expect(look(60_000)).toEqual({ what, since: 100 })
    await read(accepted)
    expect(look(60_001)).toBeUndefined()
    accepted.write('answer')
    expect(look(60_002)).toEqual({ what, since: 60_002 })
    await read(client)
    expect(look(60_003)).toBeUndefined()
  })

  test('of which one is gone is open until its closing may have come', async () => {
    const { client, accepted } = await connection()
    const sockets = new Sockets(WINDOWS, NO_CHILDREN, [])
    client.write('question')
    sockets.look([client, accepted], 0)
    await read(accepted)
    expect(sockets.look([client, accepted], 5)).toBeUndefined()
    expect(sockets.look([client], 9)).toEqual({ what, since: 0 })
    expect(sockets.look([client], 10)).toBeUndefined()
  })

  test('counts among others, the first of them since when', async () => {
    const [one, other] = [await connection(), await connection()]
    const sockets = new Sockets(WINDOWS, NO_CHILDREN, [])
    const handles = [other.client, other.accepted, one.client, one.accepted]
    sockets.look(handles, 0)
    one.client.write('question')
    sockets.look(handles, 100)
    other.client.write('question')
    expect(sockets.look([{}, ...handles], 200)).toEqual({ what: '2 exchange(s) open on a socket', since: 100 })
    expect(sockets.all()).toEqual(handles.map(connectionOf))
  })

  test.skipIf(process.platform === 'win32')(
    'may be a Unix socket, which has no name: what one has written the other has read',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'longhaul-sockets-'))
      ends.push(() => rmSync(folder, { recursive: true }))
      const { client, accepted } = await connection(join(folder, 'a.sock'))
      const other = await connection(join(folder, 'b.sock'))
      const sockets = new Sockets(WINDOWS, NO_CHILDREN, [])
      const third = await connection(join(folder, 'c.sock'))
      const handles = [client, other.client, third.client, other.accepted, third.accepted, accepted]
      other.client.write('more')
      await read(other.accepted)
      third.accepted.write('hello')
      await read(third.client)
      expect(sockets.look(handles, 0)).toBeUndefined()
      client.write('question')
      expect(sockets.look(handles, 100)).toEqual({ what, since: 100 })
      await read(accepted)
      expect(sockets.look(handles, 200)).toBeUndefined()
      expect(sockets.all()).toEqual([])
      // Its peer waits for an answer, though the connection has no name.
      expect([sockets.waitingSince(0), sockets.waiting()]).toEqual([true, []])
    },
  )
})

describe('a connection to another process', () => {
  test('is open from a write to its answer, and a little longer after each piece', async () => {
    const { client, accepted } = await connection()
    const sockets = new Sockets(WINDOWS, NO_CHILDREN, [client])
    const look = (now: number) => sockets.look([client], now)
    expect(look(0)).toBeUndefined()
    client.write('question')
    expect(look(100)).toEqual({ what, since: 100 })
    expect(look(2_099)).toEqual({ what, since: 100 })
    accepted.write('piece')
    await read(client)
    expect(look(2_099)).toEqual({ what, since: 2_099 })
    expect(look(2_108)).toEqual({ what, since: 2_099 })
    expect(look(2_109)).toBeUndefined()
    accepted.write('piece')
    await read(client)
    expect(look(3_000)).toEqual({ what, since: 3_000 })
    expect(look(3_010)).toBeUndefined()
  })

  test('that never answers is found out once, in this run and in later ones', async () => {
    const { client, accepted } = await connection()
    const sockets = new Sockets(WINDOWS, NO_CHILDREN, [client])
    client.write('log')
    expect(sockets.look([client], 100)).toEqual({ what, since: 100 })
    expect(sockets.look([client], 2_100)).toBeUndefined()
    client.write('log')
    expect(sockets.look([client], 2_200)).toBeUndefined()
    const later = new Sockets(WINDOWS, NO_CHILDREN, [client])
    client.write('log')
    expect(later.look([client], 2_300)).toBeUndefined()
    // Until it does.
    accepted.write('answer')
    await read(client)
    expect(later.look([client], 2_400)).toEqual({ what, since: 2_400 })
    client.write('question')
    expect(later.look([client], 2_500)).toEqual({ what, since: 2_500 })
  })

  test('that is new is taken for one on which this process has spoken, unless it has only heard', async () => {
    const asking = await connection()
    const sockets = new Sockets(WINDOWS, NO_CHILDREN, [])
    expect(sockets.look([asking.client], 100)).toEqual({ what, since: 100 })
    expect(sockets.look([asking.client], 2_099)).toBeDefined()
    const heard = await connection()
    heard.accepted.write('hello')
    await read(heard.client)
    const fresh = new Sockets(WINDOWS, NO_CHILDREN, [])
    expect(fresh.look([heard.client], 100)).toEqual({ what, since: 100 })
    expect(fresh.look([heard.client], 110)).toBeUndefined()
    heard.client.write('question')
    expect(new Sockets(WINDOWS, NO_CHILDREN, []).look([heard.client], 0)).toEqual({ what, since: 0 })
    const both = new Sockets(WINDOWS, NO_CHILDREN, [])
    both.look([heard.client], 0)
    expect(both.look([heard.client], 1_999)).toEqual({ what, since: 0 })
  })

  test('may wait for a server of this one, until it is answered', async () => {
    const { client, accepted } = await connection()
    const sockets = new Sockets(WINDOWS, NO_CHILDREN, [])
    client.write('question')
    await read(accepted)
    sockets.look([accepted], 100)
    expect(sockets.waiting()).toEqual([connectionOf(accepted)])
    expect([99, 100, 101].map((from) => sockets.waitingSince(from))).toEqual([true, true, false])
    accepted.write('answer')
    sockets.look([accepted], 200)
    expect([sockets.waiting(), sockets.waitingSince(0)]).toEqual([[], false])
    sockets.look([], 300)
    expect(sockets.all()).toEqual([])
  })

  test('waits for a server of HTTP as long as its response has not ended', async () => {
    const { promise: asked, resolve } = Promise.withResolvers<Socket>()
    const server = createHttpServer((request, response) => {
      response.write('piece')
      resolve(request.socket)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
    ends.push(() => {
      client.destroy()
      server.closeAllConnections()
      server.close()
    })
    client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    const accepted = await asked
    const sockets = new Sockets(WINDOWS, NO_CHILDREN, [])
    sockets.look([accepted, client], 0)
    expect(sockets.waiting()).toEqual([connectionOf(accepted)])
  })
})

describe('a connection to a child process', () => {
  /** Children that have ports, and what is heard of them. */
  function children(ports: Map<number, object>): Peers<object> & { heard: unknown[]; asked: number } {
    const heard: unknown[] = []
    return {
      heard,
      asked: 0,
      isPipeOf: () => false,
      peerOf({ remotePort }) {
        this.asked += 1
        return ports.get(remotePort)
      },
      heardOf: (_peer, ...more) => void heard.push(more),
    }
  }

  test('holds nothing by itself: what is exchanged is told to what watches the child', async () => {
    const { client, accepted } = await connection()
    const peers = children(new Map([[client.remotePort!, {}]]))
    const sockets = new Sockets(WINDOWS, peers, [client])
    expect(sockets.look([client], 0)).toBeUndefined()
    expect(peers.asked).toBe(0)
    client.write('question')
    expect(sockets.look([client], 100)).toBeUndefined()
    expect(sockets.look([client], 200)).toBeUndefined()
    accepted.write('answer')
    await read(client)
    // An idle one is in no list of Node's.
    expect(sockets.look([], 300)).toBeUndefined()
    client.write('question')
    sockets.look([], 400)
    expect(peers.heard).toEqual([
      ['written', 100],
      ['written', 100],
      ['read', 300],
      ['written', 400],
    ])
    expect(peers.asked).toBe(1)
    client.destroy()
    sockets.look([], 500)
    expect(sockets.all()).toEqual([])
  })

  test('that has not accepted it yet is asked for again after a while, and not once it has answered', async () => {
    const { client, accepted } = await connection()
    const ports = new Map<number, object>()
    const peers = children(ports)
    const sockets = new Sockets(WINDOWS, peers, [client])
    client.write('question')
    const askedAt = (now: number): number => {
      sockets.look([client], now)
      return peers.asked
    }
    expect([100, 119, 120, 139].map(askedAt)).toEqual([1, 1, 2, 2])
    accepted.write('answer')
    await read(client)
    expect([140, 200, 60_000].map(askedAt)).toEqual([3, 3, 3])
  })

  test('is none where it is the pipe of one', async () => {
    const { client } = await connection()
    const sockets = new Sockets(WINDOWS, { ...NO_CHILDREN, isPipeOf: (socket) => socket === client }, [])
    expect(sockets.look([client], 0)).toBeUndefined()
    expect(sockets.all()).toEqual([])
  })
})

describe('a socket that the system never bound', () => {
  test.each<[what: string, connectTo: (port: number, lookup?: () => void) => Socket]>([
    ['TCP', (port, lookup) => connect({ host: lookup ? 'nowhere.test' : '127.0.0.1', port, lookup: lookup as never })],
    [
      'TLS',
      (port, lookup) =>
        connectSecurely({ host: lookup ? 'nowhere.test' : '127.0.0.1', port, lookup: lookup as never }).on(
          'error',
          () => {},
        ),
    ],
  ])('is answered by an interceptor, and holds nothing, as a bound one does: %s', async (_what, connectTo) => {
    const sockets = new Sockets(WINDOWS, NO_CHILDREN, [])
    const unbound = connectTo(1, () => {})
    ends.push(() => void unbound.destroy())
    expect([sockets.look([unbound], 0), sockets.look([unbound], 1)]).toEqual([undefined, undefined])
    expect(sockets.all()).toEqual([])
    const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const bound = connectTo((server.address() as AddressInfo).port)
    ends.push(() => [bound.destroy(), server.close()])
    const [accepted] = (await once(server, 'connection')) as [Socket]
    ends.push(() => void accepted.destroy())
    expect(sockets.look([unbound, bound], 0)).toEqual({ what, since: 0 })
  })

  test('is none where it has no handle at all', () => {
    expect(new Sockets(WINDOWS, NO_CHILDREN, []).look([new Socket()], 0)).toEqual({ what, since: 0 })
  })

  test('and has given up is known as such by later looks', () => {
    const sockets = new Sockets(WINDOWS, NO_CHILDREN, [])
    const socket = connect({ host: 'nowhere.test', port: 1, lookup: () => {} })
    ends.push(() => void socket.destroy())
    // An interceptor says that it has connected.
    Object.assign(socket, { connecting: false })
    expect(sockets.look([socket], 0)).toBeUndefined()
    socket.destroy()
    expect(sockets.look([socket], 1)).toBeUndefined()
  })
})

test('the standard streams of the process hold nothing', () => {
  const heldBy = (fd: number): string | undefined => {
    const handle = Object.assign(new Socket(), { fd })
    return new Sockets(WINDOWS, NO_CHILDREN, []).look([handle], 0)?.what
  }
  expect([0, 1, 2, 3].map(heldBy)).toEqual([undefined, undefined, undefined, what])
})
