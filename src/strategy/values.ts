import { problemOfOptions, isMistake, types, unfitOption, type OptionTable } from '../options/index.ts'
import type { Milliseconds } from '../clock/index.ts'
import { millisecondsOf } from './duration.ts'
import type { Options } from './effect.ts'
import { evaluate, ExpressionError, shown, type Work } from './expression/index.ts'
import { Failed } from './failed.ts'
import { FORBIDDEN_NAMES } from './forbidden.ts'
import { isTrue, textOf, type Json } from './json.ts'
import { placeIn } from './places.ts'
import { fillKnown } from './template.ts'
import type { Entry, Expression, Value } from './tree.ts'

const PLAIN_NAME = /^[A-Za-z_]\w*$/

/** What agents can be chosen by. */
export const CRITERIA: OptionTable = {
  agent: types.textNotEmpty,
  agent_id: types.textNotEmpty,
  pattern: types.textNotEmpty,
  role: types.textNotEmpty,
  profile: types.textNotEmpty,
  capability: types.textNotEmpty,
  status: types.textNotEmpty,
}

/** What a strategy's values are with the variables as they stand. All methods throw `Failed` or `ExpressionError`. */
export class Values {
  readonly variables: Readonly<Record<string, Json>>
  readonly work: Work

  constructor(variables: Readonly<Record<string, Json>>, work: Work) {
    this.variables = variables
    this.work = work
  }

  of(value: Value): Json {
    switch (value.kind) {
      case 'expression':
        return this.expression(value)
      case 'object':
        return this.object(value.entries)
      case 'list':
        return value.items.map((item) => this.of(item))
      case 'range': {
        const { from, to } = this.range(value)
        return evaluate(`range(${from}, ${to + 1})`, {}, this.work)
      }
      case 'either':
        return this.#either(value.values)
      default:
        return value satisfies never
    }
  }

  expression(expression: Expression): Json {
    try {
      return evaluate(expression.text, this.variables, this.work)
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error
      const { message, unknown, at } = error
      throw new Failed('type', message, { unfit: unknown, place: placeIn(expression, at) })
    }
  }

  holds = (condition: Expression): boolean => isTrue(this.expression(condition))

  /** What is said in plain language, with the values that are known. */
  said = (text: string): string => textOf(fillKnown(text, this.variables))

  #either(values: readonly Expression[]): Json {
    for (const each of values.slice(0, -1)) {
      try {
        const value = this.expression(each)
        if (isTrue(value)) return value
      } catch (error) {
        if (!(error instanceof Failed && error.unfit)) throw error
      }
    }
    return this.expression(values.at(-1)!)
  }

  range({ from, to }: Extract<Value, { kind: 'range' }>): { from: number; to: number } {
    const [first, last] = [from, to].map((end) => {
      const value = this.expression(end)
      if (Number.isSafeInteger(value)) return value as number
      throw new Failed('type', `${from.text}..${to.text} needs two whole numbers, not ${shown(value)}.`, {
        place: placeIn(end),
      })
    })
    return { from: first!, to: last! }
  }

  object(entries: readonly Entry[]): Record<string, Json> {
    return Object.fromEntries(entries.map((entry) => [this.#nameOf(entry), this.of(entry.value)]))
  }

  #nameOf({ name, key }: Entry): string {
    if (!key) return name
    const given = this.expression(key)
    const named = typeof given === 'number' ? String(given) : given
    if (typeof named === 'string' && !FORBIDDEN_NAMES.has(named)) return named
    const problem =
      typeof named === 'string'
        ? `"${named}" cannot be a name.`
        : `The name of a member must be a text, not ${shown(given)}.`
    throw new Failed('type', problem, { place: placeIn(key) })
  }

  /** Options, each of which was checked. @param owner what they are of, as a message begins */
  options(owner: string, entries: readonly Entry[], table: OptionTable): Options {
    const given: Record<string, Json> = {}
    for (const entry of entries) {
      const { name, value } = entry
      given[name] = this.of(value)
      const found = unfitOption(owner, name, given[name], table)
      if (found)
        throw new Failed('type', `${found.problem}${found.hint ? ` ${found.hint}` : ''}`, {
          unfit: true,
          place: placeIn(value.kind === 'expression' ? value : entry),
        })
    }
    return given
  }

  milliseconds(duration: Expression, owner: string): Milliseconds {
    const value = this.expression(duration)
    const found = problemOfOptions(owner, { duration: value }, { duration: types.duration })
    if (!found) return millisecondsOf(value)
    throw new Failed('type', `${found.problem}${found.hint ? ` ${found.hint}` : ''}`, {
      unfit: true,
      place: placeIn(duration),
    })
  }

  /** A name without quotes, where no variable is called so, is what it says. */
  symbol(value: Value): Json {
    if (value.kind === 'list') return value.items.map((item) => this.symbol(item))
    const isSymbol =
      value.kind === 'expression' &&
      PLAIN_NAME.test(value.text) &&
      !Object.hasOwn(this.variables, value.text) &&
      !isMistake(value.text, Object.keys(this.variables))
    return isSymbol ? value.text : this.of(value)
  }

  /** The name of the agent that a value stands for, the first one of a list. */
  agent(value: Value): string | null {
    const [first = null] = [this.recipients(value)].flat() as Json[]
    if (first === null || typeof first === 'string') return first
    return notAnAgent(first, value)
  }

  /** The agents that a value means: a list of names and of what the agents have, or what the agents have alone. */
  recipients(value: Value): Json {
    const given = this.symbol(value)
    const meant = (item: Json): Json => {
      const name = agentNamed(item)
      if (name !== undefined && !isCriteria(item)) return name
      if (!isRecord(item) || 'text' in item || Object.keys(item).length === 0) return notAnAgent(item, value)
      const found = problemOfOptions('an agent', item, CRITERIA)
      if (!found) return item
      throw new Failed('type', `${found.problem.replace('option', 'criterion')} ${found.hint ?? ''}`.trim(), {
        unfit: true,
      })
    }
    if (Array.isArray(given)) return (given as readonly Json[]).map(meant)
    const one = meant(given)
    return typeof one === 'string' ? [one] : one
  }

  /** What is told: anything but nothing. */
  message(value: Value, word: string): Json {
    const given = this.of(value)
    if (given !== null && given !== '') return given
    throw new Failed('type', `${word} needs a message that is not empty, not ${shown(given)}.`, {
      unfit: true,
      place: value.kind === 'expression' ? placeIn(value) : undefined,
    })
  }
}

const isRecord = (item: Json): item is Options => typeof item === 'object' && item !== null && !Array.isArray(item)

/** Whether an object says what agents can be chosen by: an answer, or an agent as QUERY tells it, says more, a name alone less. */
const isCriteria = (item: Json): boolean =>
  isRecord(item) &&
  Object.keys(item).every((name) => Object.hasOwn(CRITERIA, name)) &&
  Object.keys(item).some((name) => name !== 'agent' && name !== 'agent_id')

function notAnAgent(given: Json, value: Value): never {
  throw new Failed('type', `Give the name of an agent, not ${shown(given)}.`, {
    unfit: true,
    place: value.kind === 'expression' ? placeIn(value) : undefined,
  })
}

/** The agent that a value names, also by what it has answered. */
function agentNamed(item: Json): string | undefined {
  const name =
    typeof item === 'string'
      ? item
      : ((item as { agent?: Json; agent_id?: Json } | null)?.agent ?? (item as { agent_id?: Json } | null)?.agent_id)
  return typeof name === 'string' && name !== '' ? name : undefined
}
