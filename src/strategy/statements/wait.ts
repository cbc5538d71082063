import { types } from '../../options/index.ts'
import { define } from '../statement.ts'
import { durationOf } from '../terms.ts'
import { Identifier, K } from '../tokens.ts'
import type { Expression, Statement } from '../tree.ts'

interface Wait extends Statement {
  kind: 'wait'
  duration: Expression
}

/** Lets time pass; reads `WAIT for …` too. */
export const wait = define<Wait>({
  kind: 'wait',
  forms: { WAIT: 'WAIT 2 seconds, or WAIT for responses OR timeout', PAUSE: 'PAUSE 100ms' },
  syntax: {
    ebnf: '( "WAIT" | "PAUSE" ) ( duration | "for" NAME [ "OR" duration ] )',
    read: (reader) => {
      reader.pick(1, [{ ALT: () => reader.take(1, K.WAIT) }, { ALT: () => reader.take(2, K.PAUSE) }])
      return reader.pick<{ kind: string }>(2, [
        {
          GATE: () => reader.ahead(1).image === 'for',
          ALT: () => {
            reader.take(3, Identifier)
            const name = reader.take(4, Identifier).image
            const timeout = reader.maybe(1, () => {
              reader.take(5, K.OR)
              return reader.read(1, 'tokens')
            })
            return reader.act(() => ({
              kind: 'waitFor',
              name,
              timeout: timeout ? durationOf(timeout, reader.terms) : null,
            }))
          },
        },
        {
          ALT: () => {
            const tokens = reader.read(2, 'tokens')
            return reader.act(() => ({ kind: 'wait', duration: durationOf(tokens, reader.terms) }))
          },
        },
      ])
    },
  },
  print: ({ duration }, { line }) => line(`WAIT ${duration.text}`),
  constants: ({ duration }) => [{ expression: duration, type: types.duration, owner: 'WAIT' }],
  parts: ({ duration }) => ({ expressions: [duration] }),
  does: { request: ({ duration }, values) => ({ kind: 'sleep', ms: values.milliseconds(duration, 'WAIT') }) },
})
