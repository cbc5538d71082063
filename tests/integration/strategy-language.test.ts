import { readFileSync } from 'node:fs'
import { describe, expect as plainly, test as plain } from 'vitest'
import { describeOrchestration } from 'longhaul'
import { parseStrategy, printStrategy } from 'longhaul/pattern'

const document = readFileSync('docs/strategy-language.md', 'utf8')
const blocks = (language: string): string[] =>
  [...document.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, text]) => text!)

const provider = { latency: '1s' as const, failRate: 0, services: { openai: { failRate: 0 } } }

describe('the snippets of docs/strategy-language.md', () => {
  const strategies = blocks('strategy')

  plain('are found', () => plainly(strategies.length).toBeGreaterThanOrEqual(4))

  plain.each(strategies.map((text, index) => [index + 1, text] as const))('%i is read, and printed', (_, text) => {
    const printed = printStrategy(parseStrategy(text, { strict: true }))
    plainly(printStrategy(parseStrategy(printed))).toBe(printed)
  })

  for (const [index, strategy] of strategies.entries()) {
    const indented = strategy.replaceAll(/^/gm, '    ')
    describeOrchestration(
      `${index + 1}`,
      {
        pattern: {
          text: `name: snippet\nvariables: { responses: [] }\nagents: { ann: {}, ben: {} }\norchestration_logic:\n  strategy: |\n${indented}`,
        },
        orchestrator: { functions: { rate: () => 1 } },
        provider,
      },
      (test) => {
        test('runs', async ({ run, expect }) => {
          expect(await run()).toHaveCompleted()
        })
      },
    )
  }

  for (const [index, sketch] of blocks('sketch').entries()) {
    plain(`sketch ${index + 1} is one, and printed`, () => {
      const read = parseStrategy(sketch)
      plainly(read.isSketch).toBe(true)
      plainly(printStrategy(parseStrategy(printStrategy(read)))).toBe(printStrategy(read))
      plainly(() => parseStrategy(sketch, { strict: true })).toThrow('strict')
    })
    describeOrchestration(
      `sketch ${index + 1}`,
      {
        pattern: {
          text: `name: sketch\nagents: { ann: {}, ben: {} }\norchestration_logic:\n  strategy: |\n${sketch.replaceAll(/^/gm, '    ')}`,
        },
        provider,
      },
      (test) => {
        test('runs', async ({ run, expect }) => {
          const outcome = await run()
          expect(outcome).toHaveCompleted()
          expect(outcome).toHaveCalls({ atLeast: 5 }, { agent: 'orchestrator' })
        })
      },
    )
  }

  for (const [index, text] of blocks('yml').entries()) {
    describeOrchestration(`talk ${index + 1}`, { pattern: { text }, provider }, (test) => {
      test('goes on for its rounds', async ({ run, expect }) => {
        const outcome = await run()
        expect(outcome.result!.reason).toBe('rounds')
        expect(outcome).toHaveCalls(4)
      })
    })
  }

  for (const [index, text] of blocks('yaml').entries()) {
    describeOrchestration(`pattern ${index + 1}`, { pattern: { text }, provider }, (test) => {
      test('runs', async ({ run, expect }) => {
        const outcome = await run()
        expect(outcome).toHaveCompleted()
        expect(outcome.result!.result).toEqual(expect.any(String))
      })
    })
  }
})
