import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ratio, record } from './measure.ts'

/**
 * What an import of `longhaul` costs a test file, against one of `msw/node`: each in a process of its own, in which Vitest is
 * loaded already. CPU time, so that other work on the machine counts little.
 */
const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist/index.js')
if (!existsSync(dist)) throw new Error(`There is no ${dist}: npm run build makes it.`)

/** Milliseconds of CPU that an import takes. */
const importing = (what: string) => async (): Promise<number> => {
  const program = `
    import 'vitest'
    const start = process.cpuUsage()
    await import(${JSON.stringify(what)})
    const { user, system } = process.cpuUsage(start)
    console.log((user + system) / 1000)`
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: root, encoding: 'utf8' }))
}

const longhaul = importing(pathToFileURL(dist).href)
const msw = importing('msw/node')

// Files are in the cache of the system from the first time on.
await longhaul()
await msw()
record('import', await ratio('longhaul', longhaul, 'msw/node', msw))
