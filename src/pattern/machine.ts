import { parseDuration, type Milliseconds } from '../clock/index.ts'
import { evaluate, ExpressionError } from './expression.ts'
import { isTrue, textOf, type Json } from './json.ts'
import type { EffectStatement, Instruction, Program } from './program.ts'
import { fill } from './template.ts'
import type { Entry, Value } from './tree.ts'

/** What a statement asks of the orchestrator: plain data. */
export type EffectRequest = LastingRequest | InstantRequest

/** What takes time. */
type LastingRequest =
  | { kind: 'completion'; agent: string; options: Options }
  | { kind: 'gather'; name: string; agents: readonly string[]; options: Options }
  | { kind: 'events'; options: Options }
  | { kind: 'call'; function: string; arguments: readonly Json[] }
  | { kind: 'process'; value: Json }
  | { kind: 'sleep'; ms: Milliseconds }
  | { kind: 'waitFor'; name: string; timeoutMs: Milliseconds | null }
  | { kind: 'ask'; text: string }
  | { kind: 'judge'; text: string }

/** What is done at once: it waits for nobody. */
type InstantRequest =
  | { kind: 'spawn'; agent: string; options: Options }
  | { kind: 'terminate'; agents: readonly string[] }
  | { kind: 'send'; message: Json; agents: readonly string[] }
  | { kind: 'broadcast'; message: Json; agents: readonly string[] | null; options: Options }
  | { kind: 'emit'; event: string; data: Json }
  | { kind: 'checkpoint'; name: string | null }
  | { kind: 'log'; text: string }

const INSTANT: ReadonlySet<EffectRequest['kind']> = new Set<InstantRequest['kind']>([
  'spawn',
  'terminate',
  'send',
  'broadcast',
  'emit',
  'checkpoint',
  'log',
])

/** What stands behind WITH. */
export type Options = Readonly<Record<string, Json>>

/** An effect to carry out. Its `id` is given back with the result. */
export interface Effect<Request = EffectRequest> {
  id: number
  line: number
  request: Request
}
/** One that takes time. */
export type LastingEffect = Effect<LastingRequest>
/** One that is done at once. */
export type InstantEffect = Effect<InstantRequest>

export const isInstant = (effect: Effect): effect is InstantEffect => INSTANT.has(effect.request.kind)

/** Why a statement did not succeed, as `failure` in an ON failure block. */
export interface Failure {
  kind: string
  message: string
  line: number
}

type Frame =
  | {
      kind: 'for'
      name: string
      items: readonly Json[] | { from: number; to: number }
      index: number
      head: number
      exit: number
    }
  | { kind: 'while'; head: number; exit: number }
  | { kind: 'guard'; handler: number }
  | { kind: 'retry'; left: number; attempt: number; start: number; backoffMs: Milliseconds }

type ThreadStatus =
  | { kind: 'ready' }
  /** `then` says what becomes of the result; `given` whether a step has given the effect out. */
  | { kind: 'waiting'; effect: Effect; then: 'store' | 'branch' | 'nothing'; given: boolean }
  | { kind: 'joining'; children: readonly number[]; join: number; failure: Failure | null }

/** One line of execution: PARALLEL makes more of them. */
interface Thread {
  id: number
  parent: number | null
  pc: number
  stack: Frame[]
  status: ThreadStatus
}

/** Where a strategy stands: plain data, which another process can go on with. */
export interface MachineState {
  version: 1
  variables: Record<string, Json>
  threads: Thread[]
  nextThread: number
  nextEffect: number
  /** Statements executed so far. */
  steps: number
  /** Statements executed when an effect that takes time was last asked for. */
  stepsAtEffect: number
  /** Place in `threads` of the one that ran last: it goes on as long as it can. */
  turn: number
  status: { kind: 'running' } | { kind: 'completed'; result: Json } | { kind: 'failed'; failure: Failure }
}

/** What one step did. */
export type Step =
  | { kind: 'stepped'; line: number; thread: number }
  | { kind: 'effect'; line: number; thread: number; effect: Effect }
  /** Nothing can go on before an effect is resolved. */
  | { kind: 'waiting' }
  | { kind: 'ended' }

/** How an effect ended. */
export type Resolution = { ok: true; value: Json } | { ok: false; failure: { kind: string; message: string } }

/** Steps without an effect after which a strategy is taken to run in circles. */
const MAX_STEPS_WITHOUT_EFFECT = 1_000_000
const MAX_THREADS = 10_000
const FIRST_BACKOFF_MS = 1_000
const MAX_BACKOFF_MS = 60_000

/** Reads a duration of the language: seconds as a number, or text such as `'15s'`. */
export const millisecondsOf = (value: Json): Milliseconds =>
  typeof value === 'number' ? parseDuration(value * 1_000) : parseDuration(value as string)

/** Thrown inside the machine; becomes the failure of a statement. */
class Failed extends Error {
  readonly kind: string
  constructor(kind: string, message: string) {
    super(message)
    this.kind = kind
  }
}

/**
 * Runs a program statement by statement. It never waits: what takes time it gives out as an effect, and goes on when that is resolved.
 *
 * @example
 * ```ts
 * const machine = Machine.start(compileProgram(parseStrategy('SET x = 1\nRETURN x + 1')), {})
 * while (machine.step().kind !== 'ended');
 * machine.state.status // { kind: 'completed', result: 2 }
 * ```
 */
export class Machine {
  readonly program: Program
  /** Plain data: save it after any step, and make a machine of it again. */
  readonly state: MachineState

  constructor(program: Program, state: MachineState) {
    this.program = program
    this.state = state
  }

  static start(program: Program, variables: Readonly<Record<string, Json>>): Machine {
    return new Machine(program, {
      version: 1,
      variables: { ...variables },
      threads: [{ id: 0, parent: null, pc: 0, stack: [], status: { kind: 'ready' } }],
      nextThread: 1,
      nextEffect: 1,
      steps: 0,
      stepsAtEffect: 0,
      turn: 0,
      status: { kind: 'running' },
    })
  }

  /** The effects that are not resolved yet, for who goes on with a saved state. */
  get pending(): Effect[] {
    return this.state.threads.flatMap(({ status }) => (status.kind === 'waiting' ? [status.effect] : []))
  }

  /** Executes one statement of one thread. */
  step(): Step {
    const { state } = this
    if (state.status.kind !== 'running') return { kind: 'ended' }
    const thread = this.#nextReady()
    if (!thread) return { kind: 'waiting' }
    if (thread.status.kind === 'waiting') return giveOut(thread, thread.status)
    const instruction = this.program[thread.pc]!
    const { line } = instruction
    state.steps += 1
    try {
      if (state.steps - state.stepsAtEffect > MAX_STEPS_WITHOUT_EFFECT)
        throw new Failed('runaway', `${MAX_STEPS_WITHOUT_EFFECT} statements ran without waiting for anybody.`)
      this.#execute(thread, instruction)
    } catch (error) {
      this.#fail(thread, failureOf(error, line))
    }
    const after = thread.status as ThreadStatus
    if (after.kind === 'waiting') {
      if (!isInstant(after.effect)) state.stepsAtEffect = state.steps
      return giveOut(thread, after)
    }
    return { kind: 'stepped', line, thread: thread.id }
  }

  /** Says how an effect ended. One that nobody waits for any more is ignored. */
  resolve(id: number, resolution: Resolution): void {
    const thread = this.state.threads.find(({ status }) => status.kind === 'waiting' && status.effect.id === id)
    if (!thread || thread.status.kind !== 'waiting' || this.state.status.kind !== 'running') return
    const { effect, then } = thread.status
    thread.status = { kind: 'ready' }
    if (!resolution.ok) {
      this.#fail(thread, { ...resolution.failure, line: effect.line })
      return
    }
    const { value } = resolution
    if (then === 'nothing') return
    const instruction = this.program[thread.pc]!
    if (then === 'branch' && instruction.op === 'branch') {
      thread.pc = isTrue(value) ? thread.pc + 1 : instruction.otherwise
      return
    }
    if (instruction.op === 'effect') this.#store(instruction.statement, value)
    thread.pc += 1
  }

  /** Ends the strategy from outside, as a failure. */
  abort(kind: string, message: string): void {
    if (this.state.status.kind !== 'running') return
    this.state.status = { kind: 'failed', failure: { kind, message, line: 0 } }
    this.state.threads = []
  }

  /** The next thread that can go on, or has an effect to give out. */
  #nextReady(): Thread | undefined {
    const { threads } = this.state
    for (let offset = 0; offset < threads.length; offset++) {
      const index = (this.state.turn + offset) % threads.length
      const thread = threads[index]!
      const { status } = thread
      if (status.kind === 'joining' || (status.kind === 'waiting' && status.given)) continue
      this.state.turn = index
      return thread
    }
    return undefined
  }

  #value(value: Value): Json {
    const { variables } = this.state
    switch (value.kind) {
      case 'expression':
        return evaluate(value.text, variables)
      case 'object':
        return this.#entries(value.entries)
      case 'list':
        return value.items.map((item) => this.#value(item))
      case 'range': {
        const { from, to } = this.#range(value)
        return evaluate(`range(${from}, ${to + 1})`, {})
      }
      default:
        return value satisfies never
    }
  }

  #range({ from, to }: Extract<Value, { kind: 'range' }>): { from: number; to: number } {
    const [first, last] = [from, to].map(({ text }) => Number(evaluate(text, this.state.variables)))
    if (!Number.isInteger(first) || !Number.isInteger(last))
      throw new Failed('type', `${from.text}..${to.text} needs two whole numbers.`)
    return { from: first!, to: last! }
  }

  #entries(entries: readonly Entry[]): Record<string, Json> {
    return Object.fromEntries(entries.map(({ name, value }) => [name, this.#value(value)]))
  }

  /** The names of agents that a value stands for. */
  #agents(value: Value): string[] {
    const given = this.#value(value)
    const names = (Array.isArray(given) ? (given as readonly Json[]) : [given]).map((item) =>
      typeof item === 'string' ? item : typeof item === 'object' && item && 'agent' in item ? item.agent : undefined,
    )
    const bad = names.findIndex((name) => typeof name !== 'string' || name === '')
    if (bad >= 0)
      throw new Failed(
        'type',
        `An agent's name is needed, not ${JSON.stringify(Array.isArray(given) ? given[bad] : given)}.`,
      )
    return names as string[]
  }

  #execute(thread: Thread, instruction: Instruction): void {
    const { variables } = this.state
    switch (instruction.op) {
      case 'effect':
        return this.#ask(thread, instruction.line, this.#request(instruction.statement), 'store')
      case 'set':
        variables[instruction.name] = this.#value(instruction.value)
        break
      case 'collect': {
        const before = variables[instruction.into] ?? []
        if (!Array.isArray(before)) throw new Failed('type', `COLLECT INTO ${instruction.into}: that is no list.`)
        variables[instruction.into] = [...(before as readonly Json[]), this.#value(instruction.value)]
        break
      }
      case 'assert':
        if (!isTrue(evaluate(instruction.condition.text, variables)))
          throw new Failed('assertion', `ASSERT ${instruction.condition.text} does not hold.`)
        break
      case 'branch': {
        const { condition } = instruction
        if (condition.kind === 'judgement') {
          const text = String(fill(condition.text, variables))
          return this.#ask(thread, instruction.line, { kind: 'judge', text }, 'branch')
        }
        if (!isTrue(evaluate(condition.text, variables))) {
          thread.pc = instruction.otherwise
          return
        }
        break
      }
      case 'jump':
        thread.pc = instruction.to
        return
      case 'for': {
        const { name, exit } = instruction
        const items = instruction.in.kind === 'range' ? this.#range(instruction.in) : this.#value(instruction.in)
        if (!Array.isArray(items) && !(typeof items === 'object' && items && 'from' in items))
          throw new Failed('type', `FOR ${name} IN needs a list, not ${JSON.stringify(items)?.slice(0, 60)}.`)
        thread.stack.push({
          kind: 'for',
          name,
          items: items as readonly Json[],
          index: 0,
          head: thread.pc + 1,
          exit,
        })
        break
      }
      case 'next': {
        const frame = thread.stack.at(-1) as Extract<Frame, { kind: 'for' }>
        const { items } = frame
        const count = 'from' in items ? items.to - items.from + 1 : items.length
        if (frame.index >= count) {
          thread.stack.pop()
          thread.pc = instruction.exit
          return
        }
        variables[frame.name] = 'from' in items ? items.from + frame.index : items[frame.index]!
        frame.index += 1
        break
      }
      case 'while':
        thread.stack.push({ kind: 'while', head: thread.pc + 1, exit: instruction.exit })
        break
      case 'leave':
        thread.stack.pop()
        break
      case 'break':
      case 'continue': {
        let frame = thread.stack.at(-1)!
        while (frame.kind !== 'for' && frame.kind !== 'while') {
          thread.stack.pop()
          frame = thread.stack.at(-1)!
        }
        thread.pc = instruction.op === 'break' ? frame.exit : frame.head
        if (instruction.op === 'break') thread.stack.pop()
        return
      }
      case 'guard':
        thread.stack.push({ kind: 'guard', handler: instruction.handler })
        break
      case 'retry': {
        const times = Number(evaluate(instruction.times.text, variables))
        if (!(Number.isInteger(times) && times >= 1))
          throw new Failed('type', `RETRY needs a whole number from 1, not ${times}.`)
        const { backoff } = this.#entries(instruction.options)
        thread.stack.push({
          kind: 'retry',
          left: times - 1,
          attempt: 1,
          start: thread.pc + 1,
          backoffMs: backoff === undefined ? FIRST_BACKOFF_MS : millisecondsOf(backoff),
        })
        break
      }
      case 'fork': {
        const children = instruction.branches.map((pc) => this.#spawn(thread.id, pc))
        thread.status = { kind: 'joining', children, join: instruction.join, failure: null }
        return
      }
      case 'return':
        return this.#complete(instruction.value ? this.#value(instruction.value) : null)
      case 'end':
        if (thread.parent === null) this.#complete(null)
        else this.#endThread(thread, null)
        return
      default:
        instruction satisfies never
    }
    thread.pc += 1
  }

  #ask(thread: Thread, line: number, request: EffectRequest, then: 'store' | 'branch' | 'nothing'): void {
    const id = this.state.nextEffect
    this.state.nextEffect += 1
    thread.status = { kind: 'waiting', effect: { id, line, request }, then, given: false }
  }

  #spawn(parent: number, pc: number): number {
    if (this.state.threads.length >= MAX_THREADS)
      throw new Failed('runaway', `More than ${MAX_THREADS} branches of PARALLEL run at one time.`)
    const id = this.state.nextThread
    this.state.nextThread += 1
    this.state.threads.push({ id, parent, pc, stack: [], status: { kind: 'ready' } })
    return id
  }

  #endThread(thread: Thread, failure: Failure | null): void {
    this.state.threads = this.state.threads.filter(({ id }) => id !== thread.id)
    const parent = this.state.threads.find(({ id }) => id === thread.parent)
    if (parent?.status.kind !== 'joining') return
    const children = parent.status.children.filter((id) => id !== thread.id)
    const first = parent.status.failure ?? failure
    if (children.length > 0) {
      parent.status = { ...parent.status, children, failure: first }
      return
    }
    parent.pc = parent.status.join
    parent.status = { kind: 'ready' }
    if (first) this.#fail(parent, first)
  }

  #complete(result: Json): void {
    this.state.status = { kind: 'completed', result }
    this.state.threads = []
  }

  #fail(thread: Thread, failure: Failure): void {
    for (let frame = thread.stack.pop(); frame; frame = thread.stack.pop()) {
      if (frame.kind === 'guard') {
        this.state.variables['failure'] = { ...failure }
        thread.pc = frame.handler
        thread.status = { kind: 'ready' }
        return
      }
      if (frame.kind === 'retry' && frame.left > 0) {
        const { attempt, backoffMs } = frame
        thread.stack.push({ ...frame, left: frame.left - 1, attempt: attempt + 1 })
        thread.pc = frame.start
        const ms = Math.min(MAX_BACKOFF_MS, backoffMs * 2 ** (attempt - 1))
        this.#ask(thread, failure.line, { kind: 'sleep', ms }, 'nothing')
        return
      }
    }
    if (thread.parent !== null) return this.#endThread(thread, failure)
    this.state.status = { kind: 'failed', failure }
    this.state.threads = []
  }

  #request(statement: EffectStatement): EffectRequest {
    switch (statement.kind) {
      case 'gather':
        return {
          kind: 'gather',
          name: statement.name,
          agents: this.#agents(statement.from),
          options: this.#entries(statement.options),
        }
      case 'completion': {
        const [agent, second] = this.#agents(statement.from)
        if (agent === undefined || second !== undefined)
          throw new Failed('type', 'AWAIT completion asks one agent. To ask more of them, use GATHER.')
        return { kind: 'completion', agent, options: this.#entries(statement.options) }
      }
      case 'events':
        return { kind: 'events', options: this.#entries(statement.request) }
      case 'call':
        return {
          kind: 'call',
          function: statement.function,
          arguments: statement.arguments.map((argument) => this.#value(argument)),
        }
      case 'process':
        return { kind: 'process', value: this.#value(statement.value) }
      case 'spawn':
        return { kind: 'spawn', agent: this.#agents(statement.agent)[0]!, options: this.#entries(statement.options) }
      case 'terminate':
        return { kind: 'terminate', agents: this.#agents(statement.agent) }
      case 'send':
        return { kind: 'send', message: this.#value(statement.message), agents: this.#agents(statement.to) }
      case 'broadcast':
        return {
          kind: 'broadcast',
          message: this.#value(statement.message),
          agents: statement.to && this.#agents(statement.to),
          options: this.#entries(statement.options),
        }
      case 'emit':
        return {
          kind: 'emit',
          event: textOf(evaluate(statement.event.text, this.state.variables)),
          data: statement.data ? this.#value(statement.data) : {},
        }
      case 'wait':
        return { kind: 'sleep', ms: millisecondsOf(evaluate(statement.duration.text, this.state.variables)) }
      case 'waitFor':
        return { kind: 'waitFor', name: statement.name, timeoutMs: this.#timeout(statement.timeout?.text) }
      case 'checkpoint':
        return { kind: 'checkpoint', name: statement.name }
      case 'log':
        return { kind: 'log', text: textOf(this.#value(statement.value)) }
      case 'ask':
        return { kind: 'ask', text: textOf(fill(statement.text, this.state.variables)) }
      default:
        return statement satisfies never
    }
  }

  /** `OR timeout` without such a variable is the orchestrator's own timeout. */
  #timeout(text: string | undefined): Milliseconds | null {
    if (text === undefined || (text === 'timeout' && !Object.hasOwn(this.state.variables, 'timeout'))) return null
    return millisecondsOf(evaluate(text, this.state.variables))
  }

  #store(statement: EffectStatement, value: Json): void {
    const { variables } = this.state
    const part = (name: string): Json => (value as Record<string, Json>)[name] ?? null
    switch (statement.kind) {
      case 'gather':
      case 'waitFor':
        variables[statement.name] = part('responses')
        variables['missing'] = part('missing')
        break
      case 'completion':
      case 'call':
      case 'events':
        if (statement.name !== null) variables[statement.name] = value
        break
      case 'process':
        variables[statement.name ?? 'processed'] = value
        break
      case 'ask':
        variables['answer'] = value
        break
      default:
    }
  }
}

function giveOut(thread: Thread, status: Extract<ThreadStatus, { kind: 'waiting' }>): Step {
  status.given = true
  return { kind: 'effect', line: status.effect.line, thread: thread.id, effect: status.effect }
}

function failureOf(error: unknown, line: number): Failure {
  const kind = error instanceof Failed ? error.kind : error instanceof ExpressionError ? 'type' : 'error'
  return { kind, message: error instanceof Error ? error.message : String(error), line }
}
