import { exec, execFile, fork, spawn, type ChildProcess, type ExecFileException } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { describeOrchestration } from 'longhaul'

const MINUTE = 60_000
/** A program that waits for input which never comes. */
const WAITS = 'process.stdin.resume(); process.on("message", () => {})'

const signalOf = async (child: ChildProcess): Promise<unknown> => (await once(child, 'exit'))[1]
const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'ended by itself',
    ({ killed, signal, code }: ExecFileException) => ({ killed, signal, code }),
  )
const byCallback = (start: (done: (error: ExecFileException | null) => void) => void): Promise<unknown> =>
  failureOf(new Promise<void>((resolve, reject) => start((error) => (error ? reject(error) : resolve()))))

const KILLED = { killed: true, signal: 'SIGTERM', code: null }
const WAYS: [string, () => Promise<unknown>, unknown][] = [
  ['execFile, promisified', () => failureOf(promisify(execFile)('cat', { timeout: MINUTE })), KILLED],
  ['execFile with a callback', () => byCallback((done) => execFile('cat', [], { timeout: MINUTE }, done)), KILLED],
  ['exec, promisified', () => failureOf(promisify(exec)('cat; true', { timeout: MINUTE })), KILLED],
  [
    'exec with a signal of its own',
    () => byCallback((done) => exec('cat', { timeout: MINUTE, killSignal: 'SIGKILL' }, done)),
    { ...KILLED, signal: 'SIGKILL' },
  ],
  ['spawn', () => signalOf(spawn('cat', { timeout: MINUTE })), 'SIGTERM'],
  [
    'fork',
    () => signalOf(fork('data:text/javascript,', { execArgv: ['-e', WAITS], silent: true, timeout: MINUTE })),
    'SIGTERM',
  ],
]

for (const [way, system, expected] of WAYS) {
  describeOrchestration(`a child process with a time limit, by ${way}`, { system }, (test) => {
    test('is ended when its minute has passed on the clock', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.result).toEqual(expected)
      expect(outcome.elapsedMs).toBe(MINUTE)
    })
  })
}

describeOrchestration(
  'a child process that ends before its limit',
  {
    system: async () => {
      const { stdout } = await promisify(execFile)('sh', ['-c', 'sleep 0.2; echo done'], { timeout: MINUTE })
      const running = promisify(exec)('echo again', { timeout: MINUTE })
      return [stdout, typeof running.child.pid, (await running).stdout]
    },
  },
  (test) => {
    test('has its whole minute of real work, and leaves no timer', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.result).toEqual(['done\n', 'number', 'again\n'])
      expect(outcome.elapsedMs).toBe(0)
    })
  },
)
