import { parseDuration, type Milliseconds } from '../clock/index.ts'
import { isMistake } from './errors.ts'
import { isInstant, type Effect, type EffectRequest } from './effect.ts'
import { evaluate, ExpressionError } from './expression.ts'
import { isTrue, textOf, type Json } from './json.ts'
import type { EffectStatement, Instruction, Program } from './program.ts'
import { fillKnown } from './template.ts'
import type { Entry, Expression, Value } from './tree.ts'

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

/** What becomes of the result of an effect: that of the statement, what was asked in its place, the items of a loop. */
type Then = 'store' | 'said' | 'items' | 'branch' | 'nothing'

type ThreadStatus =
  | { kind: 'ready' }
  /** `then` says what becomes of the result; `given` whether a step has given the effect out. */
  | { kind: 'waiting'; effect: Effect; then: Then; given: boolean }
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
export type Resolution =
  | { ok: true; value: Json }
  /** `unknown`: it names what there is not, and is no mistake in the name of what there is. */
  /** `partial`: what there is in spite of it, such as the answers of a gather that has too few. */
  | { ok: false; failure: { kind: string; message: string; unknown?: boolean }; partial?: Json }

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
  /** A value is not what the statement needs: in a sketch, the orchestrating agent may know. */
  readonly unfit: boolean
  constructor(kind: string, message: string, { unfit = false }: { unfit?: boolean } = {}) {
    super(message)
    this.kind = kind
    this.unfit = unfit
  }
}

const PLAIN_NAME = /^[A-Za-z_]\w*$/
/** How much of a variable stands in a question that names it. */
const MAX_SHOWN = 200

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
      if (!this.#askInstead(thread, instruction, error)) this.#fail(thread, failureOf(error, line))
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
      const { unknown = false, ...failure } = resolution.failure
      const failed = this.program[thread.pc]!
      if (resolution.partial !== undefined && failed.op === 'effect') this.#store(failed.statement, resolution.partial)
      const refused = new Failed(failure.kind, failure.message, { unfit: unknown && then === 'store' })
      if (!this.#askInstead(thread, this.program[thread.pc]!, refused))
        this.#fail(thread, { ...failure, line: effect.line })
      return
    }
    const { value } = resolution
    if (then === 'nothing') return
    if (effect.request.kind === 'check' && value !== null) {
      const message = `ASSERT ${effect.request.text} does not hold: ${textOf(value)}`
      this.#fail(thread, { kind: 'assertion', message, line: effect.line })
      return
    }
    const instruction = this.program[thread.pc]!
    if (then === 'branch' && instruction.op === 'branch') {
      thread.pc = isTrue(value) ? thread.pc + 1 : instruction.otherwise
      return
    }
    if (then === 'items' && (instruction.op === 'for' || instruction.op === 'each'))
      this.#loop(thread, instruction, Array.isArray(value) ? (value as readonly Json[]) : [value])
    else if (then === 'said') this.#storeSaid(instruction, value)
    else if (instruction.op === 'effect') this.#store(instruction.statement, value)
    thread.pc += 1
  }

  /**
   * In a sketch, a statement that names what there is not is for the orchestrating agent: it is asked what the statement would give.
   * A name that is nearly that of a variable is a mistake.
   */
  #askInstead(thread: Thread, instruction: Instruction, error: unknown): boolean {
    const { said, line, op } = instruction
    const isUnknown = error instanceof ExpressionError ? error.unknown : error instanceof Failed && error.unfit
    if (said === undefined || !isUnknown) return false
    const text = `${textOf(fillKnown(said, this.state.variables))}${this.#knownIn(said)}`
    if (op === 'branch') this.#ask(thread, line, { kind: 'judge', text }, 'branch')
    else if (op === 'for')
      this.#ask(thread, line, { kind: 'value', text: `${text}\nAnswer with the JSON list.` }, 'items')
    else this.#ask(thread, line, { kind: 'value', text: `Do this, and say what it gives: ${text}` }, 'said')
    return true
  }

  /** The values of the variables that a text names. */
  #knownIn(said: string): string {
    const { variables } = this.state
    const names = [...new Set(said.match(/[A-Za-z_]\w*/g))].filter((name) => Object.hasOwn(variables, name))
    if (names.length === 0) return ''
    return `\n(${names.map((name) => `${name} = ${JSON.stringify(variables[name])?.slice(0, MAX_SHOWN)}`).join(', ')})`
  }

  /** What was said in place of a statement's result. */
  #storeSaid(instruction: Instruction, value: Json): void {
    const { variables } = this.state
    if (instruction.op === 'collect') {
      const before = variables[instruction.into] ?? []
      variables[instruction.into] = [...(Array.isArray(before) ? (before as readonly Json[]) : [before]), value]
      return
    }
    const { name } =
      instruction.op === 'effect' ? { name: nameOf(instruction.statement) } : (instruction as { name: string })
    variables[name ?? 'answer'] = value
  }

  #loop(
    thread: Thread,
    { name, exit }: { name: string; exit: number },
    items: readonly Json[] | { from: number; to: number },
  ): void {
    thread.stack.push({ kind: 'for', name, items, index: 0, head: thread.pc + 1, exit })
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
      case 'either':
        return this.#either(value.values)
      default:
        return value satisfies never
    }
  }

  #either(values: readonly Expression[]): Json {
    for (const { text } of values.slice(0, -1)) {
      try {
        const value = evaluate(text, this.state.variables)
        if (isTrue(value)) return value
      } catch (error) {
        if (!(error instanceof ExpressionError && error.unknown)) throw error
      }
    }
    return evaluate(values.at(-1)!.text, this.state.variables)
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

  /** A name without quotes, where no variable is called so, is what it says. */
  #symbol(value: Value): Json {
    if (value.kind === 'list') return value.items.map((item) => this.#symbol(item))
    const { variables } = this.state
    const isSymbol =
      value.kind === 'expression' &&
      PLAIN_NAME.test(value.text) &&
      !Object.hasOwn(variables, value.text) &&
      !isMistake(value.text, Object.keys(variables))
    return isSymbol ? value.text : this.#value(value)
  }

  /** The names of agents that a value stands for. */
  #agents(value: Value): string[] {
    const given = this.#symbol(value)
    const names = (Array.isArray(given) ? (given as readonly Json[]) : [given]).map(agentNamed)
    const bad = names.findIndex((name) => name === undefined)
    if (bad >= 0)
      throw new Failed(
        'type',
        `An agent's name is needed, not ${JSON.stringify(Array.isArray(given) ? given[bad] : given)}.`,
        { unfit: true },
      )
    return names as string[]
  }

  /** To whom something goes: names, or what the agents have. */
  #recipients(value: Value): Json {
    const given = this.#symbol(value)
    const isCriteria = typeof given === 'object' && given !== null && !Array.isArray(given) && !('agent' in given)
    return isCriteria ? given : this.#agents(value)
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
          const text = textOf(fillKnown(condition.text, variables))
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
        const { name } = instruction
        const items = instruction.in.kind === 'range' ? this.#range(instruction.in) : this.#value(instruction.in)
        if (!Array.isArray(items) && !(typeof items === 'object' && items && 'from' in items))
          throw new Failed('type', `FOR ${name} IN needs a list, not ${JSON.stringify(items)?.slice(0, 60)}.`, {
            unfit: true,
          })
        this.#loop(thread, instruction, items as readonly Json[])
        break
      }
      case 'each': {
        const items = variables[`${instruction.name}s`]
        if (!Array.isArray(items)) {
          const text = `FOR ${instruction.text}: which are they? Answer with a JSON list.`
          return this.#ask(thread, instruction.line, { kind: 'value', text }, 'items')
        }
        this.#loop(thread, instruction, items as readonly Json[])
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

  #ask(thread: Thread, line: number, request: EffectRequest, then: Then): void {
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
      case 'spawn': {
        const options = this.#entries(statement.options)
        const { count } = options
        if (count !== undefined && !(Number.isInteger(count) && Number(count) >= 0))
          throw new Failed('type', `SPAWN needs a whole number as count, not ${JSON.stringify(count)}.`, {
            unfit: true,
          })
        return { kind: 'spawn', agent: statement.agent && this.#agents(statement.agent)[0]!, options }
      }
      case 'terminate':
        return { kind: 'terminate', agents: this.#agents(statement.agent) }
      case 'send':
        return { kind: 'send', message: this.#value(statement.message), to: this.#recipients(statement.to) }
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
          event: textOf(this.#symbol(statement.event)),
          to: statement.to && this.#recipients(statement.to),
          data: statement.data ? this.#value(statement.data) : {},
        }
      case 'track':
        return { kind: 'track', entry: this.#entries(statement.entry) }
      case 'query':
      case 'aggregate':
      case 'coordinate':
        return { kind: statement.kind, request: this.#entries(statement.request) }
      case 'converse':
        return { kind: 'converse' }
      case 'check':
        return { kind: 'check', text: textOf(fillKnown(statement.text, this.state.variables)) }
      case 'wait':
        return { kind: 'sleep', ms: millisecondsOf(evaluate(statement.duration.text, this.state.variables)) }
      case 'waitFor':
        return { kind: 'waitFor', name: statement.name, timeoutMs: this.#timeout(statement.timeout?.text) }
      case 'checkpoint':
        return { kind: 'checkpoint', name: statement.name }
      case 'log':
        return { kind: 'log', text: textOf(this.#value(statement.value)) }
      case 'ask':
        return { kind: 'ask', text: textOf(fillKnown(statement.text, this.state.variables)) }
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
        variables[`${statement.name}.missing`] = part('missing')
        delete variables[`${statement.name}.late_responses`]
        break
      case 'completion':
      case 'call':
      case 'events':
      case 'query':
      case 'aggregate':
      case 'coordinate':
      case 'send':
      case 'track':
      case 'spawn': {
        const name = nameOf(statement)
        if (name !== null) variables[name] = value
        break
      }
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

/** Where the result of a statement goes. */
function nameOf(statement: EffectStatement): string | null {
  switch (statement.kind) {
    case 'spawn': {
      const { name, agent } = statement
      // `SPAWN helper` names a variable as well as an agent.
      return name ?? (agent?.kind === 'expression' && PLAIN_NAME.test(agent.text) ? agent.text : null)
    }
    case 'process':
      return statement.name ?? 'processed'
    default:
      return 'name' in statement && statement.kind !== 'checkpoint' ? statement.name : null
  }
}

/** The agent that a value names, also by what it has answered. */
function agentNamed(item: Json): string | undefined {
  const name =
    typeof item === 'string'
      ? item
      : ((item as { agent?: Json; agent_id?: Json } | null)?.agent ?? (item as { agent_id?: Json } | null)?.agent_id)
  return typeof name === 'string' && name !== '' ? name : undefined
}

function giveOut(thread: Thread, status: Extract<ThreadStatus, { kind: 'waiting' }>): Step {
  status.given = true
  return { kind: 'effect', line: status.effect.line, thread: thread.id, effect: status.effect }
}

function failureOf(error: unknown, line: number): Failure {
  const kind = error instanceof Failed ? error.kind : error instanceof ExpressionError ? 'type' : 'error'
  return { kind, message: error instanceof Error ? error.message : String(error), line }
}
