import crypto, { randomInt, randomUUID } from 'node:crypto'
import { describeOrchestration } from 'longhaul'
import { nanoid as nanoid3 } from 'nanoid3'
import { nanoid } from 'nanoid5'
import { v4 as uuid } from 'uuid'
import { v4 as uuid9 } from 'uuid9'
import OpenAI from 'openai'

const openai = new OpenAI({ apiKey: 'test' })
const { random } = Math
const { randomBytes } = crypto

/** Ids of all makes, taken aside at load. */
const ids = (): string[] => [
  nanoid3(),
  nanoid(),
  uuid(),
  uuid9(),
  randomUUID(),
  String(random()),
  String(randomInt(1_000)),
  randomBytes(4).toString('hex'),
]

const seen: string[][] = []

describeOrchestration(
  'a program that puts ids into its prompts',
  {
    async system() {
      const made = ids()
      await openai.chat.completions.create({
        model: 'gpt-4o-mini',
        messages: [{ role: 'user', content: `Job ${made.join(' ')}` }],
      })
      return made
    },
  },
  (test) => {
    test.for([1, 2, 3])('makes the same ids in test %i, whatever pools held before', async (_nth, { run, expect }) => {
      const { result } = await run()
      seen.push(result as string[])
      expect(result).toEqual(seen[0])
      expect(new Set(result as string[]).size).toBe(8)
      // Between the tests chance is real, and the pools are drawn from.
      expect(ids()).not.toEqual(result)
    })
  },
)
