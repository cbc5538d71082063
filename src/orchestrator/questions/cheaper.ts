import type { Trace } from '../../trace/index.ts'
import type { Target } from '../service/target.ts'
import type { Policy } from './completion.ts'

/** Asks the cheaper model in place of the agents' own as soon as money is tight. */
export const cheaperWhenTight =
  (cheaper: Target | undefined, { isTight, trace }: { isTight: () => boolean; trace: Pick<Trace, 'append'> }): Policy =>
  (complete) =>
  (question, signal) => {
    if (!cheaper || !isTight() || cheaper.name === question.target.name) return complete(question, signal)
    trace.append({ type: 'model.fellBack', agent: question.agent, model: cheaper.name, reason: 'budget' })
    return complete({ ...question, target: cheaper }, signal)
  }
