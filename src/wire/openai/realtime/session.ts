import type { Answer, CallRequest, LimitStates } from '../../../provider/index.ts'
import {
  isBad,
  type BadRequest,
  type Lacking,
  type LiveConnection,
  type LiveSession,
  type WireRequest,
} from '../../service.ts'
import { problemOf } from '../../shape.ts'
import { invalid, openaiProblem } from '../errors.ts'
import { chatHints } from '../hints.ts'
import { definitionsOf, toolChoiceOf } from '../responses/tools.ts'
import { failureOf, SpokenAnswer, type ResponseEnd } from './answer.ts'
import {
  CLIENT_EVENT,
  type ClientEvent,
  type RealtimeItem,
  type RealtimeSettings,
  type ResponseSettings,
} from './client-events.ts'
import { Conversation, readByModel, spokenTokens } from './conversation.ts'
import { NO_TRANSCRIPTS, NO_TURN_DETECTION, NO_WORDS } from './lacking.ts'

// Source: https://platform.openai.com/docs/guides/realtime-conversations, …/api-reference/realtime-server-events.

/** How long a session may last. Milliseconds. */
const MAX_MS = 60 * 60_000
/** How long sounds may wait for a commit, where the service is to detect the end of a turn. Milliseconds. */
const MAX_UNCOMMITTED_MS = 30_000
/** Close codes of WebSocket: all is well, and what the application says. */
const OVER = 1_000
const REFUSED = 3_000

type Of<Type extends ClientEvent['type']> = Extract<ClientEvent, { type: Type }>

interface Active {
  answer: SpokenAnswer
  settings: RealtimeSettings & ResponseSettings
  stop: () => void
}

/** How a session hears and speaks. */
type Sound = Record<'input' | 'output', object>

const soundOf = (before: Sound, given: Partial<Sound> | null | undefined): Sound => ({
  input: { ...before.input, ...given?.input },
  output: { ...before.output, ...given?.output },
})

const SOUND: Sound = {
  input: {
    format: { type: 'audio/pcm', rate: 24_000 },
    transcription: null,
    noise_reduction: null,
    turn_detection: {
      type: 'server_vad',
      threshold: 0.5,
      prefix_padding_ms: 300,
      silence_duration_ms: 500,
      idle_timeout_ms: null,
      create_response: true,
      interrupt_response: true,
    },
  },
  output: { format: { type: 'audio/pcm', rate: 24_000 }, voice: 'marin', speed: 1 },
}

/** What a session is set to where nobody says. */
export const settingsOf = (
  id: string,
  model: string,
  now: number,
  { audio, ...more }: { audio?: Partial<Sound> | null } = {},
): Record<string, unknown> => ({
  type: 'realtime',
  object: 'realtime.session',
  id: `sess_${id}`,
  model,
  output_modalities: ['audio'],
  instructions: '',
  tools: [],
  tool_choice: 'auto',
  max_output_tokens: 'inf',
  tracing: null,
  truncation: 'auto',
  prompt: null,
  expires_at: Math.floor((now + MAX_MS) / 1_000),
  audio: soundOf(SOUND, audio),
  include: null,
  ...more,
})

/** A session of the Realtime API: text, calls of functions, and what is said aloud by its transcript. */
export class RealtimeSession implements LiveSession {
  readonly #wire: WireRequest
  readonly #connection: LiveConnection
  readonly #conversation: Conversation
  #settings: Record<string, unknown> & RealtimeSettings
  /** The response that goes on with the conversation. */
  #active: Active | undefined
  /** Responses that are under way, those beside the conversation too. */
  readonly #underWay = new Set<Active>()
  /** Sounds that are not committed yet: how many characters of base64. */
  #heard = 0
  /** How many times such sounds have begun. */
  #sounds = 0
  #isOver = false

  constructor(wire: WireRequest, connection: LiveConnection, model: string, more: object) {
    this.#wire = wire
    this.#connection = connection
    this.#conversation = new Conversation(`conv_${wire.id()}`)
    this.#settings = settingsOf(wire.id(), model, wire.now, more)
    if (connection.hasModel(model)) this.#emit('session.created', { session: this.#settings })
    else
      this.#hangUp(
        invalid(`The model \`${model}\` does not exist or you do not have access to it.`, null, 'model_not_found'),
      )
    connection.after(MAX_MS, () =>
      this.#hangUp(invalid('Your session hit the maximum duration of 60 minutes.', null, 'session_expired')),
    )
  }

  #emit = (type: string, fields: object): void =>
    this.#connection.send(JSON.stringify({ type, event_id: `event_${this.#wire.id()}`, ...fields }))

  #refuse(problem: BadRequest, eventId: string | null = null): void {
    const {
      message,
      param = null,
      code = null,
    } = problem as { message?: string; param?: string | null; code?: string | null }
    const error = {
      type: 'invalid_request_error',
      code,
      message: message ?? 'The request is wrong.',
      param,
      event_id: eventId,
    }
    this.#emit('error', { error })
  }

  #hangUp(problem: BadRequest): void {
    this.closed()
    this.#refuse(problem)
    const { code } = problem as { code?: string | null }
    this.#connection.close(REFUSED, `invalid_request_error.${code ?? ''}`)
  }

  received(text: string): void {
    if (this.#isOver) return
    let event: unknown
    try {
      event = JSON.parse(text)
    } catch {
      return this.#refuse(invalid('Failed to parse the event as JSON.', null, 'invalid_json'))
    }
    const problem = problemOf(CLIENT_EVENT, event)
    const given = (event as { event_id?: unknown } | null)?.event_id
    const id = typeof given === 'string' ? given : null
    const wrong = problem ? openaiProblem(problem) : this.#take(event as ClientEvent)
    if (wrong) this.#refuse(wrong, id)
  }

  closed(): void {
    this.#isOver = true
    for (const { stop } of this.#underWay) stop()
    this.#underWay.clear()
    this.#active = undefined
  }

  /** Does what a client asks for, or tells what is wrong with it. */
  #take(event: ClientEvent): BadRequest | undefined {
    switch (event.type) {
      case 'session.update':
        return this.#update(event)
      case 'conversation.item.create':
        return this.#create(event)
      case 'conversation.item.retrieve': {
        const item = this.#conversation.find(event.item_id)
        if (!item) return this.#noItem('retrieving', event.item_id, 'item_retrieve_invalid_item_id')
        return void this.#emit('conversation.item.retrieved', { item })
      }
      case 'conversation.item.delete':
        if (!this.#conversation.remove(event.item_id))
          return this.#noItem('deleting', event.item_id, 'item_delete_invalid_item_id')
        return void this.#emit('conversation.item.deleted', { item_id: event.item_id })
      case 'conversation.item.truncate': {
        const { item_id, content_index, audio_end_ms } = event
        if (!this.#conversation.find(item_id))
          return this.#noItem('truncating', item_id, 'item_truncate_invalid_item_id')
        return void this.#emit('conversation.item.truncated', { item_id, content_index, audio_end_ms })
      }
      case 'input_audio_buffer.append':
        if (this.#heard === 0) this.#beginToHear()
        this.#heard += event.audio.length
        return undefined
      case 'input_audio_buffer.clear':
        this.#heard = 0
        return void this.#emit('input_audio_buffer.cleared', {})
      case 'input_audio_buffer.commit':
        return this.#commit()
      case 'output_audio_buffer.clear':
        return undefined
      case 'response.create':
        return this.#respond(event.response ?? {})
      case 'response.cancel':
        return this.#cancel(event)
      default:
        return event satisfies never
    }
  }

  #noItem(doing: string, id: string, code: string): BadRequest {
    return invalid(`Error ${doing} item: the item with id '${id}' does not exist.`, null, code)
  }

  /** Tells of what longhaul lacks, in the trace too, as code may pass over an error. */
  #lacks({ message }: Lacking): BadRequest {
    this.#connection.refused({ status: 501, reason: 'unsimulated', message })
    return invalid(message, null, NO_WORDS.code)
  }

  /** A setting of what is heard, which sessions had by another name before. */
  #hearing(name: string, former: string): unknown {
    const { input } = this.#settings['audio'] as Sound
    return former in this.#settings ? this.#settings[former] : (input as Record<string, unknown>)[name]
  }

  #beginToHear(): void {
    const nth = ++this.#sounds
    this.#connection.after(MAX_UNCOMMITTED_MS, () => {
      const waits = !this.#isOver && nth === this.#sounds && this.#heard > 0
      if (waits && this.#hearing('turn_detection', 'turn_detection') != null)
        this.#refuse(this.#lacks(NO_TURN_DETECTION))
    })
  }

  #update({ session }: Of<'session.update'>): BadRequest | undefined {
    const { model, audio, ...rest } = session
    if (rest['type'] === 'transcription') return this.#lacks(NO_TRANSCRIPTS)
    if (model !== undefined && model !== this.#settings['model'])
      return invalid(`Cannot update a conversation's model after it has begun.`, 'session.model', 'cannot_update_model')
    this.#settings = {
      ...this.#settings,
      ...rest,
      audio: soundOf(this.#settings['audio'] as Sound, audio as Partial<Sound> | null | undefined),
    }
    return void this.#emit('session.updated', { session: this.#settings })
  }

  #create({ item: given, previous_item_id: after }: Of<'conversation.item.create'>): BadRequest | undefined {
    const id = given.id ?? `item_${this.#wire.id()}`
    if (this.#conversation.find(id))
      return invalid(
        `Error creating item: an item with id '${id}' already exists.`,
        'item.id',
        'item_create_duplicate_id',
      )
    if (given.type === 'function_call_output' && !this.#conversation.hasCall(given.call_id))
      return invalid(
        `Tool call ID '${given.call_id}' not found in conversation.`,
        'item.call_id',
        'invalid_tool_call_id',
      )
    const item = { ...given, id, object: 'realtime.item', type: given.type!, status: 'completed' } as RealtimeItem
    const previous = this.#conversation.add(item, after)
    if (previous === false)
      return invalid(
        `Error creating item: the previous item with id '${after}' does not exist.`,
        'previous_item_id',
        'item_create_invalid_previous_item_id',
      )
    this.#emit('conversation.item.added', { previous_item_id: previous, item })
    return void this.#emit('conversation.item.done', { previous_item_id: previous, item })
  }

  #commit(): BadRequest | undefined {
    if (this.#heard === 0)
      return invalid(
        'Error committing input audio buffer: the buffer is empty.',
        null,
        'input_audio_buffer_commit_empty',
      )
    const tokens = spokenTokens(this.#heard)
    this.#heard = 0
    const item: RealtimeItem = {
      id: `item_${this.#wire.id()}`,
      object: 'realtime.item',
      type: 'message',
      status: 'completed',
      role: 'user',
      // What was said is not known: it is as long as it was.
      content: [{ type: 'input_audio', transcript: ' sound'.repeat(tokens).trim() }],
    }
    const previous = this.#conversation.add(item) || null
    const told = { ...item, content: [{ type: 'input_audio', transcript: null }] }
    this.#emit('input_audio_buffer.committed', { previous_item_id: previous, item_id: item.id })
    this.#emit('conversation.item.added', { previous_item_id: previous, item: told })
    this.#emit('conversation.item.done', { previous_item_id: previous, item: told })
    if (this.#hearing('transcription', 'input_audio_transcription') == null) return undefined
    const at = { item_id: item.id, content_index: 0 }
    return void this.#emit('conversation.item.input_audio_transcription.failed', { ...at, error: NO_WORDS })
  }

  #respond(asked: RealtimeSettings & ResponseSettings): BadRequest | undefined {
    const isAside = asked.conversation === 'none'
    if (this.#active && !isAside)
      return invalid(
        `Conversation already has an active response in progress: ${this.#active.answer.id}. Wait until the response is finished before creating a new one.`,
        null,
        'conversation_already_has_active_response',
      )
    const settings = { ...(this.#settings as RealtimeSettings), ...asked }
    const aloud = !(settings.modalities ?? settings.output_modalities ?? []).every((modality) => modality === 'text')
    const { emit, newId } = { emit: this.#emit, newId: () => this.#wire.id() }
    let previous: string | null = null
    const answer = new SpokenAnswer(
      `resp_${newId()}`,
      {
        emit,
        added: (item) => {
          if (isAside) return
          previous = this.#conversation.items.at(-1)?.id ?? null
          emit('conversation.item.added', { previous_item_id: previous, item })
        },
        done: (item) => {
          if (isAside) return
          this.#conversation.add(item)
          emit('conversation.item.done', { previous_item_id: previous, item })
        },
      },
      { aloud, newId },
    )
    const active: Active = { answer, settings, stop: () => {} }
    const call = this.#callOf(settings, asked)
    if (isBad(call)) return call
    this.#underWay.add(active)
    if (!isAside) this.#active = active
    emit('response.created', { response: this.#body(active, 'in_progress') })
    active.stop = this.#connection.generate(call, (part) => this.#hear(active, part))
    return undefined
  }

  #callOf(settings: RealtimeSettings, asked: ResponseSettings): Omit<CallRequest, 'fingerprint'> | BadRequest {
    const items = asked.input?.map((item) => {
      const { id = '' } = item
      return (item.type as string) === 'item_reference' ? this.#conversation.find(id) : item
    })
    const missing = items?.findIndex((item) => item === undefined) ?? -1
    if (missing >= 0)
      return invalid(`Item with id '${asked.input![missing]!.id}' not found.`, `response.input[${missing}]`)
    const most = settings.max_response_output_tokens ?? settings.max_output_tokens
    return {
      provider: this.#wire.provider,
      operation: 'realtime',
      model: String(this.#settings['model']),
      messages: readByModel(settings.instructions, (items as RealtimeItem[] | undefined) ?? this.#conversation.items),
      tools: definitionsOf(settings.tools ?? []),
      toolChoice: toolChoiceOf(settings.tool_choice),
      responseSchema: undefined,
      stream: true,
      maxOutputTokens: typeof most === 'number' ? most : undefined,
      stop: [],
      choices: 1,
      callerHints: chatHints({ metadata: asked.metadata ?? {} }),
      retryCount: 0,
      // A session that outgrows its model forgets how it began.
      ...(this.#settings['truncation'] !== 'disabled' && { dropsOldest: true }),
      ...(settings.parallel_tool_calls === false && { parallelToolCalls: false }),
    }
  }

  #hear(active: Active, part: Answer): void {
    if (!this.#underWay.has(active)) return
    switch (part.kind) {
      case 'refusal':
        this.#end(active, failureOf(part.refusal), null, part.limits)
        if (part.refusal.kind === 'unauthorized')
          this.#connection.close(REFUSED, 'invalid_request_error.invalid_api_key')
        return
      case 'piece':
        return active.answer.piece(part.piece)
      case 'tail': {
        if (part.damage !== undefined) return this.#break(active, part.damage)
        const { end, usage } = active.answer.endOf(part)
        return this.#end(active, end, usage)
      }
      case 'head':
      case 'ping':
        return undefined
      case 'reset':
        return this.#connection.cut()
      case 'whole':
        return part.damage === undefined ? this.#connection.cut() : this.#break(active, part.damage)
      default:
        return part satisfies never
    }
  }

  #break(active: Active, damage: Extract<Answer, { kind: 'tail' }>['damage'] & string): void {
    switch (damage) {
      case 'stall':
        return undefined
      case 'error':
      case 'error_first':
        return this.#end(active, failureOf({ kind: 'server_error' }), null)
      case 'malformed':
        this.#connection.send('{"type": "response.output_text.delta", "delta": "\u0000')
        // The session goes on, and may be asked for the next response.
        return this.#end(active, failureOf({ kind: 'server_error' }), null)
      case 'truncated':
        return this.#connection.close(OVER, '')
      case 'reset':
      case 'html':
        return this.#connection.cut()
      default:
        return damage satisfies never
    }
  }

  #cancel({ response_id: id }: Of<'response.cancel'>): BadRequest | undefined {
    const active = id == null ? this.#active : [...this.#underWay].find(({ answer }) => answer.id === id)
    if (!active) return invalid('Cancellation failed: no active response found', null, 'response_cancel_not_active')
    active.stop()
    this.#end(active, { status: 'cancelled', details: { type: 'cancelled', reason: 'client_cancelled' } }, null)
    return undefined
  }

  #end(active: Active, end: ResponseEnd, usage: object | null, limits: LimitStates = {}): void {
    this.#underWay.delete(active)
    if (this.#active === active) this.#active = undefined
    const details = 'details' in end ? end.details : null
    this.#emit('response.done', {
      response: { ...this.#body(active, end.status), status_details: details, output: active.answer.output, usage },
    })
    const told = (['requests', 'tokens'] as const).flatMap((name) => {
      const state = limits[name]
      if (!state) return []
      return [{ name, limit: state.limit, remaining: state.remaining, reset_seconds: state.resetMs / 1_000 }]
    })
    if (told.length > 0) this.#emit('rate_limits.updated', { rate_limits: told })
  }

  #body({ answer, settings }: Active, status: string): object {
    const { metadata = null, conversation } = settings
    const { format, voice } = (this.#settings['audio'] as { output: { format?: unknown; voice?: unknown } }).output
    return {
      object: 'realtime.response',
      id: answer.id,
      status,
      status_details: null,
      output: [],
      conversation_id: conversation === 'none' ? null : this.#conversation.id,
      output_modalities: settings.modalities ?? settings.output_modalities ?? ['audio'],
      max_output_tokens: settings.max_output_tokens ?? 'inf',
      audio: { output: { format, voice } },
      usage: null,
      metadata,
    }
  }
}
