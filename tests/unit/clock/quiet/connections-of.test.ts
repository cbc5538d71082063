import { once } from 'node:events'
import { symlinkSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connectionsOf } from '../../../../src/clock/quiet/connections-of.ts'
import { Proc } from '../../../given/proc.ts'

describe.runIf(process.platform === 'linux')('the connections of a process', () => {
  test.for(['127.0.0.1', '::1'])('are known with their ports, as long as they are open: %s', async (host) => {
    const server = createServer()
    server.listen(0, host)
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const ofServer = () =>
      connectionsOf([process.pid]).filter(({ localPort, remotePort }) => [localPort, remotePort].includes(port))
    expect(ofServer()).toEqual([])
    const client = connect(port, host)
    const [accepted] = await once(server, 'connection')
    if (client.connecting) await once(client, 'connect')
    const local = client.localPort!
    const both = ofServer().toSorted((a, b) => a.localPort - b.localPort)
    expect(both).toEqual(
      [
        { localPort: port, remotePort: local },
        { localPort: local, remotePort: port },
      ].toSorted((a, b) => a.localPort - b.localPort),
    )
    client.destroy()
    ;(accepted as typeof client).destroy()
    await Promise.all([once(client, 'close'), once(accepted as typeof client, 'close')])
    expect(ofServer()).toEqual([])
    server.close()
  })

  test('are none of a process that there is not', () => {
    expect(connectionsOf([2 ** 30])).toEqual([])
    expect(connectionsOf([])).toEqual([])
  })
})

describe.runIf(process.platform === 'linux')('by what the system tells', () => {
  let proc: Proc
  beforeEach(() => {
    proc = new Proc()
  })
  afterEach(() => proc.remove())

  test('connections are those that are open or being opened, of each of the processes', () => {
    for (const [nth, state] of [1, 2, 3, 6, 10].entries())
      proc.connection(1, { localPort: 1_000 + nth, remotePort: 65_535 }, { state })
    proc.connection(2, { localPort: 80, remotePort: 8_080 }, { version: 6 })
    proc.connection(3, { localPort: 81, remotePort: 8_081 })
    expect(connectionsOf([1, 4, 2], proc.root)).toEqual([
      { localPort: 1_000, remotePort: 65_535 },
      { localPort: 1_001, remotePort: 65_535 },
      { localPort: 80, remotePort: 8_080 },
    ])
  })

  test('other files of a process are none, and neither is what is listed no more', () => {
    proc.connection(1, { localPort: 80, remotePort: 8_080 })
    const files = join(proc.root, '1', 'fd')
    symlinkSync('/dev/null', join(files, '1'))
    symlinkSync('socket:[5]', join(files, '2'))
    symlinkSync('x-socket:[1001]', join(files, '3'))
    symlinkSync('socket:[1001]x', join(files, '4'))
    writeFileSync(join(files, '5'), '')
    expect(connectionsOf([1], proc.root)).toEqual([{ localPort: 80, remotePort: 8_080 }])
  })
})
