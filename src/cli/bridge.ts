import { startBridge } from '../daemon/bridge.ts'
import { daemonPaths } from '../daemon/index.ts'

/** Runs the WebSocket bridge until the process is told to stop. */
export async function bridge(given: string | undefined): Promise<void> {
  const port = given === undefined ? undefined : Number(given)
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535))
    throw new Error(`--port is "${given}". Give a number from 0 to 65535.`)
  const { url, close } = await startBridge({
    socket: daemonPaths(process.env).socket,
    ...(port !== undefined && { port }),
  })
  process.stdout.write(`longhaul bridge answers at ${url}\n`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void close())
}
