import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base'
import OpenAI from 'openai'
import { expect, test as plain } from 'vitest'
import { actAs, describeOrchestration, Trace } from 'longhaul'
import { exportSpans, recordMetrics } from 'longhaul/otel'

const client = new OpenAI({ apiKey: 'test' })
const ask = (agent: string) =>
  actAs(agent, () =>
    client.chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content: `${agent}?` }] }),
  )

function spansOf(trace: Trace): ReadableSpan[] {
  const exporter = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  exportSpans(trace, provider.getTracer('longhaul'))
  return exporter.getFinishedSpans()
}

describeOrchestration(
  'a trace as spans',
  { system: () => Promise.all([ask('ann'), ask('ben')]), provider: { latency: '2s' }, checks: false },
  (test) => {
    test('has one for the run, for each agent and for each call, with simulated times', async ({
      run,
      trace,
      provider,
    }) => {
      provider.failNext(1, 'overloaded', { agent: 'ben' })
      await run()
      const spans = spansOf(trace)
      expect(spans.map(({ name }) => name).toSorted()).toEqual([
        'chat gpt-4o',
        'chat gpt-4o',
        'chat gpt-4o',
        'invoke_agent ann',
        'invoke_agent ben',
        'invoke_workflow a trace as spans',
      ])
      const ids = new Map(spans.map((span) => [span.spanContext().spanId, span.name]))
      const parents = spans.map((span) => [span.name, ids.get(span.parentSpanContext?.spanId ?? '')])
      expect(parents).toContainEqual(['invoke_agent ann', 'invoke_workflow a trace as spans'])
      expect(parents).toContainEqual(['chat gpt-4o', 'invoke_agent ben'])
      const [failed] = spans.filter(({ attributes }) => attributes['error.type'] === 'overloaded')
      expect(failed!.status.code).toBe(2)
      const [answered] = spans.filter(
        ({ attributes }) => attributes['gen_ai.agent.name'] === 'ann' && attributes['longhaul.call'],
      )
      expect(answered!.attributes).toMatchObject({
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.response.finish_reasons': ['stop'],
      })
      expect(answered!.duration[0]).toBe(2)
    })

    test('has metrics with the buckets of the conventions', async ({ run, trace }) => {
      await run()
      const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
      const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1e9 })
      const meters = new MeterProvider({ readers: [reader] })
      recordMetrics(trace, meters.getMeter('longhaul'))
      await meters.forceFlush()
      const metrics = exporter.getMetrics()[0]!.scopeMetrics[0]!.metrics
      expect(metrics.map(({ descriptor }) => descriptor.name).toSorted()).toEqual([
        'gen_ai.client.operation.duration',
        'gen_ai.client.token.usage',
      ])
      const duration = metrics.find(({ descriptor }) => descriptor.name.endsWith('duration'))!
      expect(duration.descriptor.unit).toBe('s')
      expect(duration.dataPoints[0]!.value).toMatchObject({ count: 2, sum: 4 })
      await meters.shutdown()
    })
  },
)

plain('spans reach a receiver by OTLP over HTTP', async () => {
  const bodies: Buffer[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      bodies.push(Buffer.concat(parts))
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const trace = new Trace(() => 0)
  trace.append({ type: 'run.started', name: 'told', seed: 1, vars: {} })
  const exporter = new OTLPTraceExporter({ url: `http://127.0.0.1:${port}/v1/traces` })
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  exportSpans(trace, provider.getTracer('longhaul'))
  await provider.forceFlush()
  await provider.shutdown()
  await new Promise((resolve) => server.close(resolve))
  expect(Buffer.concat(bodies).toString('latin1')).toContain('invoke_workflow told')
})
