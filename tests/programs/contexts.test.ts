import vm from 'node:vm'
import { describeOrchestration } from 'longhaul'

const CODE =
  '({ date: new Date().toISOString(), now: Date.now(), luck: Math.random(), text: String(Date()).slice(0, 15) })'

/** Runs code that an agent has written, in each way in which it can have a global object of its own. */
const WAYS: Record<string, (code: string) => unknown> = {
  runInNewContext: (code) => vm.runInNewContext(code),
  'runInNewContext, with values': (code) => vm.runInNewContext(code, { x: 1 }, { contextName: 'tool' }),
  'a script': (code) => new vm.Script(code).runInNewContext({ x: 1 }),
  'a context that is used again': (code) => {
    const context = vm.createContext({ x: 1 })
    vm.runInContext('x = 2', context)
    return vm.runInContext(code, context)
  },
}

describeOrchestration(
  'code that runs in a context of its own',
  {
    system: async () => {
      await new Promise((resolve) => setTimeout(resolve, 86_400_000))
      return { here: Date.now(), found: Object.values(WAYS).map((run) => run(CODE)) }
    },
  },
  (test) => {
    const lucks: unknown[] = []
    for (const time of ['once', 'again'])
      test(`has the date of the clock and the luck of the seed, ${time}`, async ({ run, expect }) => {
        const { here, found } = (await run()).result as {
          here: number
          found: { date: string; now: number; luck: number; text: string }[]
        }
        expect(found.map(({ now }) => now)).toEqual(found.map(() => here))
        expect(found.map(({ date }) => Date.parse(date))).toEqual(found.map(() => here))
        expect(found.map(({ text }) => text)).toEqual(found.map(() => String(new Date(here)).slice(0, 15)))
        lucks.push(found.map(({ luck }) => luck))
        expect(lucks.at(-1)).toEqual(lucks[0])
      })

    test('keeps what it was given, and all else that a context is', async ({ expect }) => {
      class Own extends Date {}
      const given = { Date: Own, x: 1 }
      expect(vm.runInNewContext('new Date()', given)).toBeInstanceOf(Own)
      const context = vm.createContext(Object.freeze({ x: 1 }))
      expect(vm.runInContext('x', context)).toBe(1)
      expect(Object.keys(vm.createContext({ x: 1 }))).toEqual(['x'])
      expect(vm.runInNewContext('new Date(0).constructor === Date && new Date(0) instanceof Date')).toBe(true)
      expect(() => vm.runInNewContext('1', 'no object' as never)).toThrow(TypeError)
    })
  },
)
