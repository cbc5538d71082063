import { evaluate, fillAll, type Json, type RoutingRule, type Transformer } from '../pattern/index.ts'
import type { Trace } from '../trace/index.ts'

/** Something that an agent or the strategy has said to all. */
export interface BusEvent {
  event: string
  from: string
  data: Json
}

/** Whether a name fits a pattern: `*` stands for anything. */
export function fitsPattern(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  if (rest.length === 0) return pattern === name
  if (!name.startsWith(first)) return false
  const last = rest.pop()!
  let at = first.length
  for (const part of rest) {
    const found = name.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return name.length - last.length >= at && name.endsWith(last)
}

interface BusOptions {
  rules: readonly RoutingRule[]
  transformers: readonly Transformer[]
  /** How many events may lead to one another before the chain is cut. */
  maxHops: number
  trace: Pick<Trace, 'append'>
  /** Gives a message to an agent, or to all for `*`. */
  deliver: (to: string, message: string, from: string, hops: number) => void
}

/** Events between agents: routed by rules, transformed, heard by who waits. Chains of events are bounded. */
export class Bus {
  readonly #options: BusOptions
  readonly #listeners = new Set<(event: BusEvent) => void>()

  constructor(options: BusOptions) {
    this.#options = options
  }

  /** Calls `listener` with every event from now on; the function returned ends that. */
  listen(listener: (event: BusEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** @param hops how many events led to this one */
  emit({ event, from, data }: BusEvent, hops = 0): void {
    const { rules, transformers, maxHops, trace, deliver } = this.#options
    if (hops > maxHops) {
      trace.append({ type: 'event.cut', event, hops })
      return
    }
    trace.append({ type: 'event.emitted', event, from, hops })
    for (const listener of [...this.#listeners]) listener({ event, from, data })
    const scope = { ...(isRecord(data) && data), event, from, data }
    for (const rule of rules) {
      if (!fitsPattern(rule.pattern ?? rule.event ?? '*', event)) continue
      if (rule.from !== undefined && rule.from !== '*' && rule.from !== from) continue
      if (!holds(rule.condition, scope)) continue
      const text =
        rule.message === undefined
          ? `${event} from ${from}: ${JSON.stringify(data)}`
          : String(fillAll(rule.message, scope))
      for (const to of typeof rule.to === 'string' ? [rule.to] : rule.to)
        if (to !== from) deliver(to, text, from, hops + 1)
    }
    for (const { source, target, mapping, condition } of transformers) {
      if (!fitsPattern(source, event) || !holds(condition, scope)) continue
      this.emit({ event: target, from, data: mapping ? fillAll(mapping as Json, scope) : data }, hops + 1)
    }
  }
}

const isRecord = (data: Json): data is Readonly<Record<string, Json>> =>
  typeof data === 'object' && data !== null && !Array.isArray(data)

/** A condition that cannot be evaluated on this event does not hold. */
function holds(condition: string | undefined, scope: Readonly<Record<string, Json>>): boolean {
  if (condition === undefined) return true
  try {
    return Boolean(evaluate(condition, scope))
  } catch {
    return false
  }
}
