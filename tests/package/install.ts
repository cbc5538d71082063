import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** This repository. */
export const root = resolve(import.meta.dirname, '../..')

/** The environment of a user: none of the variables that this run may have. */
export const userEnv: NodeJS.ProcessEnv = {
  ...process.env,
  NO_COLOR: '1',
  VITEST: undefined,
  LONGHAUL_FAIL_RATE: undefined,
  LONGHAUL_TIME: undefined,
  OPENAI_BASE_URL: undefined,
  ANTHROPIC_BASE_URL: undefined,
}

/** A folder as after `npm install`, without the network: the packed tarball, and what else is needed by links. */
export async function install(env: NodeJS.ProcessEnv): Promise<{ home: string; remove: () => Promise<void> }> {
  const home = await mkdtemp(join(tmpdir(), 'longhaul-package-'))
  const modules = join(home, 'node_modules')
  await mkdir(join(modules, 'longhaul'), { recursive: true })
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', home], { cwd: root, env })
  const packed: unknown = JSON.parse(stdout)
  const [{ filename }] = (Array.isArray(packed) ? packed : Object.values(packed as object)) as [{ filename: string }]
  await run('tar', ['-xzf', join(home, filename), '--strip-components=1', '-C', join(modules, 'longhaul')])
  for (const name of await readdir(join(root, 'node_modules'))) {
    if (!['longhaul', '.vite', '.bin'].includes(name))
      await symlink(join(root, 'node_modules', name), join(modules, name))
  }
  await mkdir(join(modules, '.bin'))
  for (const name of await readdir(join(root, 'node_modules/.bin')))
    if (name !== 'longhaul') await symlink(join(root, 'node_modules/.bin', name), join(modules, '.bin', name))
  await symlink('../longhaul/dist/cli/main.js', join(modules, '.bin/longhaul'))
  await chmod(join(modules, 'longhaul/dist/cli/main.js'), 0o755)
  await writeFile(join(home, 'package.json'), '{ "name": "fresh", "private": true, "type": "module" }')
  return { home, remove: () => rm(home, { recursive: true, force: true }) }
}
