import type { Trace } from '../../trace/index.ts'
import { carryOutRequest } from '../team/requests.ts'
import type { Roster } from '../team/roster.ts'
import type { Team } from '../team/team.ts'
import type { Ending } from './ending.ts'
import type { Termination } from './termination.ts'

interface RunEventsOptions {
  team: Team
  roster: Roster
  ending: Ending
  termination: Termination
  trace: Pick<Trace, 'append'>
  /** Answers of agents before a restart. */
  answers: number
}

/** Hears all events of a run: some end it, and some ask for something. */
export class RunEvents {
  readonly #options: RunEventsOptions
  #answers: number

  constructor(options: RunEventsOptions) {
    this.#options = options
    this.#answers = options.answers
  }

  /** Answers of agents so far. */
  get answers(): number {
    return this.#answers
  }

  /** The function returned ends it. */
  begin(): () => void {
    const { team, roster, ending, termination, trace } = this.#options
    return team.bus.listen((event, hops) => {
      if (event.event === 'agent:response') this.#answers += 1
      const reason = termination.reasonFor(event.event, { answers: this.#answers, agents: team.agents.size })
      if (reason) return ending.end(reason)
      carryOutRequest(event, hops, {
        ...team.recipients,
        leads: (name) => roster.leads(name),
        spawn: (name, options) => void roster.spawn(name, options),
        send: (to, text, from, more) => team.send(to, text, from, more),
        terminate: (name, why) => team.terminate(name, why),
        end: () => ending.end('event'),
        refuse: (text) => trace.append({ type: 'log', line: 0, text }),
      })
    })
  }
}
