import { Trace } from 'longhaul'
import { Provider } from '../../src/provider/index.ts'
import type { Clock } from '../../src/clock/index.ts'
import { KeyedRandom } from '../../src/random/index.ts'

/** A provider on its own trace and luck, with one latency and one answer. */
export const aProvider = (clock: Clock): Provider => {
  const dependencies = { clock, trace: new Trace(() => clock.now()), random: new KeyedRandom(1) }
  return new Provider({ latency: '8s', replies: 'The same bytes by every way.' }, dependencies)
}

/** What a quick provider says. */
export const quickAnswer = 'The same words by every way.'

/** A provider that takes no time to speak of, for servers on the real clock. */
export const quickProvider = (clock: Clock): Provider => {
  const dependencies = { clock, trace: new Trace(() => clock.now()), random: new KeyedRandom(1) }
  return new Provider({ latency: '10ms', replies: quickAnswer }, dependencies)
}
