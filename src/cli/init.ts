import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command } from './flags.ts'

/** What is written into the folder, as it is to be there. */
const STARTER = fileURLToPath(new URL('../starter', import.meta.url))

/** `longhaul init`: files that are there already are kept. */
export const init: Command = {
  usage: 'init',
  about: `Writes the programs of the test plan into this folder: daemon_control.py (start, stop, restart, status, health),
websocket_bridge.py and the page ksi_web_ui, which call longhaul. Existing files are not overwritten.`,
  flags: {},
  maxWords: 0,
  run() {
    for (const entry of readdirSync(STARTER, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue
      const from = join(entry.parentPath, entry.name)
      const to = relative(STARTER, from)
      const isThere = existsSync(to)
      const isSame = isThere && readFileSync(to).equals(readFileSync(from))
      if (!isThere) {
        mkdirSync(dirname(to), { recursive: true })
        try {
          copyFileSync(from, to)
        } catch (error) {
          // Of the two files, Node names the one that can be read.
          throw Object.assign(error as NodeJS.ErrnoException, { path: resolve(to) })
        }
      }
      process.stdout.write(
        `${isThere ? `kept, ${isSame ? 'as it was written' : 'with your changes'}` : 'written'}: ${to}\n`,
      )
    }
  },
}
