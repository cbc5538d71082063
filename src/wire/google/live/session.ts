import type { Answer, CallRequest, Piece, ServiceError, Reply } from '../../../provider/index.ts'
import { badText, type LiveConnection, type LiveSession, type WireRequest } from '../../service.ts'
import { problemOf } from '../../shape.ts'
import type { Content, ContentRequest, GenerationConfig, Part } from '../content-request.ts'
import { googleProblem } from '../errors.ts'
import { modelName } from '../generate-content.ts'
import { promptOf } from '../prompt.ts'
import { canonical } from '../proto-json.ts'
import { functionsOf, hostedOf, toolChoiceOf } from '../tools.ts'
import { CLIENT_MESSAGE, type ClientMessage, type Setup } from './client-messages.ts'

// Source: https://ai.google.dev/api/live, https://ai.google.dev/gemini-api/docs/live-session.

/** Close codes of WebSocket. */
const OVER = 1_000
const WRONG = 1_007
const NOT_ALLOWED = 1_008
const BROKEN = 1_011
/** How long a session may last, and how long before its end it says so. Milliseconds. */
const MAX_MS = 15 * 60_000
const WARNING_MS = 60_000

/** How long sounds may wait for the end of a turn, where the service is to detect it. Milliseconds. */
const MAX_UNENDED_MS = 30_000
const NO_ACTIVITY_DETECTION =
  'longhaul does not detect the end of a turn in sounds (automaticActivityDetection), so that nobody answers them. ' +
  'Send audioStreamEnd, or disable the detection and send activityStart and activityEnd.'

/** A twentieth of a second of silence: what is spoken is told by its transcript. */
const SILENCE = Buffer.alloc(2_400).toString('base64')

/** What a session may keep: as much as one request could bring. Of a longer one the oldest turns go. Bytes, about. */
const MAX_BYTES = 32 * 1024 * 1024

/** Sound that is longer is kept in several parts. Characters of base64. */
const MAX_SOUND = 1024 * 1024

const dataOf = (blob: Part['inlineData']): number => blob?.data?.length ?? 0
const bytesOf = (content: Content): number => JSON.stringify(content).length

interface Active {
  stop: () => void
  text: string
  calls: { id: string; name: string; args: unknown }[]
}

/** How a refusal ends a session: its close code, and why. */
function endOf(refusal: ServiceError): [code: number, reason: string] {
  switch (refusal.kind) {
    case 'rate_limited':
    case 'request_too_large':
    case 'quota_exhausted':
      return [BROKEN, 'You exceeded your current quota, please check your plan and billing details.']
    case 'unauthorized':
      return [NOT_ALLOWED, 'API key not valid. Please pass a valid API key.']
    case 'model_not_found':
    case 'model_retired':
      return [NOT_ALLOWED, `models/${refusal.model} is not found, or is not supported for bidiGenerateContent.`]
    case 'context_length':
      return [WRONG, 'The input token count exceeds the maximum number of tokens allowed.']
    case 'prompt_filtered':
      return [NOT_ALLOWED, 'The prompt was blocked.']
    case 'overloaded':
      return [BROKEN, 'The service is currently unavailable.']
    case 'bad_gateway':
    case 'server_error':
      return [BROKEN, 'Internal error encountered.']
    default:
      return refusal satisfies never
  }
}

const argumentsOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

/** A session of the Live API: text and calls of functions; what is spoken is told by its transcript. */
export class GeminiSession implements LiveSession {
  readonly #wire: WireRequest
  readonly #connection: LiveConnection
  #setup: Setup | undefined
  #contents: Content[] = []
  /** What they have. Bytes, about. */
  #bytes = 0
  /** What was heard and seen since somebody was answered last: it is part of the turn that ends next. */
  #heard: Part[] = []
  #heardBytes = 0
  /** How many times somebody has been heard to the end. */
  #turns = 0
  #active: Active | undefined
  /** Calls that wait for their results. */
  readonly #waiting = new Set<string>()
  #isOver = false

  constructor(wire: WireRequest, connection: LiveConnection) {
    this.#wire = wire
    this.#connection = connection
    connection.after(MAX_MS - WARNING_MS, () => this.#send({ goAway: { timeLeft: `${WARNING_MS / 1_000}s` } }))
    connection.after(MAX_MS, () => this.#close(OVER, ''))
  }

  #send(message: object): void {
    this.#connection.send(JSON.stringify(message))
  }

  #close(code: number, reason: string): void {
    this.closed()
    this.#connection.close(code, reason)
  }

  closed(): void {
    this.#isOver = true
    this.#active?.stop()
    this.#active = undefined
  }

  received(text: string): void {
    if (this.#isOver) return
    let given: unknown
    try {
      given = canonical(CLIENT_MESSAGE, JSON.parse(text))
    } catch {
      return this.#close(WRONG, 'Invalid JSON payload received.')
    }
    const problem = problemOf(CLIENT_MESSAGE, given)
    if (problem) return this.#close(WRONG, badText(googleProblem(problem, given, 'BidiGenerateContentClientMessage')))
    const message = given as ClientMessage
    if (message.setup) return this.#begin(message.setup)
    if (!this.#setup) return this.#close(WRONG, 'The first message must be a setup.')
    const { clientContent, realtimeInput, toolResponse } = message
    if (clientContent) this.#hear(clientContent)
    else if (realtimeInput) this.#listen(realtimeInput)
    else if (toolResponse) this.#goOn(toolResponse)
  }

  #begin(setup: Setup): void {
    if (this.#setup) return this.#close(WRONG, 'The setup cannot be changed.')
    const model = modelName(setup.model)
    if (!this.#connection.hasModel(model)) return this.#close(...endOf({ kind: 'model_not_found', model }))
    this.#setup = setup
    this.#send({ setupComplete: { sessionId: this.#wire.id() } })
  }

  #hear({ turns = [], turnComplete = false }: NonNullable<ClientMessage['clientContent']>): void {
    // Whoever speaks interrupts the model.
    this.#interrupt()
    this.#listened()
    for (const turn of turns) this.#keep({ role: 'user', ...turn })
    if (turnComplete) this.#answer()
  }

  #listen(input: NonNullable<ClientMessage['realtimeInput']>): void {
    const { text, audio, video, mediaChunks = [], activityEnd, audioStreamEnd } = input
    const media = [audio, video, ...mediaChunks].filter((blob) => blob !== undefined)
    for (const blob of media) this.#attend(blob)
    if (text === undefined && !activityEnd && !audioStreamEnd) return
    this.#interrupt()
    this.#listened(text === undefined ? [] : [{ text }])
    this.#answer()
  }

  /** Whether sounds wait for the end of their turn. */
  get #hears(): boolean {
    return this.#heard.some(({ inlineData }) => inlineData?.mimeType?.startsWith('audio/'))
  }

  #beginToHear(): void {
    if (this.#setup?.realtimeInputConfig?.automaticActivityDetection?.disabled) return
    const turn = this.#turns
    this.#connection.after(MAX_UNENDED_MS, () => {
      if (this.#isOver || turn !== this.#turns) return
      this.#connection.refused({ status: 501, reason: 'unsimulated', message: NO_ACTIVITY_DETECTION })
      this.#close(NOT_ALLOWED, NO_ACTIVITY_DETECTION)
    })
  }

  #keep(content: Content): void {
    this.#contents.push(content)
    this.#bytes += bytesOf(content)
    while (this.#bytes > MAX_BYTES && this.#contents.length > 1) this.#bytes -= bytesOf(this.#contents.shift()!)
  }

  /** Sound comes in many small pieces, which are one sound: each of its own would count as a second at least. */
  #attend(blob: NonNullable<Part['inlineData']>): void {
    const { mimeType, data = '' } = blob
    if (mimeType?.startsWith('audio/') && !this.#hears) this.#beginToHear()
    const before = this.#heard.at(-1)?.inlineData
    const goesOn = before?.mimeType === mimeType && mimeType?.startsWith('audio/') && dataOf(before) < MAX_SOUND
    if (before && goesOn) before.data += data
    else this.#heard.push({ inlineData: { ...blob, data } })
    this.#heardBytes += data.length
    while (this.#heardBytes > MAX_BYTES && this.#heard.length > 1)
      this.#heardBytes -= dataOf(this.#heard.shift()!.inlineData)
  }

  /** What was heard, and what was said last, becomes a turn. */
  #listened(said: readonly Part[] = []): void {
    const parts = [...this.#heard, ...said]
    this.#turns += 1
    this.#heard = []
    this.#heardBytes = 0
    if (parts.length > 0) this.#keep({ role: 'user', parts })
  }

  #goOn({ functionResponses = [] }: NonNullable<ClientMessage['toolResponse']>): void {
    if (functionResponses.length === 0) return
    const unknown = functionResponses.find(({ id }) => id === undefined || !this.#waiting.has(id))
    if (unknown) return this.#close(WRONG, `No function call has the id ${unknown.id ?? '(none)'}.`)
    for (const { id } of functionResponses) this.#waiting.delete(id!)
    const parts = functionResponses.map(({ id, name = '', response = {} }) => ({
      functionResponse: { id: id!, name, response },
    }))
    this.#keep({ role: 'user', parts })
    if (this.#waiting.size === 0) this.#answer()
  }

  /** Stops the model in the middle of its words, and takes back calls that nobody has answered. */
  #interrupt(): void {
    if (this.#active) {
      const { stop, text } = this.#active
      stop()
      this.#active = undefined
      if (text !== '') this.#keep({ role: 'model', parts: [{ text }] })
      this.#send({ serverContent: { interrupted: true } })
      this.#send({ serverContent: { turnComplete: true } })
    }
    if (this.#waiting.size === 0) return
    this.#send({ toolCallCancellation: { ids: [...this.#waiting] } })
    this.#contents = this.#contents.filter(
      ({ parts = [] }) => !parts.some(({ functionCall: call }) => this.#waiting.has(call?.id ?? '')),
    )
    this.#bytes = this.#contents.reduce((sum, content) => sum + bytesOf(content), 0)
    this.#waiting.clear()
  }

  #answer(): void {
    const { systemInstruction, tools, generationConfig, model, contextWindowCompression } = this.#setup!
    const config: GenerationConfig = generationConfig ?? {}
    const request = { contents: this.#contents, systemInstruction, tools } as ContentRequest
    const hosted = hostedOf(request)
    const call: Omit<CallRequest, 'fingerprint'> = {
      provider: this.#wire.provider,
      operation: 'bidiGenerateContent',
      model: modelName(model),
      messages: promptOf(request),
      tools: functionsOf(request),
      toolChoice: toolChoiceOf(request),
      responseSchema: undefined,
      stream: true,
      maxOutputTokens: config.maxOutputTokens,
      stop: [],
      choices: 1,
      callerHints: [],
      retryCount: 0,
      tellsRetryAfter: [],
      ...(hosted.length > 0 && { hosted }),
      ...(contextWindowCompression !== undefined && { dropsOldest: true }),
    }
    const active: Active = { stop: () => {}, text: '', calls: [] }
    this.#active = active
    active.stop = this.#connection.generate(call, (part) => this.#tell(active, part))
  }

  #tell(active: Active, part: Answer): void {
    if (this.#isOver || this.#active !== active) return
    switch (part.kind) {
      case 'refusal':
        return this.#close(...endOf(part.refusal))
      case 'piece':
        return this.#piece(active, part.piece)
      case 'tail':
        return part.damage === undefined ? this.#end(active, part.reply) : this.#break(part.damage)
      case 'head':
      case 'ping':
        return undefined
      case 'reset':
        return this.#connection.cut()
      case 'whole':
        return part.damage === undefined ? this.#connection.cut() : this.#break(part.damage)
      default:
        return part satisfies never
    }
  }

  #piece(active: Active, piece: Piece): void {
    if (piece.kind === 'text') {
      active.text += piece.text
      const { generationConfig, outputAudioTranscription } = this.#setup!
      const { responseModalities } = (generationConfig ?? {}) as { responseModalities?: string[] }
      if (responseModalities?.includes('TEXT'))
        return this.#send({ serverContent: { modelTurn: { role: 'model', parts: [{ text: piece.text }] } } })
      const inlineData = { mimeType: 'audio/pcm;rate=24000', data: SILENCE }
      this.#send({ serverContent: { modelTurn: { role: 'model', parts: [{ inlineData }] } } })
      if (outputAudioTranscription) this.#send({ serverContent: { outputTranscription: { text: piece.text } } })
    } else if (piece.kind === 'tool' && piece.closes) {
      const { id, name, arguments: text } = piece.call
      active.calls.push({ id, name, args: argumentsOf(text) })
    }
  }

  #end({ text, calls }: Active, { usage }: Reply): void {
    this.#active = undefined
    const parts: Part[] = [
      ...(text === '' ? [] : [{ text }]),
      ...calls.map(({ id, name, args }) => ({ functionCall: { id, name, args: args as Record<string, unknown> } })),
    ]
    this.#keep({ role: 'model', parts })
    const usageMetadata = {
      promptTokenCount: usage.input,
      responseTokenCount: usage.output,
      totalTokenCount: usage.input + usage.output,
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: usage.input }],
      responseTokensDetails: [{ modality: 'TEXT', tokenCount: usage.output }],
    }
    if (calls.length > 0) {
      for (const { id } of calls) this.#waiting.add(id)
      return this.#send({ toolCall: { functionCalls: calls }, usageMetadata })
    }
    this.#send({ serverContent: { generationComplete: true } })
    this.#send({ serverContent: { turnComplete: true }, usageMetadata })
  }

  #break(damage: Extract<Answer, { kind: 'tail' }>['damage'] & string): void {
    switch (damage) {
      case 'stall':
        return undefined
      case 'error':
      case 'error_first':
        return this.#close(...endOf({ kind: 'server_error' }))
      case 'malformed':
        this.#connection.send('{"serverContent": "\u0000')
        // The session goes on with the next turn.
        this.#active = undefined
        return this.#send({ serverContent: { turnComplete: true } })
      case 'truncated':
        return this.#close(OVER, '')
      case 'reset':
      case 'html':
        return this.#connection.cut()
      default:
        return damage satisfies never
    }
  }
}
