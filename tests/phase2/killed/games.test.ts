import { playing, STRATEGIES } from 'longhaul/games'
import { inTime } from './killed-after.ts'
import { describeKilledAtEveryEvent } from './killed-at-every-event.ts'

/** Players without chance: another call would draw another move. */
const PLAYERS = {
  player_1: STRATEGIES.tit_for_tat,
  player_2: STRATEGIES.always_defect,
  player_3: STRATEGIES.pavlov,
  player_4: STRATEGIES.grim_trigger,
}

describeKilledAtEveryEvent([
  { name: 'fixtures/orchestrations/session_recovery.yaml', vars: { max_rounds: 5 } },
  {
    name: 'game_theory_orchestration_v2',
    vars: { max_rounds: 5 },
    provider: {
      agents: Object.fromEntries(
        Object.entries(PLAYERS).map(([name, strategy]) => [name, { reply: playing(strategy) }]),
      ),
      ...inTime,
    },
  },
])
