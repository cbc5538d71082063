import { describeKilledAtEveryEvent } from './killed-at-every-event.ts'

describeKilledAtEveryEvent([
  {
    name: 'semantic_test',
    vars: { enable_cache: true },
    ledger: 'who is asked again finds what the other one was answered meanwhile',
  },
])
