import { describeKilledAtEveryEvent } from './killed-at-every-event.ts'

describeKilledAtEveryEvent([{ name: 'stress_test_decisions', vars: { max_rounds: 5 } }])
