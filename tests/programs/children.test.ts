import { exec, execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { describeOrchestration } from 'longhaul'
import { afterAll, beforeAll, describe } from 'vitest'

const orTooLate = <T>(work: Promise<T>): Promise<T | 'too late'> =>
  Promise.race([work, sleep(3_600_000, 'too late' as const)])

const children: ChildProcess[] = []
afterAll(() => children.forEach((child) => child.kill('SIGKILL')))
const start = (command: string, args: string[], stdio: 'pipe' | 'ipc' = 'pipe'): ChildProcess => {
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'inherit', ...(stdio === 'ipc' ? (['ipc'] as const) : [])],
  })
  children.push(child)
  return child
}
const node = (program: string, stdio?: 'ipc'): ChildProcess => start(process.execPath, ['-e', program], stdio)

const SPIN = 'const spin = (ms) => { const end = Date.now() + ms; while (Date.now() < end); }; '

/** Asks a server again and again, without output. */
const CALL_FOREVER = 'const call = async (url) => { for (;;) await (await fetch(url)).text() };'

/** All lines that a program prints until it ends. */
async function linesOf(child: ChildProcess): Promise<string> {
  let text = ''
  child.stdout!.on('data', (chunk) => void (text += String(chunk)))
  await once(child, 'close')
  return text.trim().split('\n').join(', ')
}

const nextLine = async (child: ChildProcess): Promise<string> =>
  String((await once(createInterface(child.stdout!), 'line'))[0])

const PROGRAMS: [string, () => ChildProcess][] = [
  [
    'is busy after its first line',
    () => node(`${SPIN} console.log('one'); setTimeout(() => { spin(400); console.log('two') })`),
  ],
  ['sleeps after its first line', () => node(`console.log('one'); setTimeout(() => console.log('two'), 700)`)],
  ['is a script of the shell', () => start('sh', ['-c', 'echo one; sleep 0.7; echo two'])],
  [
    'runs within shells',
    () =>
      start('sh', [
        '-c',
        `echo one; sh -c '"$0" -e "setTimeout(() => console.log(\\"two\\"), 700)"' "$0"; true`,
        process.execPath,
      ]),
  ],
  [
    'starts another one',
    () =>
      node(
        `console.log('one'); require('node:child_process').execFile(process.execPath, ['-e', 'setTimeout(() => {}, 500)'], () => console.log('two'))`,
      ),
  ],
  [
    'writes to a disk',
    () =>
      node(`console.log('one'); const fs = require('node:fs'); const file = require('node:os').tmpdir() + '/longhaul-' + process.pid
    const handle = fs.openSync(file, 'w'); for (let i = 0; i < 20; i++) { fs.writeSync(handle, Buffer.alloc(1e6)); fs.fsyncSync(handle) } fs.unlinkSync(file); console.log('two')`),
  ],
  [
    'works in a thread',
    () =>
      node(
        `console.log('one'); const { Worker } = require('node:worker_threads'); new Worker("const end = Date.now() + 400; while (Date.now() < end);", { eval: true }).on('exit', () => console.log('two'))`,
      ),
  ],
]

/** How a program keeps a child. */
const HELD: [string, (child: ChildProcess) => void][] = [
  ['holds its parent', () => {}],
  [
    'does not hold its parent, as in a pool',
    (child) => {
      child.channel!.unref()
      child.unref()
    },
  ],
]

const MACHINES = ['an idle machine', 'both cores busy']

describe.each(MACHINES)('on %s', (machine) => {
  const spinners: ChildProcess[] = []
  beforeAll(() => {
    if (machine === MACHINES[0]) return
    for (let i = 0; i < 2; i++) spinners.push(spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }))
  })
  afterAll(() => spinners.forEach((spinner) => spinner.kill('SIGKILL')))

  for (const [what, program] of PROGRAMS) {
    describeOrchestration(`a child process that ${what}`, { system: () => orTooLate(linesOf(program())) }, (test) => {
      test('ends before a timer of an hour, and takes no time', { timeout: 60_000 }, async ({ run, expect }) => {
        const outcome = await run()
        expect(outcome.result).toBe('one, two')
        expect(outcome.elapsedMs).toBe(0)
      })
    })
  }

  for (const [how, letGo] of HELD) {
    describeOrchestration(
      `a child process that is asked by messages, and ${how}`,
      {
        system: async () => {
          const child = node(
            `${SPIN} process.on('message', (n) => { process.send('begun'); spin(100); setTimeout(() => process.send(n * n), 100) })`,
            'ipc',
          )
          letGo(child)
          const answer = (n: number): Promise<unknown> =>
            new Promise((resolve) => {
              const listen = (message: unknown): void => {
                if (message === 'begun') return
                child.off('message', listen)
                resolve(message)
              }
              child.on('message', listen)
              child.send(n)
            })
          const answers = [await orTooLate(answer(3)), await orTooLate(answer(5))]
          await sleep(7_200_000)
          child.disconnect()
          await orTooLate(once(child, 'exit'))
          return answers
        },
      },
      (test) => {
        test(
          'answers in no time, and is not waited for when it is idle',
          { timeout: 60_000 },
          async ({ run, expect }) => {
            const outcome = await run()
            expect(outcome.result).toEqual([9, 25])
            expect(outcome.elapsedMs).toBe(7_200_000)
          },
        )
      },
    )
  }
})

// With so short a window, what takes some hundred milliseconds here is what takes seconds on a machine that is busy.
const IMPATIENT = { settle: '200ms' } as const
const SLOW_STARTS: [string, () => ChildProcess][] = [
  [
    'node',
    () =>
      node(`${SPIN} spin(700); setTimeout(() => process.stdin.on('data', (text) => console.log('so ' + text)), 100)`),
  ],
  [
    'a shell around node',
    () =>
      start('sh', [
        '-c',
        '"$0" -e "$1"; true',
        process.execPath,
        `${SPIN} spin(700); setTimeout(() => process.stdin.on('data', (text) => console.log('so ' + text)), 100)`,
      ]),
  ],
  [
    'a script of the shell',
    () =>
      start('sh', ['-c', 'i=0; while [ $i -lt 300000 ]; do i=$((i + 1)); done; sleep 0.1; read line; echo "so $line"']),
  ],
  [
    'a thread',
    () =>
      node(
        `const { Worker } = require('node:worker_threads'); new Worker(${JSON.stringify(
          `${SPIN} spin(700); setTimeout(() => process.exit(), 100)`,
        )}, { eval: true }).on('exit', () => process.stdin.on('data', (text) => console.log('so ' + text)))`,
      ),
  ],
]

for (const [what, program] of SLOW_STARTS) {
  describeOrchestration(
    `a program in ${what} that was asked and works for long before it reads`,
    {
      clock: IMPATIENT,
      system: async () => {
        const child = program()
        const answer = nextLine(child)
        child.stdin!.write('be it\n')
        const text = await orTooLate(answer)
        child.kill()
        return text
      },
    },
    (test) => {
      test(
        'answers before a timer of an hour, also if it sleeps for a moment then',
        { timeout: 60_000 },
        async ({ run, expect }) => {
          const outcome = await run()
          expect(outcome.result).toBe('so be it')
          expect(outcome.elapsedMs).toBe(0)
        },
      )
    },
  )
}

describeOrchestration(
  'programs that are run to their end',
  {
    system: () =>
      Promise.all([
        orTooLate(promisify(execFile)(process.execPath, ['-e', 'setTimeout(() => console.log("done"), 500)'])),
        orTooLate(promisify(exec)('sleep 0.5; echo done')),
      ]),
  },
  (test) => {
    test('end before a timer of an hour', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.result).toEqual([
        { stdout: 'done\n', stderr: '' },
        { stdout: 'done\n', stderr: '' },
      ])
      expect(outcome.elapsedMs).toBe(0)
    })
  },
)

describeOrchestration(
  'a child process that cleans up when its input ends, or when it is told to end',
  {
    system: async () => {
      const program = (event: string): string =>
        `process.stdin.resume(); ${event === 'end' ? 'process.stdin' : 'process'}.on('${event}', () => setTimeout(() => { console.log('clean'); process.exit() }, 400)); console.log('ready')`
      const ended: string[] = []
      for (const [event, end] of [
        ['end', (child: ChildProcess) => child.stdin!.end()],
        ['SIGTERM', (child: ChildProcess) => child.kill()],
        ['SIGINT', (child: ChildProcess) => process.kill(child.pid!, 'SIGINT')],
      ] as const) {
        const child = node(program(event))
        await nextLine(child)
        await sleep(60_000)
        end(child)
        ended.push(await Promise.race([linesOf(child), sleep(2_000, 'killed')]))
      }
      return ended
    },
  },
  (test) => {
    test('is given the time', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.result).toEqual(['clean', 'clean', 'clean'])
      expect(outcome.elapsedMs).toBe(180_000)
    })
  },
)

describeOrchestration(
  'a server in a child process',
  {
    system: async () => {
      const child = node(
        `require('node:http').createServer((request, response) => setTimeout(() => response.end('page'), 200)).listen(0, '127.0.0.1', function () { console.log(this.address().port) })`,
      )
      const port = await nextLine(child)
      const pages: string[] = []
      for (let i = 0; i < 3; i++) {
        pages.push(await orTooLate(fetch(`http://127.0.0.1:${port}/`).then((response) => response.text())))
        await sleep(60_000)
      }
      child.kill()
      return pages
    },
  },
  (test) => {
    test('answers in no time, and lets time pass between', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.result).toEqual(['page', 'page', 'page'])
      expect(outcome.elapsedMs).toBe(180_000)
    })
  },
)

describeOrchestration(
  'a child process that waits at a server of this one',
  {
    system: async () => {
      const listener: RequestListener = (_request, response) => {
        response.write('first, ')
        setTimeout(() => response.end('and an hour later'), 3_600_000)
      }
      const server = createServer(listener)
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const { port } = server.address() as AddressInfo
      // Its client has timers, as clients have, and it has a heartbeat.
      const child = node(
        `setInterval(() => {}, 100).unref(); require('node:http').get('http://127.0.0.1:${port}/', { timeout: 1500 }, async (response) => { let text = ''; for await (const part of response) text += part; console.log(text) })`,
      )
      const text = await linesOf(child)
      server.close()
      return text
    },
  },
  (test) => {
    test('does not hold the time for which it waits', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.result).toBe('first, and an hour later')
      expect(outcome.elapsedMs).toBe(3_600_000)
    })
  },
)

/** How a child learns the address of a server, without that anybody listens to the child. */
const CALLERS: [string, (url: string) => ChildProcess][] = [
  [
    'in its environment',
    (url) =>
      spawn(process.execPath, ['-e', `${CALL_FOREVER} call(process.env.SERVER)`], {
        env: { ...process.env, SERVER: url },
        stdio: 'inherit',
      }),
  ],
  [
    'as an argument',
    (url) => spawn(process.execPath, ['-e', `${CALL_FOREVER} call(process.argv[1])`, url], { stdio: 'ignore' }),
  ],
]

for (const [how, call] of CALLERS) {
  describeOrchestration(
    `a child process without a listener that gets the address of a server of this one ${how}`,
    {
      system: async () => {
        let requests = 0
        const server = createServer((_request, response) => {
          requests += 1
          setTimeout(() => response.end(), 60_000)
        })
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
        const child = call(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`)
        children.push(child)
        await sleep(210_000)
        child.kill('SIGKILL')
        server.close()
        return requests
      },
    },
    (test) => {
      test('has made its calls before a later timer fires', { timeout: 60_000 }, async ({ run, expect }) => {
        const outcome = await run()
        expect(outcome.result).toBe(4)
        expect(outcome.elapsedMs).toBe(210_000)
      })
    },
  )
}

describeOrchestration(
  'a child process that only logs, one that was stopped, and one that only keeps a core busy',
  {
    system: async () => {
      const logger = node(`setInterval(() => console.log('tick'), 50)`)
      const stopped = node(`console.log('begun'); for (;;);`)
      await nextLine(stopped)
      stopped.kill('SIGSTOP')
      const spinner = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' })
      children.push(spinner)
      await nextLine(logger)
      await sleep(3_600_000)
      logger.kill('SIGKILL')
      stopped.kill('SIGKILL')
      spinner.kill('SIGKILL')
      return 'an hour later'
    },
  },
  (test) => {
    test('are found out', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.result).toBe('an hour later')
      expect(outcome.elapsedMs).toBe(3_600_000)
    })
  },
)
