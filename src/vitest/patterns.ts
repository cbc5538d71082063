import { dirname, isAbsolute, join } from 'node:path'
import { TestRunner } from 'vitest'
import { findPattern } from '../pattern/index.ts'
import type { OrchestrationOptions } from '../simulation/options.ts'
import { workerState } from './worker-state.ts'

const isThere = (pattern: string): string | undefined => {
  try {
    return findPattern(pattern)
  } catch {
    return undefined
  }
}

/**
 * Options whose pattern is found: from where Vitest was started, else from its root, else beside the file of the test. One
 * that is nowhere is told of when it is read.
 */
export function withPattern<Options extends OrchestrationOptions<never>>(options: Options): Options {
  const { pattern } = options
  if (typeof pattern !== 'string' || isAbsolute(pattern) || isThere(pattern)) return options
  const { file } = TestRunner.getCurrentSuite()
  const folders = [workerState().config?.root, file && dirname(file.filepath)].filter((folder) => folder !== undefined)
  for (const folder of folders) {
    const found = isThere(join(folder, pattern)) ?? isThere(join(folder, 'orchestrations', pattern))
    if (found !== undefined) return { ...options, pattern: found }
  }
  return options
}
