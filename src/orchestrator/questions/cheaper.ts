import type { Trace } from '../../trace/index.ts'
import type { Target } from '../service/target.ts'
import type { Policy } from './ask.ts'

/** Asks the cheaper model in place of the agents' own as soon as money is tight. */
export const cheaperWhenTight =
  (cheaper: Target | undefined, { isTight, trace }: { isTight: () => boolean; trace: Pick<Trace, 'append'> }): Policy =>
  (ask) =>
  (question, signal) => {
    if (!cheaper || !isTight() || cheaper.name === question.target.name) return ask(question, signal)
    trace.append({ type: 'model.fellBack', agent: question.agent, model: cheaper.name, reason: 'budget' })
    return ask({ ...question, target: cheaper }, signal)
  }
