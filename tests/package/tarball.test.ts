import { execFile, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const run = promisify(execFile)
const root = resolve(import.meta.dirname, '../..')
const env = {
  ...process.env,
  NO_COLOR: '1',
  VITEST: undefined,
  LONGHAUL_FAIL_RATE: undefined,
  LONGHAUL_TIME: undefined,
}
let home: string

/** A folder as after `npm install`, without the network: the packed tarball, and what else is needed by links. */
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'longhaul-package-'))
  const modules = join(home, 'node_modules')
  await mkdir(join(modules, 'longhaul'), { recursive: true })
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', home], { cwd: root, env })
  const packed: unknown = JSON.parse(stdout)
  const [{ filename }] = (Array.isArray(packed) ? packed : Object.values(packed as object)) as [{ filename: string }]
  await run('tar', ['-xzf', join(home, filename), '--strip-components=1', '-C', join(modules, 'longhaul')])
  for (const name of await readdir(join(root, 'node_modules'))) {
    if (name !== 'longhaul' && name !== '.vite') await symlink(join(root, 'node_modules', name), join(modules, name))
  }
  await writeFile(join(home, 'package.json'), '{ "name": "fresh", "private": true, "type": "module" }')
}, 120_000)

afterAll(() => rm(home, { recursive: true, force: true }))

test("the README's tests pass against the packed tarball in a fresh folder", { timeout: 120_000 }, async () => {
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  const snippets = [...readme.matchAll(/^```(ts|yaml)\n(.*?)^```/gms)]
  for (const [index, [, language, text]] of snippets.entries())
    await writeFile(join(home, language === 'yaml' ? 'vote.yaml' : `readme-${index}.test.ts`), text!)
  const { stdout } = await run(join(root, 'node_modules/.bin/vitest'), ['run', '--root', home], { cwd: home, env })
  // Two tests, and a sweep of 50 seeds at three fail rates with its last word.
  expect(stdout).toMatch(/Tests\s+153 passed \(153\)/)
})

test("the README's pattern passes longhaul check", { timeout: 60_000 }, async () => {
  const main = join(home, 'node_modules/longhaul/dist/cli/main.js')
  const { stdout } = await run(process.execPath, [main, 'check', 'vote.yaml'], { cwd: home, env })
  expect(stdout).toBe('vote.yaml: vote, 3 agents, 2 statements\n')
})

test("the README's commands of the daemon do what they say", { timeout: 120_000 }, async () => {
  const main = join(home, 'node_modules/longhaul/dist/cli/main.js')
  const provider = spawn(process.execPath, [main, 'serve', '--time', '1000x'], { cwd: home, env })
  let url = ''
  for await (const line of createInterface(provider.stdout)) {
    url = /OPENAI_BASE_URL=(\S+)/.exec(line)?.[1] ?? url
    if (line.includes('ANTHROPIC')) break
  }
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  const [, commands] = /^```sh\n(npx longhaul daemon start\n.*?)^```/ms.exec(readme)!
  const printed: string[] = []
  for (const line of commands!.trim().split('\n')) {
    const given = line.replace(/^npx longhaul /, '').split(' ')
    const { stdout } = await run(process.execPath, [main, ...given], {
      cwd: home,
      env: { ...env, OPENAI_BASE_URL: url },
    })
    printed.push(stdout)
  }
  provider.kill('SIGKILL')
  expect(printed).toEqual([
    expect.stringMatching(/^longhaul daemon \d+ started/),
    expect.stringContaining('"status":"started"'),
    expect.stringContaining('vote.yaml'),
    expect.stringMatching(/^longhaul daemon \d+ stopped/),
  ])
})

test('its types are right for a strict TypeScript project', { timeout: 120_000 }, async () => {
  const options = {
    strict: true,
    module: 'nodenext',
    target: 'es2023',
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
    lib: ['es2023', 'dom'],
  }
  await writeFile(join(home, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['*.test.ts'] }))
  const checked = await run(join(root, 'node_modules/.bin/tsc'), ['-p', home], { cwd: home, env }).catch(
    (error: { stdout: string }) => error,
  )
  expect(checked.stdout).toBe('')
})
