import { agents, asName, maybe, value, word } from '../slots.ts'
import { define } from '../statement.ts'
import { types } from '../../options/index.ts'
import { problemOfRequest } from '../requested.ts'
import type { Statement, Value } from '../tree.ts'

interface Send extends Statement {
  kind: 'send'
  message: Value
  to: Value
  /** Set to who was told. */
  name: string | null
}

const FORM = 'SEND "text" TO agent, or SEND { to: agent, message: "text" }'

/** Puts a message into the inboxes of agents. */
export const send = define<Send>({
  kind: 'send',
  forms: { SEND: FORM },
  syntax: { slots: [word('SEND'), value('message'), maybe(word('TO'), agents('to')), asName] },
  made: (slots, reader) => {
    if ((slots.to as Value | null) !== null) return slots
    const { message } = slots
    if (message.kind !== 'object') return reader.refuse(reader.first, 'SEND needs a recipient.', `The form is: ${FORM}`)
    const given = problemOfRequest(
      { word: 'SEND', table: { to: types.any, message: types.any }, needs: ['to', 'message'], form: FORM },
      message.entries,
      reader,
    )
    return { ...slots, message: given['message']!, to: given['to']! }
  },
  does: {
    request: ({ message, to }, values) => ({
      kind: 'send',
      message: values.message(message, 'SEND'),
      to: values.recipients(to),
    }),
  },
})
