import { actingAgent } from '../provider/index.ts'
import type { ChanceBehind } from '../doors/index.ts'
import type { KeyedRandom } from '../random/index.ts'

/** Chance for the code under test: each agent has its own stream, so that one more of them changes nobody else's luck. */
export function chanceOf(random: KeyedRandom): ChanceBehind {
  const indices = new Map<string, number>()
  const next = (kind: string): [string, number] => {
    const stream = `${kind}/${actingAgent() ?? ''}`
    const index = indices.get(stream) ?? 0
    indices.set(stream, index + 1)
    return [stream, index]
  }
  return {
    random: () => random.draw(...next('Math.random')),
    fill(bytes) {
      for (let from = 0; from < bytes.length; from += 16) {
        const words = random.block(...next('crypto'))
        bytes.set(new Uint8Array(Uint32Array.from(words).buffer).subarray(0, bytes.length - from), from)
      }
    },
  }
}
