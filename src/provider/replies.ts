import type { KeyedRandom } from '../random/index.ts'
import type { CallRequest, Finish, HostedUse, ToolCall, ToolDefinition } from './call.ts'
import { runInForce, type Caller } from './callers.ts'
import type { Content, Contents } from './content.ts'
import { fitSchema } from './fit-schema.ts'
import { ownUse } from './hosted.ts'
import { callsAllowed } from './obedience.ts'
import { Personas, type Persona } from './personas.ts'
import {
  checkReply,
  fits,
  type ReplyContext,
  type ReplyFunction,
  type ReplyRule,
  type ReplySource,
  type ReplySpec,
  type Sequence,
} from './reply-rules.ts'
import { StuckLists, type StuckList } from './stuck-lists.ts'
import { strictMisfit } from './strict-misfit.ts'
import { thoughtsOf, type Thoughts } from './thoughts.ts'
import { tokenizerFor } from './tokens.ts'
import { Turns, type CallInThread } from './turns.ts'

/** Which answer is made. */
interface Place {
  request: CallRequest
  caller: Caller
  /** Number of the call among its agent's, from 0. */
  nth: number
  /** What its luck is keyed by: each choice has its own, the first that of a call for one answer. */
  lane: string
}

/** What becomes of a call, for the sequence that answers it. */
export interface Fate {
  /** Whether the answer reaches the client as it is, so that a sequence goes on with the next one. */
  succeeds: boolean
  /** Put back what the call has taken of sequences: for a client that goes away before the end of the answer. */
  putBacks: (() => void)[]
  /** Where the call is in its conversation. */
  thread?: CallInThread
}

const REMEMBERED_CONVERSATIONS = 20_000
const DEFAULT_PHRASES = 2
const YES_OR_NO = /\byes or no\b/i
const NO_CALLS: readonly ToolCall[] = []
const NO_USES: readonly HostedUse[] = []

/** What a choice answers: all of the request, or its own prompt of several. */
function promptFor(request: CallRequest, choice: number): CallRequest {
  if (!request.separate) return request
  const { messages, choices } = request
  return { ...request, messages: [messages[Math.floor((choice * messages.length) / choices)]!] }
}

/** The place that a call has in a sequence: a failure leaves it to the next one. */
function placeIn(turns: Turns, fate: Fate | undefined, thread: CallInThread | undefined): number {
  if (fate?.succeeds === false) return turns.place(thread)
  const { place, putBack } = turns.take(thread)
  fate?.putBacks.push(putBack)
  return place
}

/** Makes what the simulated models say. */
export class Replies {
  readonly #rules: readonly ReplyRule[]
  readonly #random: KeyedRandom
  readonly #used = new Set<ReplyRule>()
  readonly #states = new Map<string, { state: Record<string, unknown> }>()
  /** How far each agent, or each conversation, is in its sequences, by run. */
  readonly #inRun = new Map<string, Map<ReplyRule, Turns>>()
  readonly #personas: Personas
  readonly #stuck = new StuckLists()

  constructor(rules: readonly ReplyRule[], random: KeyedRandom) {
    this.#rules = rules
    this.#random = random
    this.#personas = new Personas(random)
  }

  /** What the model says to a call, once for each choice; a promise only if the user's function is asynchronous. */
  contentsFor(request: CallRequest, caller: Caller, nth: number, fate?: Fate): Contents | Promise<Contents> {
    if (request.choices === 1) {
      const content = this.contentFor(request, caller, nth, 0, fate)
      return content instanceof Promise ? (Promise.all([content]) as Promise<Contents>) : [content]
    }
    const said = Array.from({ length: request.choices }, (_, choice) =>
      this.contentFor(promptFor(request, choice), caller, nth, choice, fate),
    )
    return said.some((content) => content instanceof Promise)
      ? (Promise.all(said) as unknown as Promise<Contents>)
      : (said as unknown as Contents)
  }

  /** What the model says as one of the choices. */
  contentFor(request: CallRequest, caller: Caller, nth: number, choice = 0, fate?: Fate): Content | Promise<Content> {
    const lane = choice === 0 ? caller.agent : `${caller.agent}/choice/${choice}`
    const place = { request, caller, nth, lane }
    const prompt = request.messages.at(-1)?.text ?? ''
    const rule = this.#rules.find((candidate) => fits(candidate, request, caller, prompt))
    if (!rule) return this.#content(this.#default(place), place)
    this.#used.add(rule)
    const { reply } = rule
    if (typeof reply === 'function') {
      const said = reply(this.#context(place, prompt, choice))
      const content = (given: string | ReplySpec): Content => this.#scripted(checkReply(given, caller.agent), place)
      return said instanceof Promise ? said.then(content) : content(said)
    }
    const script = scriptOf(reply)
    if (!script) return this.#scripted(reply as string | ReplySpec, place)
    const { sequence, by } = script
    const said = this.#saidInRun(`${runInForce() ?? ''}/${by === 'conversation' ? caller.conversation : caller.agent}`)
    let turns = said.get(rule)
    const isNew = turns === undefined
    if (!turns) said.set(rule, (turns = new Turns()))
    const turn = placeIn(turns, fate, by === 'conversation' ? fate?.thread : undefined)
    if (by === 'conversation' && sequence.length > 1) this.#stuck.count(rule, { isNew, turn })
    return this.#scripted(sequence[Math.min(turn, sequence.length - 1)]!, place)
  }

  /** Rules that have answered nobody so far. */
  get unused(): readonly ReplyRule[] {
    return this.#rules.filter((rule) => !this.#used.has(rule))
  }

  /** Lists that never came past their first reply, though many calls got it. */
  get stuck(): readonly StuckList[] {
    return this.#stuck.all
  }

  /** Who an agent is. */
  persona(agent: string): Persona {
    return this.#personas.of(agent)
  }

  /** What a reply function gets. */
  #context({ request, caller, nth, lane }: Place, prompt: string, choice: number): ReplyContext {
    return {
      ...caller,
      service: request.provider,
      provider: request.provider,
      model: request.model,
      messages: request.messages,
      tools: request.tools,
      prompt,
      nth,
      choice,
      random: (index = 0) => this.#random.draw(`reply/${lane}/own/${nth}`, index),
      state: this.#conversation(caller.conversation).state,
      persona: this.#personas.lazily(caller.agent),
    }
  }

  #saidInRun(key: string): Map<ReplyRule, Turns> {
    let said = this.#inRun.get(key)
    if (!said) {
      if (this.#inRun.size >= REMEMBERED_CONVERSATIONS) this.#inRun.delete(this.#inRun.keys().next().value!)
      this.#inRun.set(key, (said = new Map()))
    }
    return said
  }

  #conversation(name: string) {
    let found = this.#states.get(name)
    if (!found) {
      if (this.#states.size >= REMEMBERED_CONVERSATIONS) this.#states.delete(this.#states.keys().next().value!)
      found = { state: {} }
      this.#states.set(name, found)
    }
    return found
  }

  /** Without a rule: a call of the tool that is required, or what is said in text, after a look into what the service's own tools give. */
  #default(place: Place): ReplySpec {
    const { request } = place
    const { toolChoice, tools } = request
    if (toolChoice.kind === 'required' || toolChoice.kind === 'tool') {
      const tool = tools.find(({ name }) =>
        toolChoice.kind === 'tool' ? name === toolChoice.name : (toolChoice.among?.includes(name) ?? true),
      )
      if (tool) return { toolCalls: [{ name: tool.name, arguments: this.#argumentsOf(tool, place) }] }
    }
    const use = ownUse(request)
    return use ? { ...this.#text(place), hosted: [use] } : this.#text(place)
  }

  /** What is said where no tool is called: JSON that fits the schema, yes or no, or a few phrases in character. */
  #text(place: Place): ReplySpec {
    const { responseSchema, messages } = place.request
    if (responseSchema === true) return { json: { answer: this.#phrases(place) } }
    if (responseSchema) return { json: this.#fit(responseSchema, place) }
    // Who is asked for yes or no says one of them.
    if (YES_OR_NO.test(messages.at(-1)?.text ?? ''))
      return { text: this.#random.draw(`reply/${place.lane}/yes`, place.nth) < 0.5 ? 'Yes.' : 'No.' }
    return { text: this.#phrases(place) }
  }

  #phrases({ caller, nth, lane }: Place): string {
    const { name, jobTitle } = this.persona(caller.agent)
    return `${name}, ${jobTitle}: ${this.#personas.phrases(`reply/${lane}`, nth, DEFAULT_PHRASES)}`
  }

  /** Free text for a custom tool; else an object that fits the schema, an empty one where the tool has none. */
  #argumentsOf({ custom, parameters }: ToolDefinition, place: Place): string | Record<string, unknown> {
    if (custom) return this.#personas.phrases(`tool/${place.lane}/input`, place.nth, 1)
    if (Object.keys(parameters).length === 0) return {}
    const made = this.#fit(parameters, place)
    return typeof made === 'object' && made !== null && !Array.isArray(made) ? (made as Record<string, unknown>) : {}
  }

  #fit(schema: Readonly<Record<string, unknown>>, { lane, nth }: Place): unknown {
    const [seed] = this.#random.block(`schema/${lane}`, nth)
    return fitSchema(schema, seed!)
  }

  /** What the set-up lets the model say. */
  #scripted(said: string | ReplySpec, place: Place): Content {
    const content = this.#content(said, place)
    if (typeof said === 'string') return content
    const toolCalls = callsAllowed(place.request, said.toolCalls ?? [])
    const misfit = strictMisfit({ ...said, toolCalls }, place.request)
    return misfit === undefined ? content : { ...content, misfit }
  }

  #content(said: string | ReplySpec, place: Place): Content {
    const { request } = place
    let spec: ReplySpec = typeof said === 'string' ? { text: said } : said
    let calls = callsAllowed(request, spec.toolCalls ?? [])
    // Who is given nothing to say, or may not make the call that it was to make, says what it would have said of itself.
    if (calls.length === 0 && spec.text === undefined && spec.json === undefined) {
      const made = spec.refusal ? this.#text(place) : this.#default(place)
      spec = { ...spec, ...made, ...(spec.hosted && { hosted: spec.hosted }) }
      calls = callsAllowed(request, spec.toolCalls ?? [])
    }
    const text = spec.text ?? (spec.json === undefined ? '' : JSON.stringify(spec.json))
    const toolCalls = calls.length === 0 ? NO_CALLS : this.#toolCalls(calls, place)
    const thoughts = this.#thoughts(spec, place)
    return {
      reasoning: thoughts.text,
      reasoningTokens: thoughts.tokens,
      hosted: spec.hosted ? this.#uses(spec.hosted, place) : NO_USES,
      text,
      toolCalls,
      finish: finishOf(spec, toolCalls),
      usage: spec.usage ?? {},
    }
  }

  #toolCalls(calls: NonNullable<ReplySpec['toolCalls']>, { request, lane, nth }: Place): ToolCall[] {
    return calls.map(({ name, arguments: given, id }, index) => {
      const call: ToolCall = {
        id: id ?? this.#id(`tool/${lane}/${index}`, nth),
        name,
        arguments: typeof given === 'string' ? given : JSON.stringify(given ?? {}),
      }
      if (request.tools.some((tool) => tool.custom && tool.name === name)) call.custom = true
      return call
    })
  }

  #uses(uses: NonNullable<ReplySpec['hosted']>, { lane, nth }: Place): HostedUse[] {
    return uses.map(({ kind, name = kind, query = '', id }, index) => ({
      id: id ?? this.#id(`hosted/${lane}/${index}`, nth),
      kind,
      name,
      query,
    }))
  }

  /** Thoughts as they are set up, or made up; none where the request asks for none. */
  #thoughts({ reasoning }: ReplySpec, { request, lane, nth }: Place): Thoughts {
    const made = thoughtsOf(request, { lane, nth, random: this.#random, personas: this.#personas })
    if (reasoning === undefined || made.tokens === 0) return made
    const tokens = tokenizerFor(request.provider, request.model).count(reasoning)
    return { tokens: Math.min(tokens, request.reasoning?.budget ?? tokens), text: reasoning }
  }

  #id(stream: string, nth: number): string {
    return this.#random
      .block(stream, nth)
      .map((word) => word.toString(36).padStart(6, '0').slice(0, 6))
      .join('')
  }
}

/** Answers that are given one after another, where there are several. */
function scriptOf(reply: Exclude<ReplySource, ReplyFunction>): Sequence | undefined {
  if (Array.isArray(reply)) return { sequence: reply as Sequence['sequence'], by: 'conversation' }
  return typeof reply === 'object' && 'sequence' in reply ? reply : undefined
}

const finishOf = ({ refusal, pause }: ReplySpec, toolCalls: readonly ToolCall[]): Finish =>
  refusal ? 'refusal' : toolCalls.length > 0 ? 'tool_calls' : pause ? 'pause' : 'stop'
