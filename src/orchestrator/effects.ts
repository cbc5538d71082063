import { suggestion } from '../options/index.ts'
import {
  millisecondsOf,
  textOf,
  type Effect,
  type InstantEffect,
  type Json,
  type LastingEffect,
  type Options,
} from '../strategy/index.ts'
import type { Trace } from '../trace/index.ts'
import { aggregate } from './aggregate.ts'
import type { BusEvent } from './bus.ts'
import { fitsPattern } from './bus.ts'
import { converse } from './converse.ts'
import { coordinate } from './coordinate.ts'
import { deadlineIn, pause } from './deadline.ts'
import { CompletionError } from './failures.ts'
import { gather, gatherLate, gatherOptions, type GatherSurroundings } from './gather.ts'
import type { Settled, StrategyFunction } from './settings.ts'
import { query, type Queried, type Tracked } from './query.ts'
import { recipientsOf, type Recipients } from './recipients.ts'
import { jsonIn, saysNo, saysYes } from './speech.ts'
import type { AgentAnswer, Team } from './team.ts'

/** What effects are carried out with. */
export interface EffectSurroundings extends GatherSurroundings {
  team: Team
  settings: Settled
  /** Keeps work that goes on after the effect, so that the run can end it. */
  background: (work: Promise<unknown>) => void
  trace: Pick<Trace, 'append' | 'length'>
  /** What CALL finds. */
  functions: Readonly<Record<string, StrategyFunction>>
  /** The agent that lines in plain language are asked of. */
  orchestratingAgent: () => string
  /** GATHER asks one agent after another where it does not say. */
  sequential: boolean
  /** Makes agents and adds them to the variable `agents`. Gives the name, or the names where several were asked for. */
  spawn: (name: string | null, options: Options) => Json
  /** Whom messages of the strategy may be for: "all" leaves the orchestrating agents out. */
  recipients: Recipients
  /** Remembers what TRACK notes. */
  track: (entry: Tracked) => void
  queried: () => Queried
  /** Aborted when the run is to stop as soon as what is under way has ended. */
  pausing: AbortSignal
  /** The effect stands still until the run stops; it goes on with it. Never resolves. */
  pause: () => Promise<never>
  /** The agents speak one after another in a pattern without a strategy. */
  inTurns: boolean
  /** What the effect has heard so far, also before a restart. */
  heard: BusEvent[]
}

/** Carries out what a statement has asked for. Rejects where it fails. */
export async function carryOut({ request }: LastingEffect, surroundings: EffectSurroundings): Promise<Json> {
  const { team, settings, signal, sequential } = surroundings
  switch (request.kind) {
    case 'gather': {
      const options = gatherOptions(request.options, { timeoutMs: settings.gatherTimeoutMs, sequential })
      return { ...(await gather(request.name, asked(request.agents, surroundings), options, surroundings)) }
    }
    case 'waitFor': {
      // Who was told something and has not been asked since, or was asked by this effect before a restart.
      const before = new Set(team.answersBefore(surroundings.effect).map(({ question }) => question))
      const told = [...team.agents.values()]
        .filter(({ name, inbox, isAlive }) => before.has(name) || (isAlive && inbox.length > 0))
        .map(({ name }) => name)
      const options = gatherOptions(
        { at_least: 0 },
        { timeoutMs: request.timeoutMs ?? settings.gatherTimeoutMs, sequential },
      )
      return { ...(await gather(request.name, told, options, surroundings)) }
    }
    case 'completion':
      return { ...(await askOne(asked([request.agent], surroundings)[0]!, request.options, surroundings)) } as Json
    case 'events':
      return awaitEvents(request.options, surroundings)
    case 'call': {
      const { functions } = surroundings
      if (!Object.hasOwn(functions, request.function))
        throw new CompletionError(
          'refused_request',
          `CALL: there is no function "${request.function}". ${suggestion(request.function, Object.keys(functions)) || 'Name its library in the pattern (functions: …), or give it as orchestrator.functions.'}`,
        )
      return plain(request.function, await functions[request.function]!(...(request.arguments as never[])))
    }
    case 'process':
      return askOrchestrator(
        `Process the following, and say what follows from it:\n${textOf(request.value)}`,
        surroundings,
      )
    case 'ask':
      return askOrchestrator(request.text, surroundings)
    case 'value': {
      const said = await askOrchestrator(request.text, surroundings)
      return jsonIn(said) ?? said
    }
    case 'check': {
      const said = await askOrchestrator(
        `Check this, and begin your answer with "no" if it does not hold: ${request.text}`,
        surroundings,
      )
      return saysNo(said) ? said : null
    }
    case 'aggregate': {
      const { method, options } = request.request
      if (method !== 'custom') return aggregate(request.request)
      const data = textOf(request.request['data'] ?? request.request['responses'] ?? null)
      const said = await askOrchestrator(
        `Aggregate the following, as ${textOf(options ?? {})} says:\n${data}`,
        surroundings,
      )
      return jsonIn(said) ?? said
    }
    case 'coordinate': {
      const agents = recipientsOf(request.request['agents'] ?? 'all', surroundings.recipients)
      for (const agent of agents) team.find(agent)
      return coordinate(request.request, agents, { timeoutMs: settings.gatherTimeoutMs, surroundings })
    }
    case 'converse':
      return converse(surroundings, { inTurns: surroundings.inTurns })
    case 'judge':
      return saysYes(await askOrchestrator(`Answer with yes or no: ${request.text}?`, surroundings))
    case 'sleep':
      await pause(Math.max(0, request.ms - surroundings.elapsedMs), signal)
      return null
    default:
      return request satisfies never
  }
}

/** Goes on, after a restart, with what a statement that had ended before it had left under way. */
export async function carryOutLate({ request }: Effect, surroundings: EffectSurroundings): Promise<void> {
  const { settings, sequential } = surroundings
  // Tasks that nobody had done when the gather ended are missing; nobody is to do them any more.
  if (request.kind !== 'gather' || request.options['tasks'] !== undefined) return
  const options = gatherOptions(request.options, { timeoutMs: settings.gatherTimeoutMs, sequential })
  await gatherLate(request.name, asked(request.agents, surroundings), options, surroundings)
}

/**
 * Carries out a statement that waits for nobody, so that what it changes and that it was done are kept together.
 *
 * @throws CompletionError
 */
export function carryOutAtOnce(
  request: Exclude<InstantEffect['request'], { kind: 'checkpoint' }>,
  line: number,
  surroundings: EffectSurroundings,
): Json {
  const { team, trace } = surroundings
  switch (request.kind) {
    case 'spawn':
      return surroundings.spawn(request.agent, request.options)
    case 'terminate':
      for (const agent of recipientsOf(request.agents, surroundings.recipients))
        team.terminate(agent, `terminated by the strategy at line ${line}`)
      return null
    case 'send':
      return told(request.to, surroundings).map((agent) => {
        team.send(agent, textOf(request.message), 'strategy')
        return agent
      })
    case 'broadcast': {
      const more = Object.keys(request.options).length > 0 ? `\n${JSON.stringify(request.options)}` : ''
      const agents = request.agents
        ? recipientsOf(request.agents, surroundings.recipients)
        : team.names.filter((name) => team.isAlive(name))
      for (const agent of agents) team.send(agent, textOf(request.message) + more, 'strategy')
      return null
    }
    case 'emit':
      if (request.to !== null)
        for (const agent of told(request.to, surroundings))
          team.send(agent, `${request.event}: ${textOf(request.data)}`, 'strategy')
      team.bus.emit({ event: request.event, from: 'strategy', data: request.data })
      return null
    case 'track': {
      const { type, data = {} } = request.entry
      const entry = { type: textOf(type!), data, at: Date.now() / 1_000 }
      surroundings.track(entry)
      team.bus.emit({ event: 'orchestration:track', from: 'strategy', data: { type: type!, data } })
      return entry
    }
    case 'query':
      return query(request.request, surroundings.queried())
    case 'log':
      trace.append({ type: 'log', line, text: request.text })
      return null
    default:
      return request satisfies never
  }
}

/** Who is asked: agents by name, and those that other words mean. */
const asked = (names: readonly string[], { team, recipients }: EffectSurroundings): string[] =>
  names.flatMap((name) => (team.agents.has(name) ? [name] : recipientsOf(name, recipients)))

/** Whom a statement means. That it means nobody is said. */
function told(to: Json, { recipients, trace }: EffectSurroundings): string[] {
  const names = recipientsOf(to, recipients)
  if (names.length === 0)
    trace.append({ type: 'log', line: 0, text: `Nobody is told: no agent is ${JSON.stringify(to)}.` })
  return names
}

async function askOne(
  agent: string,
  options: Options,
  { team, signal, effect, elapsedMs }: EffectSurroundings,
): Promise<AgentAnswer> {
  const { timeout, prompt, model, max_tokens: most } = options
  const end = deadlineIn(
    timeout === undefined ? Number.POSITIVE_INFINITY : Math.max(0, millisecondsOf(timeout) - elapsedMs),
    'deadline',
    `The answer of ${agent}`,
    [signal],
  )
  try {
    return await team.ask(agent, prompt === undefined ? undefined : textOf(prompt), {
      signal: end.signal,
      model: model === undefined ? undefined : textOf(model),
      maxTokens: most === undefined ? undefined : Number(most),
      effect,
      question: agent,
    })
  } finally {
    end.clear()
  }
}

const askOrchestrator = async (prompt: string, surroundings: EffectSurroundings): Promise<string> =>
  (await askOne(surroundings.orchestratingAgent(), { prompt }, surroundings)).text

/** Waits for events of agents. Whoever of them is told something meanwhile answers to it. */
async function awaitEvents(
  options: Options,
  { team, settings, signal, background, effect, elapsedMs, heard, recipients }: EffectSurroundings,
): Promise<Json> {
  const {
    from,
    event_pattern: pattern = 'agent:response',
    min_responses: least,
    max_responses: most,
    timeout,
    collect_partial: partial,
  } = options
  const senders =
    from === undefined || from === null ? undefined : from === 'strategy' ? [from] : recipientsOf(from, recipients)
  for (const sender of senders ?? []) if (sender !== 'strategy') team.find(sender)
  const wanted = Number(most ?? least ?? senders?.length ?? 1)
  const enough = least === undefined ? Number.POSITIVE_INFINITY : Number(least)
  const asked = new Map<string, number>()
  const end = deadlineIn(
    Math.max(0, (timeout === undefined ? settings.gatherTimeoutMs : millisecondsOf(timeout)) - elapsedMs),
    'deadline',
    `AWAIT ${textOf(pattern)}`,
    [signal],
  )
  const asking = (name: string): void => {
    if ((senders && !senders.includes(name)) || !team.isAlive(name)) return
    const nth = (asked.get(name) ?? 0) + 1
    asked.set(name, nth)
    background(team.ask(name, undefined, { signal: end.signal, effect, question: `${name} ${nth}` }).catch(() => {}))
  }
  const stopDelivery = team.onDelivery(asking)
  try {
    await new Promise<void>((resolve, reject) => {
      const stop = team.bus.listen((event) => {
        if (!fitsPattern(textOf(pattern), event.event) || (senders && !senders.includes(event.from))) return
        heard.push(event)
        if (heard.length >= wanted) done()
      })
      const done = (): void => {
        stop()
        resolve()
      }
      end.signal.addEventListener(
        'abort',
        () => {
          stop()
          if ((partial || heard.length >= enough) && !signal.aborted) resolve()
          else reject(end.signal.reason)
        },
        { once: true },
      )
      for (const { answer } of team.answersBefore(effect)) asked.set(answer.agent, (asked.get(answer.agent) ?? 0) + 1)
      if (heard.length >= wanted) return done()
      if (end.signal.aborted) {
        stop()
        return reject(end.signal.reason)
      }
      for (const { name, inbox } of team.agents.values()) if (inbox.length > 0) asking(name)
    })
  } finally {
    stopDelivery()
    end.clear()
  }
  return heard.map((event) => ({ ...event }))
}

/** What a function of the test gave, as it can be kept. Nothing is null. */
function plain(name: string, value: unknown): Json {
  try {
    return JSON.parse(JSON.stringify(value ?? null)) as Json
  } catch (error) {
    throw new CompletionError(
      'refused_request',
      `CALL ${name} gave what cannot be kept as JSON (${error instanceof Error ? error.message.split('\n')[0] : typeof value}). Return numbers, texts, lists and plain objects.`,
      { cause: error },
    )
  }
}
