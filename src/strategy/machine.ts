import type { Milliseconds } from '../clock/index.ts'
import type { Branch, Instruction, Jump, Program } from './compiler.ts'
import { isInstant, type Effect, type EffectRequest } from './effect.ts'
import { ExpressionError, Overrun, tooBig, Work } from './expression/index.ts'
import { Failed } from './failed.ts'
import { isTrue, textOf, type Json } from './json.ts'
import type { EffectOp } from './program.ts'
import type { StrategyFailure, Frame, Op, Run, Then } from './run.ts'
import { isEffect } from './statement.ts'
import type { CollectOp } from './statements/collect.ts'
import { definitionOf, OPS } from './statements/index.ts'
import { Values } from './values.ts'
import { setBy } from './walk.ts'

type ThreadStatus =
  | { kind: 'ready' }
  /** `then` says what becomes of the result; `given` whether a step has given the effect out. */
  | { kind: 'waiting'; effect: Effect; then: Then; given: boolean }
  | { kind: 'joining'; children: readonly number[]; join: number; failure: StrategyFailure | null }

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
  /** Parts of expressions evaluated and items handled since then, and in all. */
  work?: { sinceEffect: number; total: number }
  /** Place in `threads` of the one that ran last: it goes on as long as it can. */
  turn: number
  status: { kind: 'running' } | { kind: 'completed'; result: Json } | { kind: 'failed'; failure: StrategyFailure }
}

/** What one step did. */
export type Step =
  | { kind: 'stepped'; line: number; thread: number }
  | { kind: 'effect'; line: number; thread: number; effect: Effect }
  /** It has done much at a stretch: others should have their turn before the next step. */
  | { kind: 'yields' }
  /** Nothing can go on before an effect is resolved. */
  | { kind: 'waiting' }
  | { kind: 'ended' }

/** How an effect ended. */
export type Resolution =
  | { ok: true; value: Json }
  /**
   * `unknown`: it names what there is not, and is no mistake in the name of what there is. `partial`: what there is of a result although it
   * failed, such as the answers of a gather.
   */
  | { ok: false; failure: { kind: string; message: string; unknown?: boolean }; partial?: Json }

/** Steps without an effect after which a strategy is taken to run in circles. */
const MAX_STEPS_WITHOUT_EFFECT = 1_000_000
/** Work without an effect: a few seconds of a machine. */
const MAX_WORK_WITHOUT_EFFECT = 20_000_000
/** Work of a whole run: a few minutes. */
const MAX_WORK = 2_000_000_000
/** Work of one statement, which nobody can interrupt: some twenty milliseconds. */
const MAX_WORK_A_STATEMENT = 250_000
/** Work after which others have their turn: some five milliseconds. */
const WORK_A_TURN = 50_000
/** What one statement is worth, beside its expressions. */
const STATEMENT_WORK = 10
const MAX_THREADS = 10_000
const MAX_BACKOFF_MS = 60_000

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
  /** Work since others had their turn. */
  #atAStretch = 0

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
    if (this.#atAStretch > WORK_A_TURN) {
      this.#atAStretch = 0
      return { kind: 'yields' }
    }
    const thread = this.#nextReady()
    if (!thread) return { kind: 'waiting' }
    if (thread.status.kind === 'waiting') return giveOut(thread, thread.status)
    const instruction = this.program[thread.pc]!
    const { line } = instruction
    state.steps += 1
    const work = this.#workLeft()
    try {
      if (state.steps - state.stepsAtEffect > MAX_STEPS_WITHOUT_EFFECT)
        throw new Failed(
          'runaway',
          `${MAX_STEPS_WITHOUT_EFFECT} statements ran without waiting for an agent or a timer.`,
        )
      this.#execute(thread, instruction, work)
      this.#checkSizes(instruction, work)
    } catch (error) {
      const known = error instanceof Overrun ? this.#overrun() : error
      if (!this.#consultOrchestratingAgent(thread, instruction, known))
        this.#fail(thread, failureOf(known, instruction))
    }
    this.#count(work.done + STATEMENT_WORK)
    const after = thread.status as ThreadStatus
    if (after.kind === 'waiting') {
      if (!isInstant(after.effect)) {
        state.stepsAtEffect = state.steps
        if (state.work) state.work.sinceEffect = 0
      }
      return giveOut(thread, after)
    }
    return { kind: 'stepped', line, thread: thread.id }
  }

  /** Says how an effect ended. One that nobody waits for any more is ignored. */
  resolve(id: number, resolution: Resolution): void {
    const thread = this.state.threads.find(({ status }) => status.kind === 'waiting' && status.effect.id === id)
    if (!thread || thread.status.kind !== 'waiting' || this.state.status.kind !== 'running') return
    this.#atAStretch = 0
    const { effect, then } = thread.status
    const instruction = this.program[thread.pc]!
    thread.status = { kind: 'ready' }
    if (!resolution.ok) {
      const { unknown = false, ...failure } = resolution.failure
      if (resolution.partial !== undefined && then === 'store') this.#store(instruction, resolution.partial)
      const refused = new Failed(failure.kind, failure.message, { unfit: unknown && then === 'store' })
      if (!this.#consultOrchestratingAgent(thread, instruction, refused))
        this.#fail(thread, { ...failure, ...placeOf(instruction) })
      return
    }
    const { value } = resolution
    if (then === 'nothing') return
    if (effect.request.kind === 'check' && value !== null) {
      const message = `ASSERT ${effect.request.text} does not hold: ${textOf(value)}`
      this.#fail(thread, { kind: 'assertion', message, ...placeOf(instruction) })
      return
    }
    if (then === 'branch' && instruction.op === 'branch') {
      thread.pc = isTrue(value) ? thread.pc + 1 : (instruction as Branch).otherwise
      return
    }
    const work = this.#workLeft()
    try {
      if (then === 'items') {
        const { name, exit } = instruction as Instruction & { name: string; exit: number }
        this.#loop(thread, name, Array.isArray(value) ? (value as readonly Json[]) : [value], exit)
      } else if (then === 'said') this.#storeSaid(instruction, value)
      else this.#store(instruction, value)
      this.#checkSizes(instruction, work)
    } catch (error) {
      this.#fail(thread, failureOf(error instanceof Overrun ? this.#overrun() : error, instruction))
      return
    }
    this.#count(work.done)
    thread.pc += 1
  }

  #store(instruction: Instruction, value: Json): void {
    if (instruction.op !== 'effect') return
    const { statement } = instruction as EffectOp
    const { does } = definitionOf(statement)
    const { variables } = this.state
    if (isEffect(does) && does.store) does.store(statement, value, variables)
    else for (const name of setBy(statement)) variables[name] = value
  }

  /** What an effect or an expression has put into a variable must not outgrow what can be kept. */
  #checkSizes(instruction: Instruction, work: Work): void {
    const { variables } = this.state
    for (const name of this.#namesSet(instruction)) {
      const problem = Object.hasOwn(variables, name) ? tooBig(variables[name]!, work) : undefined
      if (problem === undefined) continue
      delete variables[name]
      throw new Failed('type', `The variable "${name}" ${problem}.`)
    }
  }

  #namesSet(instruction: Instruction): readonly string[] {
    if (instruction.op === 'set') return [(instruction as Instruction & { name: string }).name]
    if (instruction.op === 'effect') return setBy((instruction as EffectOp).statement)
    return []
  }

  #workLeft(): Work {
    const { sinceEffect, total } = this.state.work ?? { sinceEffect: 0, total: 0 }
    return new Work(Math.min(MAX_WORK_A_STATEMENT, MAX_WORK_WITHOUT_EFFECT - sinceEffect, MAX_WORK - total))
  }

  #count(done: number): void {
    const { state } = this
    state.work ??= { sinceEffect: 0, total: 0 }
    state.work.sinceEffect += done
    state.work.total += done
    this.#atAStretch += done
  }

  #overrun(): Failed {
    const { sinceEffect, total } = this.state.work ?? { sinceEffect: 0, total: 0 }
    const problem =
      total > MAX_WORK - MAX_WORK_A_STATEMENT
        ? `The strategy has computed more than ${MAX_WORK} steps in total, which is the limit.`
        : sinceEffect > MAX_WORK_WITHOUT_EFFECT - MAX_WORK_A_STATEMENT
          ? `The strategy has computed more than ${MAX_WORK_WITHOUT_EFFECT} steps without waiting for an agent or a timer, which is the limit.`
          : `This statement has computed more than ${MAX_WORK_A_STATEMENT} steps, which is the limit.`
    return new Failed('runaway', problem)
  }

  /**
   * In a sketch, a statement that names what there is not is for the orchestrating agent: it is asked what the statement would give.
   * A name that is nearly that of a variable is a mistake.
   */
  #consultOrchestratingAgent(thread: Thread, instruction: Instruction, error: unknown): boolean {
    const { said, line, op } = instruction
    const isUnknown = error instanceof ExpressionError ? error.unknown : error instanceof Failed && error.unfit
    if (said === undefined || !isUnknown) return false
    const values = new Values(this.state.variables, new Work())
    const text = `${values.said(said)}${this.#knownIn(said)}`
    if (op === 'branch') this.#requestEffect(thread, line, { kind: 'judge', text }, 'branch')
    else if (op === 'for')
      this.#requestEffect(thread, line, { kind: 'value', text: `${text}\nAnswer with the JSON list.` }, 'items')
    else this.#requestEffect(thread, line, { kind: 'value', text: `Do this, and say what it gives: ${text}` }, 'said')
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
      const { into } = instruction as CollectOp
      const before = variables[into] ?? []
      variables[into] = [...(Array.isArray(before) ? (before as readonly Json[]) : [before]), value]
      return
    }
    const [name] =
      instruction.op === 'effect'
        ? setBy((instruction as EffectOp).statement)
        : [(instruction as Instruction & { name?: string }).name]
    variables[name ?? 'answer'] = value
  }

  #loop(thread: Thread, name: string, items: readonly Json[] | { from: number; to: number }, exit: number): void {
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

  #execute(thread: Thread, instruction: Instruction, work: Work): void {
    const { op, line } = instruction
    const { variables } = this.state
    const values = new Values(variables, work)
    const run: Run = {
      values,
      variables,
      pc: thread.pc,
      stack: thread.stack,
      ask: (request, then) => this.#requestEffect(thread, line, request, then),
      loop: (name, items, exit) => this.#loop(thread, name, items, exit),
      fork: (branches, join) => {
        const children = branches.map((pc) => this.#spawn(thread.id, pc))
        thread.status = { kind: 'joining', children, join, failure: null }
        return 'waits'
      },
      end: (result) => {
        if (result || thread.parent === null) this.#complete(result?.result ?? null)
        else this.#endThread(thread, null)
        return 'waits'
      },
    }
    const next = (Object.hasOwn(BASE, op) ? BASE[op]! : OPS[op]!)(instruction as never, run)
    if (next !== 'waits') thread.pc = next ?? thread.pc + 1
  }

  #requestEffect(thread: Thread, line: number, request: EffectRequest, then: Then): 'waits' {
    const id = this.state.nextEffect
    this.state.nextEffect += 1
    thread.status = { kind: 'waiting', effect: { id, line, request }, then, given: false }
    return 'waits'
  }

  #spawn(parent: number, pc: number): number {
    if (this.state.threads.length >= MAX_THREADS)
      throw new Failed('runaway', `More than ${MAX_THREADS} branches of PARALLEL run at one time.`)
    const id = this.state.nextThread
    this.state.nextThread += 1
    this.state.threads.push({ id, parent, pc, stack: [], status: { kind: 'ready' } })
    return id
  }

  #endThread(thread: Thread, failure: StrategyFailure | null): void {
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

  #fail(thread: Thread, failure: StrategyFailure): void {
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
        const ms: Milliseconds = Math.min(MAX_BACKOFF_MS, backoffMs * 2 ** (attempt - 1))
        this.#requestEffect(thread, failure.line, { kind: 'sleep', ms }, 'nothing')
        return
      }
    }
    if (thread.parent !== null) return this.#endThread(thread, failure)
    this.state.status = { kind: 'failed', failure }
    this.state.threads = []
  }
}

/** Instructions that are of no one statement. */
const BASE: Readonly<Record<string, Op>> = {
  effect: ({ statement }: EffectOp, { values, ask }: Run) => {
    const { does, options } = definitionOf(statement)
    if (!isEffect(does)) throw new Error(`"${statement.kind}" needs no action of the orchestrator.`)
    const given = options ? values.options(options.word, options.of(statement), options.table) : {}
    const wrong = options?.together?.(given)
    if (wrong) throw new Failed('type', `${wrong.problem} ${wrong.hint ?? ''}`.trim(), { unfit: true })
    return ask(does.request(statement, values, given), 'store')
  },
  branch: ({ condition, otherwise }: Branch, { values, ask, pc }: Run) => {
    if (condition.kind === 'judgement') return ask({ kind: 'judge', text: values.said(condition.text) }, 'branch')
    return values.holds(condition) ? pc + 1 : otherwise
  },
  jump: ({ to }: Jump) => to,
  leave: (_: unknown, { stack }: Run) => void stack.pop(),
  end: (_: unknown, { end }: Run) => end(),
}

function giveOut(thread: Thread, status: Extract<ThreadStatus, { kind: 'waiting' }>): Step {
  status.given = true
  return { kind: 'effect', line: status.effect.line, thread: thread.id, effect: status.effect }
}

const placeOf = ({ line, column }: Instruction): { line: number; column?: number } => ({
  line,
  ...(column !== undefined && { column }),
})

function failureOf(error: unknown, instruction: Instruction): StrategyFailure {
  const kind = error instanceof Failed ? error.kind : error instanceof ExpressionError ? 'type' : 'error'
  const message = error instanceof Error ? error.message : String(error)
  const place = error instanceof Failed ? error.place : undefined
  return place ? { kind, message, line: place.line, column: place.column } : { kind, message, ...placeOf(instruction) }
}
