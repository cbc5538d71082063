import { expect } from 'vitest'
import { keepProvidersAway, type NetworkOptions } from '../mount/index.ts'

/** Files in which orchestrations are described, and the hosts that these allow. */
const described = new Map<string, Set<string>>()

const presentFile = (): string => expect.getState().testPath ?? ''

/**
 * An orchestration is described in the present file: its other tests, and what tests leave behind, reach no real provider that no
 * orchestration there allows.
 */
export function keepAwayBetweenTests(allow: NetworkOptions['allow']): void {
  if (described.size === 0)
    keepProvidersAway(
      () => {
        const allowed = described.get(presentFile())
        return allowed && [...allowed]
      },
      ({ message }) => void process.stderr.write(`longhaul: ${message}\n`),
    )
  const file = presentFile()
  const allowed = described.get(file) ?? new Set()
  described.set(file, allowed)
  // What is no list of hosts, is refused when a test begins.
  for (const host of Array.isArray(allow) ? (allow as string[]) : []) allowed.add(host)
}
