import { openSession } from '../../src/simulation/session.ts'
import type { PatternOptions } from '../../src/simulation/options.ts'
import { joinSettings } from '../../src/simulation/settings.ts'
import type { Outcome } from '../../src/simulation/outcome.ts'
import type { OrchestrationResult } from '../../src/orchestrator/index.ts'
import type { Trace } from '../../src/trace/index.ts'

/** A run and what happened in it. */
export interface Ran {
  outcome: Outcome<OrchestrationResult>
  trace: Trace
}

/** A pattern of so many workers and a strategy. */
export const pattern = (agents: number, strategy: string, { model }: { model?: string } = {}) => ({
  text: `name: resilience
agents: { worker: { count: ${agents}${model === undefined ? '' : `, model: ${model}`} } }
orchestration_logic:
  strategy: |
${strategy.replaceAll(/^/gm, '    ')}
`,
})

/** Runs an orchestration in virtual time, whatever the environment says. */
export async function runWith(options: PatternOptions, seed: number, vars?: PatternOptions['vars']): Promise<Ran> {
  const session = openSession<OrchestrationResult>('resilience', options, joinSettings({ seed, checks: false }))
  try {
    let outcome: Ran['outcome'] | undefined
    await session.supervise(async () => {
      outcome = await session.run(vars && { vars })
    })
    return { outcome: outcome!, trace: session.trace }
  } finally {
    await session.close()
  }
}

/** A figure with its bound. */
export interface Figure {
  what: string
  /** In words, such as `0` or `at most 10`. */
  wanted: string
  measured: string
  holds: boolean
}

/** A figure that is to be as small as this, or smaller. */
export const atMost = (what: string, bound: number, measured: number, more = ''): Figure => ({
  what,
  wanted: bound === 0 ? '0' : `at most ${bound}`,
  measured: `${Number(measured.toFixed(3))}${more}`,
  holds: measured <= bound,
})

/** A figure that is to be as large as this, or larger. */
export const atLeast = (what: string, bound: number, measured: number, more = ''): Figure => ({
  what,
  wanted: `at least ${bound}`,
  measured: `${Number(measured.toFixed(3))}${more}`,
  holds: measured >= bound,
})

/** Seeds from 1. */
export const seedsUpTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)
