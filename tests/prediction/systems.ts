import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { actAs, lognormal } from '../../src/provider/index.ts'
import type { FunctionOptions } from '../../src/simulation/options.ts'

const openai = new OpenAI({ apiKey: 'test', maxRetries: 4 })
const anthropic = new Anthropic({ apiKey: 'test', maxRetries: 4 })

const ask = async (content: string, { signal }: { signal?: AbortSignal } = {}): Promise<string> => {
  const answer = await openai.chat.completions.create(
    { model: 'gpt-4o-mini', messages: [{ role: 'user', content }] },
    { signal },
  )
  return answer.choices[0]?.message.content ?? ''
}

/** Three agents argue for ten rounds; each reads what all have said so far, so that prompts grow. */
const debate: FunctionOptions = {
  system: async () => {
    const said: string[] = []
    for (let round = 1; round <= 10; round++) {
      const speak = (agent: string) => actAs(agent, () => ask(`Round ${round}. ${said.join(' ')}`))
      said.push(...(await Promise.all(['ann', 'ben', 'cleo'].map(speak))))
    }
  },
  provider: { failRate: 0.2, latency: lognormal({ median: '4s', p95: '12s' }) },
}

/** Thirty documents are written and reviewed until the reviewer accepts, which it does two times in three. */
const reviews: FunctionOptions = {
  system: async () => {
    for (let document = 1; document <= 30; document++) {
      let isAccepted = false
      for (let draft = 1; draft <= 5 && !isAccepted; draft++) {
        await actAs('writer', () =>
          anthropic.messages.create({
            model: 'claude-haiku-4-5',
            max_tokens: 500,
            messages: [{ role: 'user', content: `Document ${document}, draft ${draft}.` }],
          }),
        )
        isAccepted = Math.random() < 2 / 3
      }
    }
  },
  provider: { failRate: 0.05, latency: lognormal({ median: '6s', p95: '20s' }) },
}

/** Eight searchers have ten seconds each, six times; what has come is summed up. Some searches are broken off, and billed. */
const research: FunctionOptions = {
  system: async () => {
    for (let question = 1; question <= 6; question++) {
      const search = (nth: number) =>
        actAs(`searcher_${nth}`, () =>
          ask(`Question ${question}, source ${nth}.`, { signal: AbortSignal.timeout(10_000) }),
        )
      const found = await Promise.allSettled(Array.from({ length: 8 }, (_, nth) => search(nth + 1)))
      const texts = found.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
      await actAs('editor', () => ask(`Sum up: ${texts.join(' ')}`))
    }
  },
  provider: { failRate: 0.1, latency: lognormal({ median: '5s', p95: '15s' }) },
}

/** Orchestrations in code, by name: what they cost goes with chance of several kinds. */
export const SYSTEMS = { debate, reviews, research }
