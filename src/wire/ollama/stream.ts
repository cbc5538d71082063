import type { Choice, Piece, Reply, ToolCall } from '../../provider/index.ts'
import type { Generation, StreamEncoder } from '../service.ts'
import { durationsOf } from './durations.ts'

/** What an answer has to know of its request. */
export interface OllamaAsked {
  stream: boolean
  /** Whether the request only loads the model. */
  loads: boolean
}

/** A part of an answer. */
export interface Part {
  text?: string
  thinking?: string
  calls?: readonly ToolCall[]
}

/** How an endpoint writes a part of an answer, and what it adds to the last one. */
export interface Lines {
  part(part: Part): object
  end: object
}

const DONE = {
  stop: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  tool_calls: 'stop',
  refusal: 'stop',
  content_filter: 'stop',
  pause: 'stop',
} as const satisfies Record<Choice['finish'], string>

const common = ({ model, createdAt }: Reply) => ({ model, created_at: new Date(createdAt).toISOString() })
const ending = (reply: Reply, { loads }: OllamaAsked) => ({
  done: true,
  done_reason: loads ? 'load' : DONE[reply.choices[0].finish],
  ...durationsOf(reply),
})

const line = (data: string): string => `${data}\n`

/** An answer as a line of JSON for each part. */
class OllamaStream implements StreamEncoder {
  readonly #reply: Reply
  readonly #asked: OllamaAsked
  readonly #lines: Lines

  constructor(reply: Reply, asked: OllamaAsked, lines: Lines) {
    this.#reply = reply
    this.#asked = asked
    this.#lines = lines
  }

  #part(part: Part): string {
    return line(JSON.stringify({ ...common(this.#reply), ...this.#lines.part(part), done: false }))
  }

  head = () => ''

  piece(piece: Piece): string {
    switch (piece.kind) {
      case 'reasoning':
        return this.#part({ thinking: piece.text })
      case 'hosted':
        return ''
      case 'text':
        return this.#part({ text: piece.text })
      case 'tool':
        return piece.closes ? this.#part({ calls: [piece.call] }) : ''
      default:
        return piece satisfies never
    }
  }

  tail(): string {
    const reply = this.#reply
    const last = { ...common(reply), ...this.#lines.part({}), ...ending(reply, this.#asked), ...this.#lines.end }
    return line(JSON.stringify(last))
  }

  error(): string {
    return line(JSON.stringify({ error: 'an error was encountered while running the model: unexpected EOF' }))
  }

  frame = line
}

/** How an endpoint answers, whole and streamed. */
export const answersIn = (lines: Lines): Pick<Generation<OllamaAsked>, 'head' | 'whole' | 'stream'> => ({
  head: (_reply, _limits, { stream }) => ({
    status: 200,
    headers: { 'content-type': stream ? 'application/x-ndjson' : 'application/json; charset=utf-8' },
  }),
  whole(reply, asked) {
    const { text, reasoning, toolCalls } = reply.choices[0]
    const part = lines.part({
      text,
      ...(reasoning && { thinking: reasoning }),
      ...(toolCalls.length > 0 && { calls: toolCalls }),
    })
    return JSON.stringify({ ...common(reply), ...part, ...ending(reply, asked), ...lines.end })
  },
  stream: (reply, asked) => new OllamaStream(reply, asked, lines),
})
