import { describeOrchestration, uniform } from 'longhaul'

// Phase 4.2: the second run is cheaper and faster, and the cache's own books say by how much.
const pattern = 'semantic_test'
const vars = { enable_cache: true }
const patient = { retry: { attempts: 10 }, retryBudget: 20, breaker: { failures: 1_000 } }

describeOrchestration(
  'semantic caching',
  {
    pattern,
    vars,
    orchestrator: { ...patient, cache: { similarity: 0.9 } },
    provider: { latency: uniform('5s', '20s') },
  },
  (test) => {
    test('the second run costs nothing and takes no time', async ({ run, provider, expect }) => {
      const first = await run()
      const billed = provider.ledger.total.cost
      const second = await run()
      expect(first.result!.cache).toEqual({ hits: 0, misses: 6, saved: 0n })
      expect(second.result!.cache).toMatchObject({ hits: 6, misses: 0 })
      expect(provider.ledger.total.cost).toBe(billed)
      expect(second.elapsedMs).toBe(0)
      expect(first).toHaveElapsed({ atLeast: '15s' })
    })

    test('what the second run saves is what the first one’s answers cost', async ({ run, expect }) => {
      const first = await run()
      const second = await run()
      expect(second.result!.cache!.saved).toBe(first.result!.cost.known)
      expect(second.result!.cost.known).toBe(0n)
    })

    test('a question that is alike gets the same answer, another one does not', async ({ run, expect }) => {
      const questions = (last: string) => ({ vars: { questions: [last] } })
      await run(questions('What are the main risks of this plan for the second quarter?'))
      const alike = await run(questions('What are the main risks of this plan for the second quarter, please?'))
      const other = await run(questions('Who will write the minutes of the meeting?'))
      expect(alike.result!.cache).toMatchObject({ hits: 2, misses: 0 })
      expect(other.result!.cache).toMatchObject({ hits: 0, misses: 2 })
    })

    test('switched off, both runs cost the same', async ({ run, expect }) => {
      const runs = [await run({ vars: { enable_cache: false } }), await run({ vars: { enable_cache: false } })]
      expect(runs.map(({ result }) => result!.cache)).toEqual([null, null])
      expect(runs.every(({ result }) => result!.cost.known > 0n)).toBe(true)
    })
  },
)

describeOrchestration(
  'semantic caching by the service’s embeddings',
  {
    pattern,
    vars,
    orchestrator: { ...patient, cache: { similarity: 0.9, embedding: { model: 'text-embedding-3-small' } } },
    provider: { latency: uniform('5s', '20s'), services: { openai: { failRate: 0 } } },
  },
  (test) => {
    test('costs what the embeddings cost, and saves the rest', async ({ run, provider, expect }) => {
      const first = await run({ vars: { questions: ['What are the main risks of this plan for the second quarter?'] } })
      const second = await run({ vars: { questions: ['What are the main risks of this plan for the 2nd quarter?'] } })
      expect(second.result!.cache).toMatchObject({ hits: 2, misses: 0 })
      expect(second.result!.cost.known).toBeGreaterThan(0n)
      expect(second.result!.cost.known * 20n).toBeLessThan(first.result!.cost.known)
      expect(first.result!.cost.known + second.result!.cost.known).toBe(provider.ledger.total.cost)
    })
  },
)
