import { evaluate, fillAll, fillKept, type Json } from '../../strategy/index.ts'
import type { RoutingRule, Transformer } from '../../pattern/index.ts'
import type { Trace } from '../../trace/index.ts'
import { ResponseRoutes, type SavedRoutes } from './response-routes.ts'

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
  /** Who is told of an event of an agent where no rule is for it. */
  otherwise: (event: string) => string | undefined
  /** How many events may lead to one another before the chain is cut. */
  maxHops: number
  trace: Pick<Trace, 'append'>
  /** Whom a rule means. */
  recipients: (to: Json) => readonly string[]
  /** Gives a message to an agent. */
  deliver: (to: string, message: string, from: string, hops: number) => void
  /** Transformers that waited for their answer before a restart. */
  routes?: SavedRoutes | undefined
}

type Listener = (event: BusEvent, hops: number) => void

/** Events between agents: routed by rules, transformed, heard by who waits. Chains of events are bounded. */
export class Bus {
  readonly #options: BusOptions
  readonly #listeners = new Set<Listener>()
  readonly #routes: ResponseRoutes

  constructor(options: BusOptions) {
    this.#options = options
    this.#routes = new ResponseRoutes(options.routes)
  }

  /** Transformers that wait for their answer, to be kept. */
  saveRoutes(): SavedRoutes | undefined {
    return this.#routes.save()
  }

  /** Calls `listener` with every event from now on; the function returned ends that. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** What an agent says that names no event: the first that a rule lets come from it, else a message. */
  usualEventOf(agent: string): string {
    const rule = this.#options.rules.find(({ from, pattern, event }) => {
      const name = pattern ?? event
      return name !== undefined && !name.includes('*') && from !== undefined && from !== '*' && fitsPattern(from, agent)
    })
    return rule?.pattern ?? rule?.event ?? 'message'
  }

  /** @param hops how many events led to this one */
  emit({ event, from, data }: BusEvent, hops = 0): void {
    const { transformers, maxHops, trace } = this.#options
    if (hops > maxHops) {
      trace.append({ type: 'event.dropped', event, hops })
      return
    }
    trace.append({ type: 'event.emitted', event, from, hops })
    for (const listener of [...this.#listeners]) listener({ event, from, data }, hops)
    const scope = { ...(isRecord(data) && data), event, from, data }
    this.#route({ event, from, data }, scope, hops)
    for (const to of this.#routes.answeredBy(event, scope, { fits: fitsPattern, holds }))
      this.emit({ event: to, from, data }, hops + 1)
    for (const transformer of transformers) {
      const { source, target, mapping, condition } = transformer
      if (!fitsPattern(source, event) || !holds(condition, scope)) continue
      const own = this.#routes.open(transformer, scope)
      this.emit({ event: target, from, data: mapping ? fillAll(mapping as Json, own, fillKept) : data }, hops + 1)
    }
  }

  #route({ event, from, data }: BusEvent, scope: Readonly<Record<string, Json>>, hops: number): void {
    const { rules, otherwise, trace, recipients, deliver } = this.#options
    let isRouted = false
    for (const rule of rules) {
      if (!fitsPattern(rule.pattern ?? rule.event ?? '*', event)) continue
      if (rule.from !== undefined && !fitsPattern(rule.from, from)) continue
      if (!holds(rule.condition, scope)) continue
      isRouted = true
      const to = fillAll((rule.to ?? '*') as Json, scope, fillKept)
      const chosen = recipients(to === '!sender' ? '*' : to)
      if (chosen.length === 0)
        trace.append({
          type: 'log',
          line: 0,
          text: `${event} from ${from} has no recipient: no agent is ${JSON.stringify(to)}.`,
        })
      const text =
        rule.message === undefined ? saying({ event, from, data }) : String(fillAll(rule.message, scope, fillKept))
      for (const name of chosen) if (name !== from) deliver(name, text, from, hops + 1)
    }
    const isSaid = event !== 'agent:response' && from !== 'strategy'
    const rest = !isRouted && isSaid ? otherwise(event) : undefined
    if (rest !== undefined && rest !== from) deliver(rest, saying({ event, from, data }), from, hops + 1)
  }
}

/** An event as an agent reads it. */
function saying({ event, from, data }: BusEvent): string {
  const isText = isRecord(data) && Object.keys(data).length === 1 && typeof data['text'] === 'string'
  return isText ? `${from}: ${String(data['text'])}` : `${event} from ${from}: ${JSON.stringify(data)}`
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
