import { execFile, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'

const root = resolve(import.meta.dirname, '../..')
const MAIN = join(root, 'src/cli/main.ts')
const runbook = readFileSync(join(root, 'docs/runbook.md'), 'utf8')
const alerts = (
  parse(readFileSync(join(root, 'dashboards/alerts.yml'), 'utf8')) as { groups: { rules: { alert?: string }[] }[] }
).groups.flatMap(({ rules }) => rules.flatMap(({ alert }) => alert ?? []))

const home = mkdtempSync(join(tmpdir(), 'longhaul-runbook-'))
const bin = join(home, 'bin')
const env: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: '1', PATH: `${bin}:${process.env['PATH']}` }
for (const name of Object.keys(env))
  if (/^(VITEST|LONGHAUL_|KSI_)/.test(name) || name.endsWith('_BASE_URL')) delete env[name]

afterAll(() => {
  // The page's last command has stopped the daemon, where all has gone well.
  spawnSync(process.execPath, [MAIN, 'daemon', 'stop'], { cwd: home, env })
  rmSync(home, { recursive: true, force: true })
})

/** The commands of the page, each with what it has to print. */
function commandsIn(page: string): { command: string; prints: string[] }[] {
  const commands: { command: string; prints: string[] }[] = []
  for (const [, block] of page.matchAll(/^```sh\n(.*?)^```/gms))
    for (const line of block!.trim().split('\n'))
      if (line.startsWith('# prints ')) commands.at(-1)!.prints.push(line.slice('# prints '.length))
      else commands.push({ command: line, prints: [] })
  return commands
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

describe('the runbook', () => {
  test('has a section for every alert, and for none that is gone', () => {
    const sections = [...runbook.matchAll(/^### (Longhaul\w+)$/gm)].map(([, name]) => name)
    expect(sections.toSorted()).toEqual(alerts.toSorted())
  })

  test('does what it says, command by command', { timeout: 600_000 }, async () => {
    // A registry is asked for nothing here: what an upgrade installs is this version.
    mkdirSync(bin)
    const programs = {
      npx: `[ "$1" = longhaul ] || exit 1; shift; exec "${process.execPath}" "${MAIN}" "$@"`,
      npm: 'echo "$@"',
      node: `exec "${process.execPath}" "$@"`,
    }
    for (const [name, text] of Object.entries(programs)) {
      writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`)
      chmodSync(join(bin, name), 0o755)
    }
    const lines = commandsIn(runbook).flatMap(({ command, prints }) => [
      `echo; echo ${quoted(`$ ${command}`)}`,
      `{ ${command}\n} >out 2>&1 || { cat out; echo "NOT OK: exit code"; exit 1; }`,
      'cat out',
      ...prints.map((text) => `grep -Eq -- ${quoted(text)} out || { echo ${quoted(`NOT OK: not ${text}`)}; exit 1; }`),
    ])
    const ran = await new Promise<{ failed: boolean; said: string }>((done) =>
      execFile('sh', ['-c', lines.join('\n')], { cwd: home, env, maxBuffer: 1 << 26 }, (error, said) =>
        done({ failed: error !== null, said }),
      ),
    )
    expect(ran.failed, ran.said.slice(-3_000)).toBe(false)
    expect(lines.length).toBeGreaterThan(50)
  })
})
