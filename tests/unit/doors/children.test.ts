import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const INSTALL = `import { guardChildren, installDoors } from ${JSON.stringify(join(process.cwd(), 'src/doors/index.ts'))}
installDoors()
guardChildren()
const { spawnSync } = await import('node:child_process')
spawnSync(process.execPath, ['-e', ''])
`

/** Runs a program in a process of its own, which keeps its files in a folder of its own. */
const run = (folder: string, program: string): number =>
  spawnSync(process.execPath, ['--input-type=module', '-e', program], { env: { ...process.env, TMPDIR: folder } }).pid

test('a process that was killed leaves a folder, which the next one removes; that of a living one stays', () => {
  const folder = mkdtempSync(join(tmpdir(), 'longhaul-left-'))
  try {
    const killed = run(folder, `${INSTALL} process.kill(process.pid, 'SIGKILL')`)
    expect(readdirSync(folder)).toEqual([expect.stringMatching(`^longhaul-children-${killed}-`)])
    const living = `longhaul-children-${process.pid}-living`
    mkdirSync(join(folder, living))
    mkdirSync(join(folder, 'longhaul-children-of-somebody'))
    run(folder, INSTALL)
    expect(readdirSync(folder)).toEqual([living, 'longhaul-children-of-somebody'])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
