import {
  isInstant,
  type Effect,
  type Json,
  type LastingEffect,
  type Machine,
  type Resolution,
} from '../../strategy/index.ts'
import type { Trace } from '../../trace/index.ts'
import { carryOutAtOnce } from '../effects/at-once.ts'
import { carryOut, carryOutLate } from '../effects/carry-out.ts'
import type { EffectDependencies } from '../effects/dependencies.ts'
import { CompletionError, failureOf } from '../service/failures.ts'
import type { Ending } from './ending.ts'
import type { UnderWay } from './under-way.ts'

interface SchedulerOptions {
  machine: Machine
  ending: Ending
  /** Aborted when the run is to stop as soon as what is under way has ended. */
  draining: AbortSignal
  underWay: UnderWay
  trace: Pick<Trace, 'append'>
  dependenciesOf: (effect: Effect) => EffectDependencies
  checkpoint: (name: string | null) => void
  /** Nobody waits for an effect any more. */
  forget: (effect: number) => void
  /** The strategy waits: where it stands is kept. */
  waits: () => void
}

/** Steps through the strategy, carries its effects out, and tells it how they end. */
export class Scheduler {
  readonly #options: SchedulerOptions
  readonly #work = new Set<Promise<unknown>>()
  #wake: () => void = () => {}

  constructor(options: SchedulerOptions) {
    this.#options = options
  }

  /** Something has changed that the strategy may wait for. */
  wake(): void {
    this.#wake()
  }

  /** Remembers work, so that the run does not end before it. */
  keep(work: Promise<unknown>): void {
    this.#work.add(work)
    const forget = (): void => void this.#work.delete(work)
    work.then(forget, forget)
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#work)
  }

  /** Runs the strategy until it, or the run, ends. */
  async execute(): Promise<void> {
    const { machine, ending, draining, underWay, dependenciesOf, waits } = this.#options
    if (!ending.isOver) {
      for (const effect of underWay.late.values()) this.goesOn(effect, carryOutLate(effect, dependenciesOf(effect)))
      for (const effect of machine.pending) this.#start(effect)
    }
    while (!ending.isOver) {
      const woken = new Promise<void>((resolve) => (this.#wake = resolve))
      if (draining.aborted) {
        if (underWay.isStill) return ending.end('suspended')
      } else {
        for (let step = machine.step(); step.kind !== 'waiting'; step = machine.step()) {
          if (step.kind === 'effect') this.#start(step.effect)
          if (step.kind === 'ended' || ending.isOver) return
          if (step.kind === 'yields') await othersTurn()
        }
      }
      waits()
      await woken
    }
  }

  /** Questions of an effect go on after it: they are the run's until they are answered. */
  goesOn(effect: Effect, questions: Promise<unknown>): void {
    const { ending, underWay, forget } = this.#options
    const { id } = effect
    underWay.late.set(id, effect)
    const over = (): void => {
      if (ending.isOver) return
      underWay.late.delete(id)
      // The effect itself may be about to end.
      if (!underWay.carried.has(id)) forget(id)
    }
    this.keep(questions.then(over, over))
  }

  #start(effect: Effect): void {
    const { trace, underWay, dependenciesOf, checkpoint } = this.#options
    const { id, line } = effect
    const seq = trace.append({ type: 'effect.started', effect: id, line, kind: effect.request.kind })
    underWay.carried.add(id)
    const dependencies = dependenciesOf(effect)
    const ended = (resolution: Resolution): void => this.#ended(id, resolution, seq)
    const failed = (error: unknown): void => ended(failedBy(error))
    if (!isInstant(effect))
      return this.keep(
        carryOut(effect as LastingEffect, dependencies).then((value) => ended({ ok: true, value }), failed),
      )
    const { request } = effect
    if (request.kind === 'checkpoint') {
      // Who goes on from it goes on behind it.
      ended({ ok: true, value: null })
      return checkpoint(request.name)
    }
    let value: Json
    try {
      value = carryOutAtOnce(request, line, dependencies)
    } catch (error) {
      return failed(error)
    }
    ended({ ok: true, value })
  }

  #ended(id: number, resolution: Resolution, began: number): void {
    const { machine, ending, underWay, trace, forget } = this.#options
    underWay.carried.delete(id)
    if (!ending.isOver) {
      machine.resolve(id, resolution)
      if (!underWay.late.has(id)) forget(id)
    }
    const failure = resolution.ok ? null : resolution.failure
    trace.append(
      {
        type: 'effect.ended',
        effect: id,
        ok: resolution.ok,
        failure: failure?.kind ?? null,
        ...(failure && { message: failure.message }),
      },
      [began],
    )
    this.#wake()
  }
}

/** How an effect has failed, and what there is in spite of it. */
function failedBy(error: unknown): Resolution {
  const partial = error instanceof CompletionError ? error.partial : undefined
  return { ok: false, failure: failureOf(error), ...(partial !== undefined && { partial }) }
}

/** Lets everything else that is ready run first. */
const othersTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
