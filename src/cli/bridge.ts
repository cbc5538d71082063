import { startBridge } from '../daemon/bridge.ts'
import { guardProcess } from '../daemon/guard.ts'
import { daemonPaths, makeFolders } from '../daemon/index.ts'
import { keptToken } from '../daemon/token.ts'
import { numberIn, type Command } from './flags.ts'
import { listenError } from './taken-port.ts'

/** `longhaul bridge`: runs until the process is told to stop. */
export const bridge: Command = {
  usage: 'bridge',
  about: `Connects WebSocket clients on this machine to the daemon. Programs send the token that the bridge prints, as a subprotocol or as ?token=….\nPages of http://localhost:8080, http://localhost:3000 and files have read access without the token.`,
  maxWords: 0,
  flags: { port: { about: 'port of the bridge; default: 8765', value: 'NUMBER' } },
  async run({ flags }) {
    const port = numberIn('--port', flags['port'] ?? '8765', { least: 0, most: 65_535, whole: true })
    const paths = daemonPaths(process.env)
    makeFolders(paths)
    const token = keptToken(paths.token)
    const { url, close } = await startBridge({
      socket: paths.socket,
      token,
      port,
    }).catch((error: unknown) => {
      throw listenError(error, port, 'Set another port by --port.')
    })
    process.stdout.write(
      `longhaul bridge answers at ${url}\n` +
        `Programs send this token, as a subprotocol or as ${url}/?token=…; pages have read access without it: ${token}\n` +
        `It is kept in ${paths.token}\n`,
    )
    guardProcess({ fail: () => {}, log: (text) => process.stderr.write(`longhaul bridge: ${text}\n`) })
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void close())
  },
}
