import { spawn } from 'node:child_process'
import { createSocket, type Socket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { mkdtempSync, rmSync, watch as watchFolder, writeFileSync } from 'node:fs'
import { watch, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { describeOrchestration } from 'longhaul'
import { afterAll } from 'vitest'

const orTooLate = <T>(work: Promise<T>): Promise<T | 'too late'> =>
  Promise.race([work, sleep(3_600_000, 'too late' as const)])

const bound = async (): Promise<Socket> => {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return socket
}

async function pingPong(): Promise<string> {
  const [a, b] = [await bound(), await bound()]
  b.on('message', (message, from) => b.send(`pong to ${String(message)}`, from.port, from.address))
  const answer = once(a, 'message')
  a.send('ping', (b.address() as AddressInfo).port, '127.0.0.1')
  const [message] = (await answer) as [Buffer]
  a.close()
  b.close()
  return String(message)
}

async function fromAnotherProcess(): Promise<string> {
  const child = spawn(process.execPath, [
    '-e',
    `const socket = require('node:dgram').createSocket('udp4'); socket.on('message', (message, from) => setTimeout(() => socket.send('echo of ' + message, from.port, from.address), 100))
     socket.bind(0, '127.0.0.1', () => console.log(socket.address().port))`,
  ])
  const [port] = (await once(createInterface(child.stdout), 'line')) as [string]
  const socket = createSocket('udp4')
  const answer = once(socket, 'message')
  socket.connect(Number(port), '127.0.0.1', () => socket.send('ping'))
  const [message] = (await answer) as [Buffer]
  socket.close()
  child.kill()
  return String(message)
}

const folder = mkdtempSync(join(tmpdir(), 'longhaul-watch-'))
afterAll(() => rmSync(folder, { recursive: true }))

const watched = (write: (file: string) => unknown): Promise<string> =>
  new Promise((resolve) => {
    const watcher = watchFolder(folder, (_event, name) => {
      watcher.close()
      resolve(String(name))
    })
    void write(join(folder, 'inbox'))
  })

async function watchedByPromises(): Promise<string> {
  const controller = new AbortController()
  const changes = watch(folder, { signal: controller.signal })
  const first = changes[Symbol.asyncIterator]().next()
  await writeFile(join(folder, 'inbox'), 'letter')
  const { value } = await first
  controller.abort()
  return String(value?.filename)
}

const WORK: [string, () => Promise<unknown>, unknown][] = [
  ['a datagram and its answer in one process', pingPong, 'pong to ping'],
  ['a datagram and its answer from another process', fromAnotherProcess, 'echo of ping'],
  ['a watched folder and a file that is written at once', () => watched((file) => writeFileSync(file, 'a')), 'inbox'],
  ['a watched folder and a file that is written later', () => watched((file) => writeFile(file, 'b')), 'inbox'],
  ['a watched folder, by promises', watchedByPromises, 'inbox'],
  ['a name that is looked up', async () => (await lookup('localhost', { family: 4 })).address, '127.0.0.1'],
]

for (const [what, work, wanted] of WORK) {
  describeOrchestration(what, { system: () => orTooLate(work()) }, (test) => {
    test.afterAll(() => rmSync(join(folder, 'inbox'), { force: true }))
    test('comes before a timer of an hour, and takes no time', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.result).toBe(wanted)
      expect(outcome.elapsedMs).toBe(0)
    })
  })
}

describeOrchestration(
  'figures that are sent by datagrams to nobody',
  {
    system: async () => {
      const sink = await bound()
      const { port } = sink.address() as AddressInfo
      sink.close()
      const socket = createSocket('udp4')
      for (let minute = 0; minute < 60; minute++) {
        socket.send(`calls:${minute}|c`, port, '127.0.0.1')
        await sleep(60_000)
      }
      socket.close()
    },
  },
  (test) => {
    test('cost no real time', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.elapsedMs).toBe(3_600_000)
    })
  },
)
