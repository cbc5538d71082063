import { readFileSync } from 'node:fs'
import { installDoors } from '../doors/index.ts'
import { workerState } from './worker-state.ts'

// The plugin lets Vitest load this before any module of the user: whoever takes a function aside at load takes a door.
installDoors()

/** An import of the package, by its name or by one of its entry points. */
const IMPORT = /(?:from|import|require)\s*\(?\s*['"]longhaul(?:\/[\w/-]+)?['"]/

/** Whether the test file that is about to be loaded is one of longhaul's: others keep their own chance. */
function usesLonghaul(file: string | undefined): boolean {
  try {
    return file !== undefined && IMPORT.test(readFileSync(file, 'utf8'))
  } catch {
    // It is no file on the disk.
    return false
  }
}

// Modules that stand above the import of longhaul, as sorted imports do, draw by the seed too.
if (usesLonghaul(workerState().filepath)) (await import('./loading.ts')).seedLoading()
