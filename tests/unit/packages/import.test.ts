import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../../..')
/** Small ones, which take no longer to load than a file of our own. */
const LOADED_AT_ONCE = ['leven', 'tinyspy']

/** What a program loads that imports `longhaul` and does no more: packages, and modules of Node. */
async function loaded(): Promise<{ packages: string[]; builtins: string[] }> {
  const program = `
    import { registerHooks } from 'node:module'
    const urls = []
    registerHooks({ load(url, context, next) { urls.push(url); return next(url, context) } })
    await import(${JSON.stringify(pathToFileURL(resolve(root, 'src/index.ts')).href)})
    console.log(JSON.stringify({ urls, builtins: process.moduleLoadList }))`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    cwd: root,
    env: { ...process.env, VITEST: undefined, NODE_OPTIONS: undefined },
  })
  const { urls, builtins } = JSON.parse(stdout) as { urls: string[]; builtins: string[] }
  expect(urls.some((url) => url.endsWith('src/provider/provider.ts'))).toBe(true)
  const names = urls.flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? [])
  return { packages: [...new Set(names)], builtins }
}

test(
  'an import of longhaul loads no package that it needs only later, and no SQLite',
  { timeout: 60_000 },
  async () => {
    const { dependencies } = JSON.parse(await readFile(resolve(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>
    }
    const { packages, builtins } = await loaded()
    expect(packages).toContain('vitest')
    expect(packages.filter((name) => name in dependencies).toSorted()).toEqual(LOADED_AT_ONCE)
    expect(builtins.filter((name) => /sqlite/i.test(name))).toEqual([])
  },
)
