import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkSocketPath, listenAt } from '../../../src/daemon/socket-file.ts'

let home: string
let path: string
let servers: Server[] = []
const listen = async (at = path): Promise<Server> => {
  const server = createServer()
  servers.push(server)
  await listenAt(server, at)
  return server
}
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'lh-sock-'))
  path = join(home, 'd.sock')
})
afterEach(() => {
  for (const server of servers) server.close()
  servers = []
  rmSync(home, { recursive: true })
})

test('a socket is for its owner only', async () => {
  await listen()
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('a second daemon is refused, and the first one goes on', async () => {
  const first = await listen()
  await expect(listen()).rejects.toMatchObject({
    code: 'LONGHAUL_DAEMON_RUNNING',
    message: `A daemon already answers at ${path}. Stop that daemon with: longhaul daemon stop`,
  })
  expect(first.listening).toBe(true)
  expect(statSync(path).isSocket()).toBe(true)
})

test('a file that is no socket is left as it is', async () => {
  writeFileSync(path, 'mine')
  await expect(listen()).rejects.toMatchObject({
    code: 'LONGHAUL_SOCKET_PATH',
    message: expect.stringContaining('is not a socket. longhaul leaves the file unchanged') as string,
  })
  expect(readFileSync(path, 'utf8')).toBe('mine')
})

test('a path that is too long for a socket is refused with what to do', () => {
  const long = `/${'x'.repeat(103)}`
  expect(() => checkSocketPath(long)).toThrow(
    /has 104 bytes; the operating system allows at most 103 bytes\. Set a shorter path/,
  )
  expect(() => checkSocketPath(long.slice(1))).not.toThrow()
  // Bytes count, not letters.
  expect(() => checkSocketPath(`/${'ö'.repeat(52)}`)).toThrow('105 bytes')
})

test('nothing is left beside the socket', async () => {
  await listen()
  expect(existsSync(`${path}~`)).toBe(false)
})
