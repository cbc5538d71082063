import { startBridge } from '../daemon/bridge.ts'
import { daemonPaths } from '../daemon/index.ts'
import { numberIn, type Command } from './flags.ts'

/** `longhaul bridge`: runs until the process is told to stop. */
export const bridge: Command = {
  usage: 'bridge',
  about: 'Lets WebSocket clients on this machine talk to the daemon.',
  flags: { port: { about: 'default: 8765', value: 'NUMBER' } },
  async run({ flags }) {
    const port =
      flags['port'] === undefined
        ? undefined
        : numberIn('--port', flags['port'], { least: 0, most: 65_535, whole: true })
    const { url, close } = await startBridge({
      socket: daemonPaths(process.env).socket,
      ...(port !== undefined && { port }),
    })
    process.stdout.write(`longhaul bridge answers at ${url}\n`)
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void close())
  },
}
