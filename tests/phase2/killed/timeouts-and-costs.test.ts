import { never } from 'longhaul'
import { inTime } from './killed-after.ts'
import { describeKilledAtEveryEvent } from './killed-at-every-event.ts'

describeKilledAtEveryEvent([
  {
    name: 'timeout_resilience_test',
    vars: {},
    provider: {
      agents: { slow_agent: { latency: '14s' }, timeout_agent: { latency: never() } },
      ...inTime,
    },
  },
  { name: 'cost_tracking_test', vars: { completions_each: 5 } },
])
