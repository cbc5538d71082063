import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { native } from '../../doors/index.ts'
import type { Milliseconds } from '../duration.ts'
import { waitingCalls } from './system-calls.ts'

/** What a thread does at one moment, as Linux tells of it. */
export type Doing =
  | { kind: 'runs' }
  /** Until something comes. */
  | { kind: 'waits' }
  /** Until something comes, or until its own timer. */
  | { kind: 'timer'; ms: Milliseconds }
  /** Until its own timer, whatever comes. */
  | { kind: 'sleeps'; ms: Milliseconds }

/** Threads by which V8 and Node help a program: they begin nothing by themselves. */
export const HELPERS: ReadonlySet<string> = new Set(['V8Worker', 'DelayedTaskSche', 'SignalInspector'])

const RUNS: Doing = { kind: 'runs' }
/** It may be continued at any moment. */
const MAY_GO_ON: Doing = { kind: 'sleeps', ms: 0 }
const WAITS: Doing = { kind: 'waits' }

const FUTEX_COMMAND = 0x7f
/** The commands of futex(2) whose time is a moment: FUTEX_LOCK_PI, FUTEX_WAIT_BITSET, FUTEX_WAIT_REQUEUE_PI. */
const FUTEX_MOMENT: ReadonlySet<number> = new Set([6, 9, 11])
const FUTEX_WALL_CLOCK = 0x100
const TIMER_ABSTIME = 1
/** How the line of a thread begins that runs, that may not be seen, and that is in no system call. */
const RUNNING = 'running'
const UNKNOWN = 'unknown'
const NO_CALL = '-1 '
/** The state of a process that has ended. */
const DEAD = 'Z'
/** The states of one that was stopped by a signal or a debugger. */
const STOPPED: ReadonlySet<string> = new Set(['T', 't'])
/** The states of one that runs or was just woken, and of one that is on a disk: in whatever system call it is. */
const AT_WORK: ReadonlySet<string> = new Set(['R', 'D'])
const FIRST_ADDRESS = 4_096

const read = (file: string): string => readFileSync(file, 'latin1')

/** Whether this system tells what threads do. */
export const threadsAreKnown: boolean = (() => {
  if (process.platform !== 'linux' || !waitingCalls) return false
  try {
    const folder = `/proc/self/task/${process.pid}`
    for (const file of ['syscall', 'schedstat', 'children']) read(`${folder}/${file}`)
    return true
  } catch {
    return false
  }
})()

/** Whether a thread was just woken, is on a disk, was stopped, or is dead: what its system call does not show. */
function stateOf(folder: string): string {
  const stat = read(`${folder}/stat`)
  return stat.charAt(stat.lastIndexOf(')') + 2)
}

/** Sixteen bytes of another process: two numbers of 64 bits. Nothing if they may not be read. */
function pairAt(process: string, address: number): { seconds: number; parts: number } | undefined {
  let file: number | undefined
  try {
    file = openSync(`${process}/mem`, 'r')
    const bytes = Buffer.alloc(16)
    if (readSync(file, bytes, 0, 16, address) < 16) return undefined
    return { seconds: Number(bytes.readBigInt64LE(0)), parts: Number(bytes.readBigInt64LE(8)) }
  } catch {
    return undefined
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** The time of CLOCK_MONOTONIC. */
const monotonic = (): Milliseconds => Number(native.hrtime() / 1_000n) / 1_000

/** How long the time at an address of a process is from now. A time that cannot be read may be over at once. */
function timeAt(
  process: string,
  address: number,
  { unit = 'timespec', from = 0 }: { unit?: 'timespec' | 'timeval'; from?: Milliseconds },
): Milliseconds {
  const pair = pairAt(process, address)
  if (!pair) return 0
  return Math.max(0, pair.seconds * 1_000 + pair.parts / (unit === 'timespec' ? 1e6 : 1e3) - from)
}

/** Whether a line of `/proc/PID/task/TID/syscall` shows a thread that waits for another one. */
export const isFutex = (line: string): boolean => waitingCalls![Number(line.split(' ', 1)[0])]?.kind === 'futex'

/**
 * What a thread does in the system call that a line of `/proc/PID/task/TID/syscall` shows.
 *
 * @param process the folder of its process, such as `/proc/self`
 * @param id the number of the thread
 */
export function doingIn(process: string, id: number | string, line: string): Doing {
  if (line.startsWith(RUNNING)) return RUNS
  if (line === UNKNOWN) return { kind: 'timer', ms: 0 }
  const numbers = line.split(' ').map(Number)
  const call = waitingCalls![numbers[0]!]
  const argument = (place: number): number => numbers[place + 1] ?? 0
  switch (call?.kind) {
    case 'for ever':
      return WAITS
    case 'milliseconds': {
      const ms = argument(call.place) | 0
      return ms < 0 ? WAITS : { kind: 'timer', ms }
    }
    case 'timespec':
    case 'timeval': {
      const address = argument(call.place)
      return address < FIRST_ADDRESS ? WAITS : { kind: 'timer', ms: timeAt(process, address, { unit: call.kind }) }
    }
    case 'sleep': {
      const isMoment = call.flags !== undefined && (argument(call.flags) & TIMER_ABSTIME) !== 0
      return { kind: 'sleeps', ms: timeAt(process, argument(call.place), { from: isMoment ? monotonic() : 0 }) }
    }
    case 'futex': {
      const address = argument(3)
      if (address < FIRST_ADDRESS) return WAITS
      const operation = argument(1)
      const from = FUTEX_MOMENT.has(operation & FUTEX_COMMAND)
        ? (operation & FUTEX_WALL_CLOCK) !== 0
          ? native.dateNow()
          : monotonic()
        : 0
      return { kind: 'timer', ms: timeAt(process, address, { from }) }
    }
    case undefined:
      // Reads and writes of pipes wait; those of disks work.
      return AT_WORK.has(stateOf(`${process}/task/${id}`)) ? RUNS : WAITS
    default:
      return call satisfies never
  }
}

/** A process and all that descend from it, all of whose threads are asleep. */
export interface Asleep {
  kind: 'asleep'
  /** Changes whenever a thread of them has run. */
  mark: string
  processes: ReadonlyMap<number, SleepingProcess>
  /** The next timer of their own: any, and those that nothing ends sooner. Infinite without one. */
  timerMs: Milliseconds
  sleepMs: Milliseconds
}

interface SleepingProcess {
  mark: string
  doings: readonly Doing[]
  children: readonly number[]
}

/** A process and all that descend from it. */
export type Look =
  /** It has ended, or cannot be seen any more. */
  { kind: 'gone' } | { kind: 'runs' } | Asleep

/** Where Linux tells of all processes. */
export const PROC = '/proc'

/**
 * Looks at a process and all that descend from it. Some 20 microseconds a thread.
 *
 * @param before how it was seen asleep last: a process that has not run since is still so
 * @param proc the folder that tells of all processes
 */
export function lookAt(pid: number, before?: Asleep, proc: string = PROC): Look {
  const processes = new Map<number, SleepingProcess>()
  const left = [pid]
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    try {
      const found = sleepOf(`${proc}/${next}`, before?.processes.get(next))
      if (!found)
        return next === pid && stateOf(`${proc}/${pid}/task/${pid}`) === DEAD ? { kind: 'gone' } : { kind: 'runs' }
      processes.set(next, found)
      left.push(...found.children)
    } catch {
      // A thread or a process that ends while we look at it was at work.
      if (existsSync(`${proc}/${next}`)) return { kind: 'runs' }
      if (next === pid) return { kind: 'gone' }
    }
  }
  const all = [...processes.values()]
  const mark = all.map((process) => process.mark).join('')
  if (mark === before?.mark) return before
  const next = (kinds: readonly Doing['kind'][]): Milliseconds =>
    Math.min(
      ...all.flatMap(({ doings }) =>
        doings.flatMap((doing) => (kinds.includes(doing.kind) && 'ms' in doing ? doing.ms : [])),
      ),
    )
  return { kind: 'asleep', mark, processes, timerMs: next(['timer', 'sleeps']), sleepMs: next(['sleeps']) }
}

/** How a process sleeps, or nothing if one of its threads runs. */
function sleepOf(process: string, before: SleepingProcess | undefined): SleepingProcess | undefined {
  const folder = `${process}/task`
  // The first thread is the busiest: one read tells of most processes at work.
  const threads = readdirSync(folder).map((id) => ({ id, call: '' }))
  let mark = ''
  for (const thread of threads) {
    thread.call = callOf(`${folder}/${thread.id}`)
    if (thread.call.startsWith(RUNNING)) return undefined
    if (thread.call.startsWith(NO_CALL) && !STOPPED.has(stateOf(`${folder}/${thread.id}`))) return undefined
    mark += `${thread.id} ${thread.call} ${read(`${folder}/${thread.id}/schedstat`)}`
  }
  if (mark === before?.mark) return before
  const doings = threads.map(({ id, call }): Doing => {
    const state = stateOf(`${folder}/${id}`)
    if (AT_WORK.has(state)) return RUNS
    return STOPPED.has(state) ? MAY_GO_ON : doingIn(process, id, call)
  })
  if (doings.some(({ kind }) => kind === 'runs')) return undefined
  return {
    mark,
    doings: doings.filter(({ kind }, nth) => kind !== 'waits' && !isHelper(`${folder}/${threads[nth]!.id}`)),
    children: threads.flatMap(({ id }) => childrenOf(`${folder}/${id}`)),
  }
}

/** The processes that a thread has started and that have not ended. Throws if it has ended itself. */
export const childrenOf = (folder: string): number[] =>
  read(`${folder}/children`).split(' ').filter(Boolean).map(Number)

const isHelper = (folder: string): boolean => HELPERS.has(read(`${folder}/comm`).trim())

/** The system call of a thread. One of another user's program may not be known: it may have a timer. */
function callOf(folder: string): string {
  try {
    return read(`${folder}/syscall`)
  } catch (error) {
    if (!['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    return AT_WORK.has(stateOf(folder)) ? RUNNING : UNKNOWN
  }
}
