import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Whether a process of this number is there. */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // It runs, as another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Removes the folders of processes that were killed: nothing runs in these at their end. */
function clearUp(name: RegExp): void {
  for (const folder of readdirSync(tmpdir())) {
    const [, pid] = name.exec(folder) ?? []
    if (pid === undefined || isRunning(Number(pid))) continue
    try {
      rmSync(join(tmpdir(), folder), { recursive: true, force: true })
    } catch {
      // It belongs to somebody else.
    }
  }
}

/** Kinds whose old folders were looked for. */
const cleared = new Set<string>()

/**
 * A new folder for temporary files of this process. Those of processes that were killed are removed when the first one
 * of a kind is made.
 *
 * @param kind what it is for, as a part of its name
 */
export function ownFolder(kind: 'children' | 'system'): string {
  if (!cleared.has(kind)) {
    cleared.add(kind)
    clearUp(new RegExp(`^longhaul-${kind}-(\\d+)-\\w+$`))
  }
  return mkdtempSync(join(tmpdir(), `longhaul-${kind}-${process.pid}-`))
}
