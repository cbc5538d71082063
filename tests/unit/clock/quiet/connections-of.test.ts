import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { connectionsOf } from '../../../../src/clock/quiet/connections-of.ts'

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
