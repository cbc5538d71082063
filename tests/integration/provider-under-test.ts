import { Provider, Trace } from 'longhaul'
import type { Clock } from '../../src/clock/index.ts'
import { KeyedRandom } from '../../src/random/index.ts'

/** A provider on its own trace and luck, with one latency and one answer. */
export const aProvider = (clock: Clock): Provider => {
  const surroundings = { clock, trace: new Trace(() => clock.now()), random: new KeyedRandom(1) }
  return new Provider({ latency: '8s', replies: 'The same bytes by every way.' }, surroundings)
}
