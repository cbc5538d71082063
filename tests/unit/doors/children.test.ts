import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'

const DOORS = JSON.stringify(join(process.cwd(), 'src/doors/index.ts'))
const INSTALL = `import { guardChildren, installDoors, letChildrenReach, refusedInChildren } from ${DOORS}
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

/** One that has ended and that nobody has waited for is in the list still. */
const isAlive = (pid: number): boolean =>
  existsSync(`/proc/${pid}/stat`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))

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

test.runIf(process.platform === 'linux')(
  'a child that ends with its worker has no timer for that: it waits for a message without a limit of time',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'longhaul-left-'))
    try {
      const { stdout } = runIn(
        folder,
        `${INSTALL}
         const { endChildrenWithWorker } = await import(${DOORS})
         const { fork } = await import('node:child_process')
         const { readFileSync, writeFileSync } = await import('node:fs')
         const { join } = await import('node:path')
         const { once } = await import('node:events')
         endChildrenWithWorker()
         const program = join(process.env.TMPDIR, 'idle.cjs')
         writeFileSync(program, "process.on('message', (message) => process.send(message))")
         const child = fork(program)
         child.send('ready?')
         await once(child, 'message')
         const EPOLL = { 232: 3, 281: 3, 22: 3 }
         for (;;) {
           const [call, ...args] = readFileSync('/proc/' + child.pid + '/syscall', 'utf8').split(' ')
           const wait = args[EPOLL[call]]
           // Between two waits it looks without waiting.
           if (wait !== undefined && wait !== '0x0') console.log(Number(wait) | 0)
           if (wait !== undefined && wait !== '0x0') break
           await new Promise((done) => setTimeout(done, 5))
         }
         console.log(child.pid)
         process.kill(process.pid, 'SIGKILL')`,
      )
      const [wait, pid] = stdout.trim().split('\n').map(Number)
      expect(wait).toBe(-1)
      return vi.waitFor(() => expect(isAlive(pid!)).toBe(false), { timeout: 30_000 })
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
)
