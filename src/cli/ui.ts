import { guardProcess } from '../daemon/guard.ts'
import { daemonPaths, makeFolders } from '../daemon/index.ts'
import type { Command } from './flags.ts'
import { UI_PORT, uiPort } from './ui-port.ts'
import { startUi } from './ui-server.ts'

/** `longhaul ui`: runs until the process is told to stop. */
export const ui: Command = {
  usage: 'ui',
  about: `Serves a live page of the daemon on this machine. The printed address contains a token.
With the token, the page can suspend, resume and terminate; without it, the page is read-only. If no daemon runs, the page waits for one.`,
  maxWords: 0,
  flags: { port: { about: `port of the page; default: ${UI_PORT}; 0 for any free port`, value: 'NUMBER' } },
  async run({ flags }) {
    const paths = daemonPaths(process.env)
    makeFolders(paths)
    const { url, close } = await startUi({ paths, port: uiPort({ 'ui-port': flags['port'] }) })
    process.stdout.write(`longhaul ui shows the daemon at ${url}\n`)
    guardProcess({ fail: () => {}, log: (text) => process.stderr.write(`longhaul ui: ${text}\n`) })
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void close())
  },
}
