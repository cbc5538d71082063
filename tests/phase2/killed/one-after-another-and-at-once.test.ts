import { inTime } from './killed-after.ts'
import { describeKilledAtEveryEvent } from './killed-at-every-event.ts'

describeKilledAtEveryEvent([
  { name: 'sequential_pattern', vars: { agent_count: 4, rounds: 3 }, provider: inTime },
  { name: 'parallel_pattern', vars: { agent_count: 4, rounds: 3 }, provider: inTime },
])
