import type { Faker } from '@faker-js/faker'
import { englishFaker } from '../packages/index.ts'
import type { KeyedRandom } from '../random/index.ts'
import type { CallRequest, Finish, Message, ToolCall, ToolDefinition } from './call.ts'
import type { Caller } from './callers.ts'
import { fitSchema } from './fit-schema.ts'

/** What a simulated model says. Text alone may be given as a string. */
export interface ReplySpec {
  text?: string
  /** Becomes the text, as JSON. */
  json?: unknown
  toolCalls?: readonly { name: string; arguments?: Readonly<Record<string, unknown>>; id?: string }[]
  /** The model declines; `text` is how. */
  refusal?: boolean
  /** Tokens to bill in place of those counted. */
  usage?: { input?: number; cachedInput?: number; cacheWrite?: number; output?: number; reasoning?: number }
}

/** What a reply function gets. */
export interface ReplyContext extends Caller {
  provider: string
  model: string
  messages: readonly Message[]
  tools: readonly ToolDefinition[]
  /** The text of the newest message. */
  prompt: string
  /** Number of the call among its agent's, from 0. */
  nth: number
  /** Which of the answers to this call is asked for, from 0, where the request asks for several (`n`). */
  choice: number
  /** A keyed draw in [0, 1) of this answer; `index` tells several apart. */
  random(index?: number): number
  /** Kept from turn to turn of this conversation; start empty. */
  state: Record<string, unknown>
  persona: Persona
}

/** Makes an answer from the call. */
export type ReplyFunction = (context: ReplyContext) => string | ReplySpec | Promise<string | ReplySpec>

/**
 * One answer, several to be given one turn after another (the last one stays), or a function. Where a request asks for several
 * answers, each of them takes the next.
 */
export type ReplySource = string | ReplySpec | readonly (string | ReplySpec)[] | ReplyFunction

/** An answer and the calls that get it; the first rule that fits answers. */
export interface ReplyRule {
  agent?: string
  model?: string
  /** Text that the newest message contains, or a pattern that it matches. */
  content?: string | RegExp
  /** 1 for the first question of a conversation. */
  turn?: number
  reply: ReplySource
}

/** Who an agent is, made up once from its name. */
export interface Persona {
  name: string
  jobTitle: string
  mood: string
}

/** The content of an answer before it is counted and timed. */
export interface Content {
  text: string
  toolCalls: ToolCall[]
  finish: Finish
  usage: NonNullable<ReplySpec['usage']>
}

/** One content for each choice. */
export type Contents = readonly [Content, ...Content[]]

/** Which answer is made. */
interface Place {
  caller: Caller
  /** Number of the call among its agent's, from 0. */
  nth: number
  /** What its luck is keyed by: each choice has its own, the first that of a call for one answer. */
  lane: string
}

const REMEMBERED_CONVERSATIONS = 20_000
const DEFAULT_PHRASES = 2
const YES_OR_NO = /\byes or no\b/i

/** Makes what the simulated models say. */
export class Replies {
  readonly #rules: readonly ReplyRule[]
  readonly #random: KeyedRandom
  readonly #used = new Set<ReplyRule>()
  readonly #states = new Map<string, { state: Record<string, unknown>; said: Map<ReplyRule, number> }>()
  readonly #personas = new Map<string, Persona>()
  #draws = { stream: '', index: 0 }
  #faker: Faker | undefined

  constructor(rules: readonly ReplyRule[], random: KeyedRandom) {
    this.#rules = rules
    this.#random = random
  }

  /** What the model says to a call, once for each choice; a promise only if the user's function is asynchronous. */
  contentsFor(request: CallRequest, caller: Caller, nth: number): Contents | Promise<Contents> {
    if (request.choices === 1) {
      const content = this.contentFor(request, caller, nth)
      return content instanceof Promise ? (Promise.all([content]) as Promise<Contents>) : [content]
    }
    const said = Array.from({ length: request.choices }, (_, choice) => this.contentFor(request, caller, nth, choice))
    return said.some((content) => content instanceof Promise)
      ? (Promise.all(said) as unknown as Promise<Contents>)
      : (said as unknown as Contents)
  }

  /** What the model says as one of the choices. */
  contentFor(request: CallRequest, caller: Caller, nth: number, choice = 0): Content | Promise<Content> {
    const lane = choice === 0 ? caller.agent : `${caller.agent}/choice/${choice}`
    const place = { caller, nth, lane }
    const prompt = request.messages.at(-1)?.text ?? ''
    const rule = this.#rules.find((candidate) => fits(candidate, request, caller, prompt))
    if (rule) this.#used.add(rule)
    if (!rule) return this.#content(this.#default(request, place), place)
    const conversation = this.#conversation(caller.conversation)
    const { reply } = rule
    if (typeof reply === 'function') {
      const random = (index = 0): number => this.#random.draw(`reply/${lane}/own/${nth}`, index)
      const said = reply({
        ...caller,
        provider: request.provider,
        model: request.model,
        messages: request.messages,
        tools: request.tools,
        prompt,
        nth,
        choice,
        random,
        state: conversation.state,
        persona: this.#lazyPersona(caller.agent),
      } as ReplyContext)
      return said instanceof Promise ? said.then((spec) => this.#content(spec, place)) : this.#content(said, place)
    }
    if (!isScript(reply)) return this.#content(reply, place)
    const turn = conversation.said.get(rule) ?? 0
    conversation.said.set(rule, turn + 1)
    return this.#content(reply[Math.min(turn, reply.length - 1)] ?? '', place)
  }

  /** Rules that have answered nobody so far. */
  get unused(): readonly ReplyRule[] {
    return this.#rules.filter((rule) => !this.#used.has(rule))
  }

  /** Who an agent is. */
  persona(agent: string): Persona {
    let persona = this.#personas.get(agent)
    if (!persona) {
      const faker = this.#fakerAt(`persona/${agent}`, 0)
      if (this.#personas.size >= REMEMBERED_CONVERSATIONS) this.#personas.delete(this.#personas.keys().next().value!)
      persona = { name: faker.person.firstName(), jobTitle: faker.person.jobTitle(), mood: faker.word.adjective() }
      this.#personas.set(agent, persona)
    }
    return persona
  }

  #lazyPersona(agent: string): Persona {
    const read = (): Persona => this.persona(agent)
    return {
      get name() {
        return read().name
      },
      get jobTitle() {
        return read().jobTitle
      },
      get mood() {
        return read().mood
      },
    }
  }

  #conversation(name: string) {
    let found = this.#states.get(name)
    if (!found) {
      if (this.#states.size >= REMEMBERED_CONVERSATIONS) this.#states.delete(this.#states.keys().next().value!)
      found = { state: {}, said: new Map() }
      this.#states.set(name, found)
    }
    return found
  }

  /** Without a rule: a call of the tool that is required, JSON that fits the schema, yes or no, or a few phrases in character. */
  #default(request: CallRequest, place: Place): ReplySpec {
    const { toolChoice, tools, responseSchema } = request
    if (tools.length > 0 && (toolChoice.kind === 'required' || toolChoice.kind === 'tool')) {
      const tool = toolChoice.kind === 'tool' ? tools.find(({ name }) => name === toolChoice.name) : tools[0]
      const made = tool && this.#fit(tool.parameters, place)
      if (tool) return { toolCalls: [{ name: tool.name, arguments: (made ?? {}) as Record<string, unknown> }] }
    }
    if (responseSchema === true) return { json: { answer: this.#phrases(place) } }
    if (responseSchema) return { json: this.#fit(responseSchema, place) }
    // Who is asked for yes or no says one of them.
    if (YES_OR_NO.test(request.messages.at(-1)?.text ?? ''))
      return { text: this.#random.draw(`reply/${place.lane}/yes`, place.nth) < 0.5 ? 'Yes.' : 'No.' }
    return { text: this.#phrases(place) }
  }

  #phrases({ caller, nth, lane }: Place): string {
    const { name, jobTitle } = this.persona(caller.agent)
    const faker = this.#fakerAt(`reply/${lane}`, nth)
    const phrases = Array.from({ length: DEFAULT_PHRASES }, () => faker.hacker.phrase())
    return `${name}, ${jobTitle}: ${phrases.join(' ')}`
  }

  #fit(schema: Readonly<Record<string, unknown>>, { lane, nth }: Place): unknown {
    const [seed] = this.#random.block(`schema/${lane}`, nth)
    return fitSchema(schema, seed!)
  }

  /** A faker whose draws are keyed by stream and index. */
  #fakerAt(stream: string, index: number): Faker {
    this.#draws = { stream: `${stream}/${index}`, index: 0 }
    if (!this.#faker) {
      const randomizer = { next: () => this.#random.draw(this.#draws.stream, this.#draws.index++), seed: () => {} }
      const english = englishFaker()
      this.#faker = new (english.constructor as typeof Faker)({ locale: english.rawDefinitions, randomizer })
    }
    return this.#faker
  }

  #content(said: string | ReplySpec, { lane, nth }: Place): Content {
    const spec = typeof said === 'string' ? { text: said } : said
    const toolCalls = (spec.toolCalls ?? []).map(({ name, arguments: given, id }, index) => ({
      id: id ?? toolCallId(this.#random, lane, nth, index),
      name,
      arguments: JSON.stringify(given ?? {}),
    }))
    const text = spec.text ?? (spec.json === undefined ? '' : JSON.stringify(spec.json))
    const finish: Finish = spec.refusal ? 'refusal' : toolCalls.length > 0 ? 'tool_calls' : 'stop'
    return { text, toolCalls, finish, usage: spec.usage ?? {} }
  }
}

const isScript = (reply: ReplySource): reply is readonly (string | ReplySpec)[] => Array.isArray(reply)

function toolCallId(random: KeyedRandom, lane: string, nth: number, index: number): string {
  return random
    .block(`tool/${lane}/${index}`, nth)
    .map((word) => word.toString(36).padStart(6, '0').slice(0, 6))
    .join('')
}

function fits(rule: ReplyRule, request: CallRequest, caller: Caller, prompt: string): boolean {
  const { content } = rule
  return (
    (rule.agent === undefined || rule.agent === caller.agent) &&
    (rule.model === undefined || rule.model === request.model) &&
    (rule.turn === undefined || rule.turn === caller.turn) &&
    (content === undefined || (typeof content === 'string' ? prompt.includes(content) : prompt.search(content) >= 0))
  )
}
