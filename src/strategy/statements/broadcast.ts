import { agents, maybe, options, value, word } from '../slots.ts'
import { define } from '../statement.ts'
import type { Entry, Statement, Value } from '../tree.ts'

interface Broadcast extends Statement {
  kind: 'broadcast'
  message: Value
  to: Value | null
  /** What goes with the message: names of one's own. */
  options: readonly Entry[]
}

/** Tells all agents, or some. */
export const broadcast = define<Broadcast>({
  kind: 'broadcast',
  forms: { BROADCAST: 'BROADCAST "text" TO agents' },
  syntax: { slots: [word('BROADCAST'), value('message'), maybe(word('TO'), agents('to')), options] },
  does: {
    request: ({ message, to, options: more }, values) => ({
      kind: 'broadcast',
      message: values.message(message, 'BROADCAST'),
      agents: to && values.recipients(to),
      options: values.object(more),
    }),
  },
})
