import { explore, InvariantError, type FunctionOptions } from 'longhaul'

type Work = Parameters<typeof explore>[3]

/** What all checks find in one run of a system, each as `check: what`. */
export async function verdict(
  { agents = ['ann', 'ben', 'cem'], provider, ...options }: FunctionOptions,
  work?: Work,
): Promise<string[]> {
  const { failures } = await explore(
    'a system',
    { agents, provider: { failRate: 0, latency: '4s', ...provider }, ...options },
    { seeds: 1, swarm: false, maxShrunk: 0, regressions: 'none' },
    work,
  )
  return failures.flatMap(({ error }) => {
    if (!(error instanceof InvariantError)) throw error
    return error.violations.map(({ check, what }) => `${check}: ${what}`)
  })
}
