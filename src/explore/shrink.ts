import type { ScheduledFault } from '../provider/index.ts'
import type { Case } from './case.ts'

/** What a case that fails is made smaller with. */
export interface ShrinkOptions {
  /** Runs a case, and says whether it fails in the same way. */
  fails: (candidate: Case) => Promise<boolean>
  /** The faults that came about in the case, or nothing where they are too many to be told. */
  injected: readonly ScheduledFault[] | undefined
  /** All agents, where there may be fewer. */
  agents: readonly string[] | undefined
  /** Whole numbers among the variables, such as rounds. */
  counts: Readonly<Record<string, number>>
  /** How long it may take. Milliseconds. */
  budgetMs: number
  /** The present time. Milliseconds. */
  now: () => number
}

/** The smallest case that was found. */
export interface Shrunk {
  case: Case
  /** How many cases were run for it. */
  tries: number
  /** Whether nothing smaller is left to try; else time was up. */
  isMinimal: boolean
}

const SIMPLE_LATENCY = '1s'

/**
 * Makes a case smaller that fails: fewer faults, fewer rounds, fewer agents, simple latencies, as long as it fails in the same way.
 */
export async function shrink(start: Case, options: ShrinkOptions): Promise<Shrunk> {
  const { budgetMs, now, injected, agents, counts } = options
  const until = now() + budgetMs
  let best = start
  let tries = 0
  let isOver = false
  /** Takes a candidate if it fails too. */
  const accept = async (candidate: Case): Promise<boolean> => {
    if (JSON.stringify(candidate) === JSON.stringify(best)) return false
    if (now() >= until) isOver = true
    if (isOver) return false
    tries += 1
    if (!(await options.fails(candidate))) return false
    best = candidate
    return true
  }

  if (injected) {
    // Chance lets no call fail beside a schedule, but tests may ask for the fail rate of their case.
    const { faults: _, ...rest } = start
    await accept({ ...rest, schedule: injected })
  }
  for (let before = ''; before !== JSON.stringify(best) && !isOver;) {
    before = JSON.stringify(best)
    if (best.schedule) {
      await fewer(best.schedule, (schedule) => accept({ ...best, schedule }))
      for (const agent of new Set(best.schedule.map((fault) => fault.agent)))
        await closer(
          agent,
          () => best.schedule!,
          (schedule) => accept({ ...best, schedule }),
        )
    }
    for (const [name, count] of Object.entries(counts)) {
      const present = (): number => (typeof best.vars?.[name] === 'number' ? best.vars[name] : count)
      await smaller(present, (value) => accept({ ...best, vars: { ...best.vars, [name]: value } }))
    }
    const all = best.agents ?? agents
    if (all && all.length > 1) await fewer(all, (some) => (some.length > 0 ? accept({ ...best, agents: some }) : no()))
    if (best.latency === undefined) await accept({ ...best, latency: SIMPLE_LATENCY })
  }
  return { case: best, tries, isMinimal: !isOver }
}

/**
 * Moves the faults of one agent to its first calls, as close together as can be, and leaves out those that only count calls: where one that is
 * left out was retried, the later ones come one call earlier.
 */
async function closer(
  agent: string,
  present: () => readonly ScheduledFault[],
  accept: (schedule: readonly ScheduledFault[]) => Promise<boolean>,
): Promise<void> {
  const mine = (): ScheduledFault[] =>
    present()
      .filter((fault) => fault.agent === agent)
      .toSorted((a, b) => a.nth - b.nth)
  const others = present().filter((fault) => fault.agent !== agent)
  for (let place = 0; place < mine().length; place++) {
    const all = mine()
    const before = all.slice(0, place)
    const shifted = (from: number, by: number): ScheduledFault[] =>
      all.slice(from).map((fault) => ({ ...fault, nth: fault.nth - by }))
    const gap = all[place]!.nth - (before.at(-1)?.nth ?? -1) - 1
    if (gap > 0 && (await accept([...others, ...before, ...shifted(place, gap)]))) continue
    if (await accept([...others, ...before, ...shifted(place + 1, 1)])) place -= 1
    else if (gap > 1) await accept([...others, ...before, ...shifted(place, 1)])
  }
}

const no = async (): Promise<boolean> => false

/**
 * Delta debugging: leaves out ever smaller parts of a list, until no single element can be left out.
 * Source: A. Zeller, R. Hildebrandt, Simplifying and isolating failure-inducing input, 2002.
 */
async function fewer<Value>(
  start: readonly Value[],
  accept: (some: readonly Value[]) => Promise<boolean>,
): Promise<void> {
  if (start.length === 0 || (await accept([]))) return
  let list = start
  let parts = 2
  while (list.length > 1) {
    const size = Math.ceil(list.length / parts)
    let found = false
    for (let from = 0; from < list.length; from += size) {
      const without = [...list.slice(0, from), ...list.slice(from + size)]
      if (without.length === 0 || !(await accept(without))) continue
      list = without
      parts = Math.max(2, parts - 1)
      found = true
      break
    }
    if (found) continue
    if (size === 1) return
    parts = Math.min(list.length, parts * 2)
  }
}

/** Tries one, then halves, then one less. */
async function smaller(present: () => number, accept: (value: number) => Promise<boolean>): Promise<void> {
  if (present() <= 1 || (await accept(1))) return
  let low = 1
  while (present() - low > 1) {
    const middle = Math.floor((low + present()) / 2)
    if (!(await accept(middle))) low = middle
  }
}
