import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const INSTALL = `import { guardChildren, installDoors, letChildrenReach, refusedInChildren } from ${JSON.stringify(join(process.cwd(), 'src/doors/index.ts'))}
installDoors()
guardChildren()
letChildrenReach([])
const { readdirSync } = await import('node:fs')
const { spawnSync } = await import('node:child_process')
spawnSync(process.execPath, ['-e', ''])
`

/** Runs a program in a process of its own, which keeps its files in a folder of its own. */
const run = (folder: string, program: string): number => runIn(folder, program).pid

const runIn = (folder: string, program: string) =>
  spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    env: { ...process.env, TMPDIR: folder },
    encoding: 'utf8',
  })

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

test('the folder is there while rules are in force, so that a worker that is ended between runs leaves none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'longhaul-left-'))
  try {
    const { stdout } = runIn(
      folder,
      `${INSTALL}
       const ask = () => {
         spawnSync(process.execPath, ['-e', "require('node:net').connect(443, 'api.openai.com').on('error', () => {})"])
         return refusedInChildren().length
       }
       const refused = [ask()]
       letChildrenReach(undefined)
       const between = readdirSync(process.env.TMPDIR)
       letChildrenReach([])
       refused.push(ask())
       letChildrenReach(undefined)
       console.log(JSON.stringify({ refused, between }))
       process.kill(process.pid, 'SIGTERM')`,
    )
    expect(JSON.parse(stdout)).toEqual({ refused: [1, 1], between: [] })
    expect(readdirSync(folder)).toEqual([])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
