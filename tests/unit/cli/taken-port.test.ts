import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { listenError, refuseTaken } from '../../../src/cli/taken-port.ts'

test('a port that another program has is refused, with what to do', async () => {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await expect(refuseTaken(port, 'Set another one.')).rejects.toMatchObject({
    name: 'PortTakenError',
    code: 'LONGHAUL_PORT_TAKEN',
    message: `Port ${port} of 127.0.0.1 is already in use. Set another one.`,
  })
  server.close()
  await once(server, 'close')
  await expect(refuseTaken(port, '')).resolves.toBeUndefined()
  await expect(refuseTaken(0, '')).resolves.toBeUndefined()
})

test('another error of a server stays as it is', () => {
  const error = Object.assign(new Error('no'), { code: 'EACCES' })
  expect(listenError(error, 80, '')).toBe(error)
})
