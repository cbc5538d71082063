import { eventStreams } from '../../packages/index.ts'
import type { ServiceError } from '../../provider/index.ts'
import { exceptionOf } from './errors.ts'

// Source: https://smithy.io/2.0/aws/amazon-eventstream.html.

/** The type of streams. */
export const EVENT_STREAM = 'application/vnd.amazon.eventstream'

const text = { encoder: new TextEncoder(), decoder: new TextDecoder() }

let codec: InstanceType<ReturnType<typeof eventStreams>['EventStreamCodec']> | undefined

function encode(headers: Readonly<Record<string, string>>, body: string): Uint8Array {
  codec ??= new (eventStreams().EventStreamCodec)(
    (bytes) => (typeof bytes === 'string' ? bytes : text.decoder.decode(bytes as Uint8Array)),
    (given) => text.encoder.encode(given),
  )
  return codec.encode({
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, { type: 'string', value }])),
    body: text.encoder.encode(body),
  })
}

const JSON_TYPE = { ':content-type': 'application/json' }

/** An event whose data are given as text. */
export const rawEvent = (name: string, data: string): Uint8Array =>
  encode({ ':event-type': name, ...JSON_TYPE, ':message-type': 'event' }, data)

/** An event. */
export const event = (name: string, data: object): Uint8Array => rawEvent(name, JSON.stringify(data))

/** The names of exceptions within streams, which are fewer than those of answers. */
const IN_STREAMS: Readonly<Record<string, string>> = {
  ThrottlingException: 'throttlingException',
  ValidationException: 'validationException',
  InternalServerException: 'internalServerException',
}

/** What else ends a stream is told as an error of the model. */
const MODEL_ERROR = {
  message: 'The model has encountered an unexpected error while streaming. Retry your request.',
  originalStatusCode: 503,
}

/** An error in place of the rest of a stream. */
export function exceptionEvent(refusal: ServiceError): Uint8Array {
  const { name, message } = exceptionOf(refusal.kind === 'bad_gateway' ? { kind: 'server_error' } : refusal)
  const known = IN_STREAMS[name]
  const headers = {
    ':exception-type': known ?? 'modelStreamErrorException',
    ...JSON_TYPE,
    ':message-type': 'exception',
  }
  return encode(headers, JSON.stringify(known ? { message } : { ...MODEL_ERROR, originalMessage: message }))
}

/** Several pieces of a stream as one. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let place = 0
  for (const part of parts) {
    whole.set(part, place)
    place += part.length
  }
  return whole
}
