import { RefusedError } from '../protocol.ts'
import type { Handler } from './handler.ts'

/** What orchestrations remember. */
export const state: Readonly<Record<string, Handler>> = {
  'state:get': {
    about: 'Gives the variables of an orchestration, or one of them.',
    parameters: { orchestration_id: 'which', name: 'only this variable' },
    answer({ orchestration_id: id, name }, { runs }) {
      const run = runs.find(id)
      const variables = run.orchestrator?.variables ?? {}
      if (name === undefined) return { orchestration_id: run.id, variables }
      const wanted = String(name)
      if (!Object.hasOwn(variables, wanted))
        throw new RefusedError(`${run.id} has no variable "${wanted}".`, { variables: Object.keys(variables) })
      return { orchestration_id: run.id, name: wanted, value: variables[wanted] }
    },
  },
}
