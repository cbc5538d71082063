import type { Attributes, AttributeValue, HrTime, SpanStatus } from '@opentelemetry/api'
import { SpanStatusCode } from '@opentelemetry/api'
import { traceInForce, type EventBody, type Trace } from '../trace/index.ts'

// Source of names: OpenTelemetry's semantic conventions for generative AI, as they stand, and as they were before.

/** The parts of an ended span that the exporter reads. */
export interface EndedSpan {
  /** The name of the span. */
  readonly name: string
  /** The attributes of the span. */
  readonly attributes: Attributes
  /** The status of the span. */
  readonly status: SpanStatus
  /** The duration of the span: seconds and nanoseconds. */
  readonly duration: HrTime
}

/** An exporter for span processors such as `SimpleSpanProcessor`, of OpenTelemetry's SDK 1 and 2. */
export interface TracingExporter {
  /** Writes ended spans to the trace of the running test, then calls `done`. */
  export(spans: readonly EndedSpan[], done: (result: { code: 0 }) => void): void
  /** Resolves at once: the exporter buffers nothing. */
  forceFlush(): Promise<void>
  /** Resolves at once: the exporter holds no resources. */
  shutdown(): Promise<void>
}

const PREFIX = 'gen_ai.'
const MS = 1_000
const NANOS_OF_MS = 1e6

const text = (value: AttributeValue | undefined): string | null => (typeof value === 'string' ? value : null)
const tokens = (value: AttributeValue | undefined): number | null =>
  Number.isSafeInteger(value) ? (value as number) : null

/** What a span says; nothing of one that is not of generative AI. */
function eventOf({ name, attributes: given, status, duration: [seconds, nanos] }: EndedSpan): EventBody | undefined {
  if (!Object.keys(given).some((key) => key.startsWith(PREFIX))) return undefined
  const failed = status.code === SpanStatusCode.ERROR ? (status.message ?? '_OTHER') : null
  return {
    type: 'span.ended',
    name,
    operation: text(given['gen_ai.operation.name']),
    agent: text(given['gen_ai.agent.name']),
    provider: text(given['gen_ai.provider.name'] ?? given['gen_ai.system']),
    model: text(given['gen_ai.request.model']),
    answeredBy: text(given['gen_ai.response.model']),
    error: text(given['error.type']) ?? failed,
    tookMs: Math.round(seconds * MS + nanos / NANOS_OF_MS),
    inputTokens: tokens(given['gen_ai.usage.input_tokens'] ?? given['gen_ai.usage.prompt_tokens']),
    outputTokens: tokens(given['gen_ai.usage.output_tokens'] ?? given['gen_ai.usage.completion_tokens']),
  }
}

/**
 * An exporter that writes the generative-AI spans of the code under test to the trace of the running test, as
 * `span.ended`. The check `spans` compares them with the calls that the services received.
 *
 * @param into default: the trace of the test that runs; outside of one, spans are dropped
 * @example
 * ```ts
 * new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spanExporter())] })
 * ```
 */
export function spanExporter(into?: Pick<Trace, 'append'>): TracingExporter {
  return {
    export(spans, done) {
      const trace = into ?? traceInForce()
      for (const span of trace ? spans : []) {
        const event = eventOf(span)
        if (event) trace!.append(event)
      }
      done({ code: 0 })
    },
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  }
}
