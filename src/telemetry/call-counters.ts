import { bounded, DOLLAR, type Instruments } from './instruments.ts'

const SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600]
/** Agents that have a series of their own; what others do is counted under `other`. */
const MAX_AGENTS = 1_000
/** The same for models. */
const MAX_MODELS = 200

/** Whose call it is, and whom it asks. */
export interface CallLabels {
  agent: string
  provider: string
  model: string
}

/** What is known of a call when it has ended. */
export interface CallEnd {
  /** Null for an answer. */
  failure: string | null
  tookMs: number
  input: number
  cachedInput: number
  output: number
}

/** Counts calls: the same names, whether a service tells of them or who asks it. */
export function callCounters({ counter, gauge, histogram }: Instruments) {
  const by = ['agent', 'provider', 'model']
  const calls = counter('longhaul_calls_total', 'Calls that reached a service.', by)
  const failures = counter('longhaul_call_failures_total', 'Failed calls, by fault.', [...by, 'fault'])
  const retries = counter('longhaul_call_retries_total', 'Retries of failed calls.', by)
  const tokens = counter('longhaul_tokens_total', 'Billed tokens.', [...by, 'type'])
  const cost = counter(
    'longhaul_cost_dollars_total',
    'Cost of calls by the tokens that services report, in US dollars.',
    by,
  )
  const open = gauge('longhaul_calls_open', 'Calls in progress.', ['provider'])
  const duration = histogram(
    'longhaul_call_duration_seconds',
    'Duration of calls, on the clock of the services.',
    ['provider', 'model', 'outcome'],
    SECONDS,
  )
  const agentOf = bounded(MAX_AGENTS)
  const modelOf = bounded(MAX_MODELS)
  return {
    labels: ({ agent, provider, model }: CallLabels): CallLabels => ({
      agent: agentOf(agent),
      provider,
      model: modelOf(model),
    }),
    began(of: CallLabels): void {
      calls.inc({ ...of })
      open.inc({ provider: of.provider })
    },
    repeats: (of: CallLabels): void => retries.inc({ ...of }),
    /** Neither answered nor failed: nobody knows. */
    lost: ({ provider }: CallLabels): void => open.dec({ provider }),
    ended(of: CallLabels, { failure, tookMs, input, cachedInput, output }: CallEnd): void {
      const { provider, model } = of
      open.dec({ provider })
      if (input > 0) tokens.inc({ ...of, type: 'input' }, input)
      if (cachedInput > 0) tokens.inc({ ...of, type: 'cached_input' }, cachedInput)
      if (output > 0) tokens.inc({ ...of, type: 'output' }, output)
      duration.observe({ provider, model, outcome: failure === null ? 'answered' : 'failed' }, tookMs / 1_000)
      if (failure !== null) failures.inc({ ...of, fault: failure })
    },
    /** @param picodollars what a call has cost */
    costs(of: CallLabels, picodollars: number): void {
      if (picodollars > 0) cost.inc({ ...of }, picodollars / DOLLAR)
    },
  }
}
