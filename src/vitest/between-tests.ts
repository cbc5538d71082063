import { expect } from 'vitest'
import { keepProvidersAway } from '../mount/index.ts'

/** Files in which orchestrations are described. */
const described = new Set<string>()

const presentFile = (): string => expect.getState().testPath ?? ''

/** An orchestration is described in the present file: its other tests, and what tests leave behind, reach no real provider. */
export function keepAwayBetweenTests(): void {
  if (described.size === 0)
    keepProvidersAway(
      () => described.has(presentFile()),
      ({ message }) => void process.stderr.write(`longhaul: ${message}\n`),
    )
  described.add(presentFile())
}
