import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const MODULE = JSON.stringify(join(process.cwd(), 'src/doors/own-folder.ts'))

test('a folder of a process is removed by the next one of its kind, once the process has ended', () => {
  const folder = mkdtempSync(join(tmpdir(), 'longhaul-own-'))
  const make = (kind: string) =>
    spawnSync(
      process.execPath,
      ['--input-type=module', '-e', `const { ownFolder } = await import(${MODULE}); ownFolder('${kind}')`],
      { env: { ...process.env, TMPDIR: folder } },
    ).pid
  try {
    make('system')
    make('children')
    mkdirSync(join(folder, `longhaul-system-${process.pid}-living`))
    const pid = make('system')
    const left = readdirSync(folder)
    expect(left).toHaveLength(3)
    expect(left).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^longhaul-children-/),
        `longhaul-system-${process.pid}-living`,
        expect.stringMatching(`^longhaul-system-${pid}-`),
      ]),
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})
