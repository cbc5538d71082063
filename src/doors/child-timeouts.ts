import childProcess, { ChildProcess, type ExecFileException } from 'node:child_process'
import { syncBuiltinESMExports } from 'node:module'
import { promisify } from 'node:util'
import { hang } from './door.ts'
import { behind } from './stand.ts'

/** What `spawn` gives on, after it has checked it. */
interface SpawnOptions {
  timeout?: number
  killSignal?: NodeJS.Signals | number
}
type Spawning = { spawn(options: SpawnOptions): number | undefined }
type AnyFunction = (...args: unknown[]) => unknown
type Done = (error: ExecFileException | null, stdout: string | Buffer, stderr: string | Buffer) => void

/** Lets a child end when it has lived for so long on the clock in force. */
function limit(child: ChildProcess, ms: number, end: () => void): void {
  const timer = globalThis.setTimeout(end, ms)
  const clear = (): void => globalThis.clearTimeout(timer)
  child.once('exit', clear)
  child.once('error', clear)
}

function hangSpawn(): void {
  hang('ChildProcess.spawn.timeout', ChildProcess.prototype as unknown as Spawning, 'spawn', (spawn) => {
    return function (this: ChildProcess, options) {
      const { timeout = 0, killSignal } = options
      if (!behind.time || !(timeout > 0)) return spawn.call(this as never, options)
      // Node would set a timer of its own, which no door can see.
      options.timeout = 0
      const result = spawn.call(this as never, options)
      limit(this, timeout, () => void this.kill(killSignal))
      return result
    }
  })
}

/** Splits what `execFile` is given: its options may be left out, and so may the arguments before them. */
function optionsIn(args: readonly unknown[]): SpawnOptions | undefined {
  const [options] = args.slice(Array.isArray(args[1]) || args[1] === null || args[1] === undefined ? 2 : 1)
  return typeof options === 'object' && options !== null ? options : undefined
}

function hangExecFile(): void {
  hang('child_process.execFile', childProcess as unknown as { execFile: AnyFunction }, 'execFile', (real) => {
    const execFile = (...args: unknown[]): unknown => {
      const options = optionsIn(args)
      const timeout = options?.timeout
      // Node's own function tells what is wrong.
      if (!behind.time || !options || typeof timeout !== 'number' || !(timeout > 0)) return real(...args)
      const child = real(...args.map((each) => (each === options ? { ...options, timeout: 0 } : each))) as ChildProcess
      limit(child, timeout, () => {
        // As Node does: what the child has started may hold its output.
        child.stdout?.destroy()
        child.stderr?.destroy()
        child.kill(options.killSignal)
      })
      return child
    }
    Object.defineProperty(execFile, promisify.custom, {
      enumerable: false,
      value: (...args: unknown[]) => {
        let child: unknown
        const promise = new Promise((resolve, reject) => {
          const done: Done = (error, stdout, stderr) =>
            error ? reject(Object.assign(error, { stdout, stderr })) : resolve({ stdout, stderr })
          child = childProcess.execFile(...(args as [string]), done as never)
        })
        return Object.assign(promise, { child })
      },
    })
    return execFile
  })
}

/** Hangs the doors of the time limits of child processes: `timeout` of `spawn`, `fork`, `execFile` and `exec`, which are timers of Node's own. */
export function hangChildTimeouts(): void {
  hangSpawn()
  hangExecFile()
  syncBuiltinESMExports()
}
