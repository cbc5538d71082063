import { describeKilledAtEveryEvent } from './killed-at-every-event.ts'

describeKilledAtEveryEvent([
  {
    name: 'multi_agent_evolution_scale',
    ledger: 'who does a task depends on who is faster, and what was said before is paid again with it',
    vars: { workers: 3, population: 8, generations: 2 },
    same: ({ done, rated, undone }: { done: number; rated: number[]; undone: number[] }) => ({
      done,
      rated: rated.toSorted((a, b) => a - b),
      undone,
    }),
  },
  { name: 'evolution_marathon', vars: { max_rounds: 5 } },
])
