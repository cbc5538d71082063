import { syncBuiltinESMExports } from 'node:module'
import { hang } from './door.ts'
import { behind } from './stand.ts'

type Backup = (...args: unknown[]) => Promise<unknown>

const { moduleLoadList } = process as unknown as { moduleLoadList: readonly string[] }
let seen = 0

/**
 * A door of `backup` of `node:sqlite`, which works in the thread pool and shows nowhere. It is hung when the module has
 * been loaded: loading it prints a warning on some versions of Node.
 */
export function hangSqliteDoor(): void {
  if (moduleLoadList.length === seen) return
  seen = moduleLoadList.length
  if (!moduleLoadList.includes('NativeModule sqlite')) return
  const sqlite = process.getBuiltinModule('node:sqlite') as unknown as { backup?: Backup }
  if (!sqlite.backup) return
  hang('sqlite.backup', sqlite as { backup: Backup }, 'backup', (backup) => (...args) => {
    const copy = backup(...args)
    return behind.work?.hold(copy, 'a backup of node:sqlite') ?? copy
  })
  syncBuiltinESMExports()
}
