import { ChildProcess } from 'node:child_process'
import type { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { registry, type ChildRecord } from '../../doors/index.ts'
import type { Milliseconds } from '../duration.ts'
import { connectionsOf } from './connections-of.ts'
import type { Holding, SettleWindows } from './evidence.ts'
import { Patience } from './patience.ts'
import { isOtherEnd, type Connection, type Here, type Peers } from './sockets.ts'
import { lookAt, PROC, threadsAreKnown, type Asleep } from './threads-of.ts'

/** A child at work is looked at again after this part of the time for which it has been at it, and after so many milliseconds. */
const LOOK_AGAIN = 0.1
const MAX_UNSEEN_MS = 5
/** Characters of a command line that are shown. */
const MAX_SHOWN = 60

interface State {
  patience: Patience
  /** `asked`: it may be at work. `rest`: it was seen to wait, and nothing was asked of it since. */
  phase: 'asked' | 'rest'
  /** Whether it was given input, a message or a signal since it was at rest. */
  isGiven: boolean
  /** Since when it is at work, in real milliseconds. */
  since: Milliseconds
  /** When it was looked at last. */
  seenAt: Milliseconds
  /** Since when it was seen to have ended, before Node has said so. */
  goneAt: Milliseconds | undefined
  /** When it is to be looked at again, and what it does until then. */
  lookAt: Milliseconds
  doing: string
  counters: Counters
  /** How it was seen asleep last, if it was since it was asked. */
  asleep: Asleep | undefined
  connections: { of: Asleep | undefined; all: readonly Connection[] }
}

/** What tells that something was asked of a child, and that it was heard of. */
interface Counters {
  /** Input and messages. */
  asked: string
  /** Signals, and the end of its input. */
  told: string
  read: number
}

type Streams = { stdin: Writable | null; stdout: Readable | null; stderr: Readable | null; channel?: object | null }

/** What the counter says of a child that was given nothing yet. */
const NOTHING_ASKED = '0 0'

function countersOf({ child, messages, signals }: ChildRecord): Counters {
  const [stdin, ...others] = child.stdio as (Socket | null | undefined)[]
  const written = (child.stdio as (Socket | null)[]).reduce((sum, stream) => sum + (stream?.bytesWritten ?? 0), 0)
  return {
    asked: `${messages} ${written}`,
    told: `${signals} ${stdin?.writableEnded} ${stdin?.destroyed}`,
    read: others.reduce((sum, stream) => sum + (stream?.bytesRead ?? 0), 0),
  }
}

/**
 * Whether a child can change anything here: somebody listens to it, or it can call a server of this process. One that
 * only keeps a core busy changes nothing.
 */
function isHeard({ child, mayCall }: ChildRecord): boolean {
  const { stdout, stderr, channel } = child as unknown as Streams
  const isRead = (stream: Readable | null): boolean =>
    stream !== null &&
    (stream.readableFlowing === true ||
      ['data', 'readable', 'end', 'close'].some((name) => stream.listenerCount(name) > 0))
  return (
    mayCall ||
    Boolean(channel) ||
    ['exit', 'close', 'message'].some((name) => child.listenerCount(name) > 0) ||
    isRead(stdout) ||
    isRead(stderr)
  )
}

const isReferenced = (child: ChildProcess): boolean =>
  (child as unknown as { _handle: { hasRef(): boolean } | null })._handle?.hasRef() ?? false

/** Whether a child has ended and Node has said so. */
const isOver = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

const nameOf = (child: ChildProcess): string => {
  const command = child.spawnargs.join(' ')
  return `child process ${child.pid} \`${command.length > MAX_SHOWN ? `${command.slice(0, MAX_SHOWN)}…` : command}\``
}

/**
 * Tells whether a child process is at work for this one: from when it was started or something was asked of it (input,
 * the end of input, a message, a signal, bytes on a connection) until it waits for something to come.
 *
 * On Linux `/proc` tells what each thread of it and of all its descendants does. Elsewhere there are only the windows:
 * a child that is given no input is at work until it ends, for at most `settleMs` after its last output; one that is
 * given input, until it answers. JSON-RPC on its standard input and output says more everywhere.
 */
export class Children implements Peers<State> {
  readonly #windows: SettleWindows
  readonly #proc: string | false
  readonly #states = new WeakMap<ChildRecord, State>()
  readonly #pipes = new WeakSet<Socket>()
  #here: Here = { all: () => [], waiting: () => [] }

  /** @param proc the folder in which the system tells of all processes; `false` where it does not */
  constructor(windows: SettleWindows, now: Milliseconds, proc: string | false = threadsAreKnown && PROC) {
    this.#windows = windows
    this.#proc = proc
    // What children from before the run do is not for it, unless they owe an answer.
    for (const record of registry.children) this.#stateOf(record, now, record.requests.ofChild.size > 0)
  }

  /** Says where to learn of the connections of this process. */
  see(here: Here): void {
    this.#here = here
  }

  look(now: Milliseconds): Holding | undefined {
    for (const record of registry.children) {
      const { child } = record
      if (isOver(child)) {
        registry.children.delete(record)
        continue
      }
      const state = this.#note(record, now)
      // A program that runs in the background is waited for only when it was given something: pools let go of their children.
      if (state.phase === 'rest' || !(state.isGiven || isReferenced(child)) || !isHeard(record)) continue
      const doing =
        this.#proc === false ? this.#inWindow(record, state, now) : this.#atWork(record, state, now, this.#proc)
      if (doing !== undefined) return { what: `${nameOf(child)} ${doing}`, since: state.since }
      Object.assign(state, { phase: 'rest', isGiven: false })
      state.patience.rest()
    }
    return undefined
  }

  /** The children that may yet change something here, at a time of their own. */
  asleep(): string[] {
    return [...registry.children].flatMap((record) => {
      const { child } = record
      if (this.#proc === false || isOver(child) || !isReferenced(child) || !isHeard(record)) return []
      const look = lookAt(child.pid!, undefined, this.#proc)
      // One that runs has gone on just now.
      const goesOn = look.kind === 'runs' || (look.kind === 'asleep' && look.timerMs < Number.POSITIVE_INFINITY)
      return goesOn ? [nameOf(child)] : []
    })
  }

  isPipeOf(socket: Socket): boolean {
    if (this.#pipes.has(socket)) return true
    for (const { child } of registry.children) {
      if ((child.stdio as unknown[]).includes(socket)) this.#pipes.add(socket)
    }
    return this.#pipes.has(socket)
  }

  heardOf(peer: State, what: 'written' | 'read', now: Milliseconds): void {
    if (what === 'written') this.#askAt(peer, now)
    else peer.patience.hear(now)
  }

  peerOf(connection: Connection, now: Milliseconds): State | undefined {
    if (this.#proc === false) return undefined
    for (const record of registry.children) {
      if (isOver(record.child)) continue
      // One that has just been started may have connected before anybody looked at it.
      const state = this.#states.get(record) ?? this.#stateOf(record, now, true)
      const look = lookAt(record.child.pid!, state.asleep, this.#proc)
      const pids = look.kind === 'asleep' ? [...look.processes.keys()] : [record.child.pid!]
      if (connectionsOf(pids, this.#proc).some((its) => isOtherEnd(connection, its))) return state
    }
    return undefined
  }

  #stateOf(record: ChildRecord, now: Milliseconds, isAsked: boolean): State {
    const counters = countersOf(record)
    const state: State = {
      patience: new Patience(this.#windows, now),
      phase: isAsked ? 'asked' : 'rest',
      isGiven: counters.asked !== NOTHING_ASKED,
      since: now,
      seenAt: now,
      goneAt: undefined,
      lookAt: now,
      doing: '',
      counters,
      asleep: undefined,
      connections: { of: undefined, all: [] },
    }
    this.#states.set(record, state)
    return state
  }

  #askAt(state: State, now: Milliseconds): void {
    if (state.phase === 'rest') state.since = now
    Object.assign(state, { phase: 'asked', asleep: undefined, seenAt: now, lookAt: now })
    state.patience.requested(now)
  }

  #note(record: ChildRecord, now: Milliseconds): State {
    const state = this.#states.get(record) ?? this.#stateOf(record, now, true)
    const counters = countersOf(record)
    // Of an answer and a question since the last look, the question came last: it takes longer to answer one.
    if (counters.read !== state.counters.read) state.patience.hear(now)
    if (counters.asked !== state.counters.asked) this.#askAt(state, now)
    if (counters.told !== state.counters.told) {
      this.#askAt(state, now)
      state.patience.trust()
    }
    if (counters.asked !== state.counters.asked || counters.told !== state.counters.told) state.isGiven = true
    state.counters = counters
    return state
  }

  /** What a child does that is at work, by what its threads do; `undefined` if it waits for something to come. */
  #atWork({ child, requests }: ChildRecord, state: State, now: Milliseconds, proc: string): string | undefined {
    if (now < state.lookAt) return state.doing
    const look = lookAt(child.pid!, state.asleep, proc)
    const unseen = now - state.seenAt
    state.seenAt = now
    switch (look.kind) {
      case 'gone':
        // What it has said last, and that it has ended, is still on the way.
        state.goneAt ??= now
        return now - state.goneAt < this.#windows.settleMs ? 'is ending' : undefined
      case 'runs':
        state.patience.works(unseen, now)
        state.asleep = undefined
        return this.#leave(state, 'is busy', now)
      case 'asleep':
        break
      default:
        return look satisfies never
    }
    if (look !== state.asleep) {
      // It has run since the last look; only a second one shows that all its threads slept at one time.
      state.asleep = look
      return 'is busy'
    }
    // It waits for this process: for the answer to a request of its own, or of a server.
    if (requests.byChild.size > 0 || this.#waitsHere(state, look, proc)) return undefined
    const owes = requests.ofChild.size > 0
    const gave = !owes && state.patience.answered && requests.spoken
    if (state.patience.waits({ ...look, owes, gave }, now)) return this.#leave(state, 'waits for its own timer', now)
    // Somebody else may owe it an answer.
    if ((owes || !state.patience.answered) && now - state.patience.lastAt < this.#windows.settleMs) {
      const others = this.#connections(state, look, proc).filter(
        (its) => !this.#here.all().some((our) => isOtherEnd(our, its)),
      )
      if (others.length > 0) return this.#leave(state, 'has a connection to another process', now)
    }
    return undefined
  }

  /** Does not look again for a while: a look takes time on a core that the child may want. */
  #leave(state: State, doing: string, now: Milliseconds): string {
    state.lookAt = now + Math.min((now - state.since) * LOOK_AGAIN, MAX_UNSEEN_MS)
    state.doing = doing
    return doing
  }

  #connections(state: State, look: Asleep, proc: string): readonly Connection[] {
    if (state.connections.of !== look)
      state.connections = { of: look, all: connectionsOf([...look.processes.keys()], proc) }
    return state.connections.all
  }

  #waitsHere(state: State, look: Asleep, proc: string): boolean {
    const waiting = this.#here.waiting()
    if (waiting.length === 0) return false
    return this.#connections(state, look, proc).some((its) => waiting.some((our) => isOtherEnd(our, its)))
  }

  /** What a child does that may be at work, by what went to and fro alone. */
  #inWindow({ child, requests }: ChildRecord, { patience }: State, now: Milliseconds): string | undefined {
    const { settleMs, quietMs } = this.#windows
    const takesInput = child.stdin !== null && !child.stdin.writableEnded && (child.stdin as Socket).bytesWritten > 0
    const owes = requests.ofChild.size > 0
    const window = owes || !takesInput || !patience.answered ? settleMs : quietMs
    return now - patience.lastAt < window ? 'may be busy' : undefined
  }
}
