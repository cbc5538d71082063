import type { Piece, ServiceError } from '../../provider/index.ts'
import type { Chunk } from '../chunk.ts'
import type { Endpoint, StreamEncoder } from '../service.ts'
import { promptFilterResults, watched } from './content-filter.ts'

interface Completion {
  choices?: Record<string, unknown>[]
}

/** OpenAI's chunks, with what the filter says of each. */
class WatchedStream implements StreamEncoder {
  readonly #own: StreamEncoder

  constructor(own: StreamEncoder) {
    this.#own = own
  }

  #watch(events: Chunk): string {
    return (events as string).replaceAll(/^data: (\{.*\})$/gm, (_, data: string) => {
      const chunk = JSON.parse(data) as Completion
      return `data: ${JSON.stringify(chunk.choices ? { ...chunk, choices: chunk.choices.map(watched) } : chunk)}`
    })
  }

  head(): string {
    // What the filter says of the prompt comes first, in a chunk that has no choices.
    const first = { choices: [], created: 0, id: '', model: '', object: '', prompt_filter_results: promptFilterResults }
    return `data: ${JSON.stringify(first)}\n\n${this.#watch(this.#own.head())}`
  }

  piece(piece: Piece): string {
    return this.#watch(this.#own.piece(piece))
  }

  tail(): string {
    return this.#watch(this.#own.tail())
  }

  error(refusal: ServiceError): Chunk {
    return this.#own.error(refusal)
  }

  frame(data: string): Chunk {
    return this.#own.frame(data)
  }
}

/** An endpoint of OpenAI's as Azure has it: with the filter's results beside the choices of a chat. */
export function watchedEndpoint(endpoint: Endpoint): Endpoint {
  if (endpoint.kind !== 'generation' || !/\/completions$/.test(endpoint.path)) return endpoint
  return {
    ...endpoint,
    whole(reply, asked) {
      const own = JSON.parse(endpoint.whole(reply, asked) as string) as Completion
      const choices = own.choices?.map(watched)
      return JSON.stringify({ ...own, choices, prompt_filter_results: promptFilterResults })
    },
    stream: (reply, asked) => new WatchedStream(endpoint.stream(reply, asked)),
  }
}
