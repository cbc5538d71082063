import childProcess, { ChildProcess } from 'node:child_process'
import { constants, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import workers, { setEnvironmentData, type WorkerOptions } from 'node:worker_threads'
import { hang } from './door.ts'
import { ownFolder } from './own-folder.ts'
import { shared } from './realm.ts'

/** What a child process or a worker was refused. */
export interface RefusedInChild {
  host: string
  port?: number
  method: string
  path: string
  /** The program that asked. */
  program: string
}

type AnyFunction = (...given: unknown[]) => unknown

/** How the children of this worker and its tests know of each other. */
interface Family {
  /** Whether children that are started from now on get the guard. */
  guarded: boolean
  /** Where rules and refusals are while a run is in force, once there was a child. */
  folder: string | undefined
  /** Whether the folder is there now. */
  isThere: boolean
  /** What may be reached now, as patterns of `host:port`; nothing while no run is in force. */
  pass: readonly string[] | undefined
  /** How much of what was refused has been read. Characters. */
  read: number
  /** How many runs are in force: what is started then ends with this process. */
  runs: number
  /** Where children find the pipe that closes when this process ends; empty where there is none. */
  lifeline: string | undefined
}

const family = shared<Family>('children', () => ({
  guarded: false,
  folder: undefined,
  isThere: false,
  pass: undefined,
  read: 0,
  runs: 0,
  lifeline: undefined,
}))

/** Where a worker finds the folder. */
const ENVIRONMENT = 'longhaul.guard'
const GUARD = fileURLToPath(new URL('./guard-child.cjs', import.meta.url))
const REQUIRE = `--require "${GUARD.replaceAll(/["\\]/g, String.raw`\$&`)}"`

/** Gives the guard to Node children and workers that are started from now on. Between runs it does nothing. */
export function guardChildren(): void {
  family.guarded = true
}

/**
 * From now on, Node processes that are started end with this process, in whatever way it ends: a worker that is killed
 * leaves no process behind. The function that is returned ends that for those that are started later.
 */
export function endChildrenWithWorker(): () => void {
  family.runs += 1
  return () => void (family.runs -= 1)
}

/** Says what children may reach while a run is in force; `undefined`: everything. */
export function letChildrenReach(pass: readonly string[] | undefined): void {
  family.pass = pass
  if (family.folder) writeRules(family.folder)
}

/** What children were refused since this was asked last. In no order of time, as processes have none: sorted. */
export function refusedInChildren(): RefusedInChild[] {
  const path = family.folder && join(family.folder, 'refused.ndjson')
  if (!path || !existsSync(path)) return []
  const text = readFileSync(path, 'utf8')
  const end = text.lastIndexOf('\n') + 1
  const lines = text.slice(family.read, end).split('\n').filter(Boolean)
  family.read = end
  return lines.toSorted().map((line) => JSON.parse(line) as RefusedInChild)
}

/** The folder is there while its rules are in force: nothing runs at the end of a worker that its pool ends by a signal. */
function writeRules(folder: string): void {
  if (!family.pass) return remove(folder)
  // Where somebody else has put one meanwhile, this fails.
  if (!family.isThere) mkdirSync(folder, { mode: 0o700 })
  family.isThere = true
  writeFileSync(join(folder, 'rules.json'), JSON.stringify({ pass: family.pass }))
}

function remove(folder: string): void {
  // A child may write meanwhile.
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  if (folder !== family.folder) return
  family.isThere = false
  family.read = 0
}

function open(): string {
  if (family.folder) return family.folder
  const folder = ownFolder('children')
  family.folder = folder
  family.isThere = true
  writeRules(folder)
  process.once('exit', () => remove(folder))
  return folder
}

/**
 * A pipe that this process alone holds open, as a path that its children can open: they read its end when this process
 * ends, in whatever way. Only Linux has such paths.
 */
function lifeline(): string {
  if (family.lifeline !== undefined) return family.lifeline
  family.lifeline = ''
  if (process.platform !== 'linux') return ''
  const folder = ownFolder('children')
  const path = join(folder, 'lifeline')
  try {
    childProcess.spawnSync('mkfifo', ['-m', '600', path])
    // With both ends open here, nobody waits for the other one.
    family.lifeline = `/proc/${process.pid}/fd/${openSync(path, constants.O_RDWR)}`
  } catch {
    // Without the program, children look for this process themselves.
  } finally {
    remove(folder)
  }
  return family.lifeline
}

/** Adds the guard to the options of Node that an environment has. */
const withGuard = (options: string | undefined): string =>
  options?.includes(REQUIRE) ? options : options ? `${options} ${REQUIRE}` : REQUIRE

const guardedEnvironment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...env,
  NODE_OPTIONS: withGuard(env['NODE_OPTIONS']),
  LONGHAUL_GUARD: open(),
})

/** A child that may read nothing but what it was told could not load the guard, and would not start. */
const mayReadFiles = (args: readonly unknown[]): boolean =>
  !args.some((argument) => argument === '--permission' || argument === '--experimental-permission')

const children = new Set<ChildProcess>()
let isListening = false
const isGone = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null

/** Ends a child, of whatever kind, when this process exits. */
function endAtExit(child: ChildProcess): void {
  if (!isListening) {
    isListening = true
    process.on('exit', () => {
      for (const each of children) if (!isGone(each)) each.kill('SIGKILL')
    })
  }
  for (const each of children) if (isGone(each)) children.delete(each)
  children.add(child)
}

/** Hangs the doors of child processes and workers. */
export function hangChildren(): void {
  const prototype = ChildProcess.prototype as unknown as Record<'spawn', AnyFunction>
  hang('child_process.ChildProcess.spawn', prototype, 'spawn', (real) => {
    return function spawn(this: ChildProcess, given, ...rest) {
      const options = given as { envPairs?: string[]; args?: string[] } | undefined
      if (family.runs > 0 && (options as { detached?: boolean } | undefined)?.detached !== true) endAtExit(this)
      if (!family.guarded || !options?.envPairs || !mayReadFiles(options.args ?? []))
        return Reflect.apply(real, this, [given, ...rest])
      return Reflect.apply(real, this, [{ ...options, envPairs: guardedPairs(options.envPairs) }, ...rest])
    }
  })
  for (const name of ['spawnSync', 'execFileSync', 'execSync'] as const)
    hang(`child_process.${name}`, childProcess as unknown as Record<typeof name, AnyFunction>, name, syncDoor)
  hang('worker_threads.Worker', workers, 'Worker', (real) => new Proxy(real, { construct: startWorker }))
}

function guardedPairs(pairs: readonly string[]): string[] {
  const key = 'NODE_OPTIONS='
  const options = pairs.find((pair) => pair.startsWith(key))?.slice(key.length)
  const ends = family.runs > 0 ? [`LONGHAUL_ENDS_WITH=${process.pid}`, `LONGHAUL_LIFELINE=${lifeline()}`] : []
  const own = [key, 'LONGHAUL_GUARD=', ...ends.map((pair) => pair.slice(0, pair.indexOf('=') + 1))]
  const others = pairs.filter((pair) => !own.some((name) => pair.startsWith(name)))
  return [...others, `${key}${withGuard(options)}`, `LONGHAUL_GUARD=${open()}`, ...ends]
}

/** `spawnSync(file, [args], [options])` and its kin. */
function syncDoor(real: AnyFunction): AnyFunction {
  return function (this: unknown, ...given) {
    const isOptions = (each: unknown): boolean => typeof each === 'object' && each !== null && !Array.isArray(each)
    const args = given.find((each) => Array.isArray(each)) as unknown[] | undefined
    if (!family.guarded || !mayReadFiles(args ?? [])) return Reflect.apply(real, this, given)
    const at = given.findIndex((each, index) => index > 0 && isOptions(each))
    const options = (at < 0 ? {} : given[at]) as { env?: NodeJS.ProcessEnv }
    const guarded = { ...options, env: guardedEnvironment(options.env ?? process.env) }
    const others = at < 0 ? given.filter((each) => each !== undefined) : given.slice(0, at)
    return Reflect.apply(real, this, [...others, guarded])
  }
}

type WorkerClass = typeof workers.Worker

function startWorker(real: WorkerClass, given: unknown[], target: AnyFunction): object {
  if (!family.guarded) return Reflect.construct(real, given, target) as object
  const [file, options, ...rest] = given as [unknown, WorkerOptions | undefined, ...unknown[]]
  // Beside the environment, which a worker may have of its own.
  setEnvironmentData(ENVIRONMENT, open())
  const start = (others: readonly string[]): object =>
    Reflect.construct(
      real,
      [file, { ...options, execArgv: [...others, '--require', GUARD] }, ...rest],
      target,
    ) as object
  const inherited = options?.execArgv ?? process.execArgv
  try {
    return start(inherited)
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    if (options?.execArgv || code !== 'ERR_WORKER_INVALID_EXEC_ARGV') throw error
    // Some of what this process was started with is not for workers. Node names it.
    const named = message.slice(message.lastIndexOf(': ') + 2).split(', ')
    return start(inherited.filter((argument) => !named.includes(argument)))
  }
}
