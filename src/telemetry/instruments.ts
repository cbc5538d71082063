import type * as PromClient from 'prom-client'

// Names follow Prometheus: base units, `_total` for what only grows. Source: https://prometheus.io/docs/practices/naming/.

/** Picodollars of a dollar. */
export const DOLLAR = 1e12
/** Metrics of the package's own whose names are those of counters. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total']

/** What Prometheus scrapes of a process. */
export interface Metrics {
  text(): Promise<string>
  contentType: string
}

/** Makes what counts and measures, and tells it together with the process's own: memory, processor time, garbage collection. */
export function instruments(client: typeof PromClient) {
  const register = new client.Registry()
  const registers = [register]
  client.collectDefaultMetrics({ register })
  for (const name of MISNAMED) register.removeSingleMetric(name)
  return {
    counter: (name: string, help: string, labelNames: string[] = []) =>
      new client.Counter({ name, help, labelNames, registers }),
    gauge: (name: string, help: string, labelNames: string[] = []) =>
      new client.Gauge({ name, help, labelNames, registers }),
    histogram: (name: string, help: string, labelNames: string[], buckets: number[]) =>
      new client.Histogram({ name, help, labelNames, buckets, registers }),
    metrics: { text: () => register.metrics(), contentType: register.contentType } satisfies Metrics,
  }
}

export type Instruments = ReturnType<typeof instruments>

/** Names come from clients: those that are new when there are many share one series. */
export function bounded(most: number): (name: string) => string {
  const known = new Set<string>()
  return (name) => {
    if (!known.has(name) && known.size >= most) return 'other'
    known.add(name)
    return name
  }
}
