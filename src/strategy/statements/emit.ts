import { shown } from '../expression/index.ts'
import { Failed } from '../failed.ts'
import type { Json } from '../json.ts'
import { define } from '../statement.ts'
import { Colon, Identifier, K, Operator } from '../tokens.ts'
import { locate, placeIn } from '../places.ts'
import type { Reader } from '../reader.ts'
import type { Entry, Expression, Statement, Value } from '../tree.ts'

interface Emit extends Statement {
  kind: 'emit'
  event: Expression
  to: Value | null
  data: Value | null
}

/** `WITH data: …` names what the event carries. */
function dataOf(entries: readonly Entry[]): Value {
  const [entry, second] = entries
  return entry?.name === 'data' && second === undefined ? entry.value : { kind: 'object', entries }
}

/** @throws Failed for what is no name of an event */
function eventNamed(given: Json, event: Expression): string {
  if (typeof given === 'string' && given.trim() !== '') return given
  throw new Failed('type', `EMIT needs the name of an event, not ${shown(given)}.`, {
    unfit: true,
    place: placeIn(event),
  })
}

/** `event:round:over`, without quotes; the word `event` in front says nothing. */
function eventName(reader: Reader): Expression {
  const parts: string[] = []
  const first = reader.take(11, Identifier)
  parts.push(first.image)
  reader.some(11, () => {
    const between = reader.pick(11, [
      { ALT: () => reader.take(12, Colon) },
      {
        GATE: () => reader.ahead(1).image === '-' || reader.ahead(1).image === '.',
        ALT: () => reader.take(13, Operator),
      },
    ])
    const next = reader.take(14, Identifier)
    parts.push(between.image, next.image)
  })
  return reader.act((): Expression => {
    const named = parts[0] === 'event' && parts.filter((part) => part === ':').length > 1 ? parts.slice(2) : parts
    const expression: Expression = { kind: 'expression', text: JSON.stringify(named.join('')) }
    locate(expression, reader.terms.places, [[0, first.startOffset]])
    return expression
  })
}

/** Says an event to all. */
export const emit = define<Emit>({
  kind: 'emit',
  forms: { EMIT: 'EMIT "round:over" WITH { round: 3 }, or EMIT round:over TO agents WITH round: 3' },
  syntax: {
    ebnf: '"EMIT" ( expression | NAME ":" NAME { ":" NAME } ) [ "TO" value ] [ "WITH" value | options ]',
    read: (reader) => {
      reader.take(1, K.EMIT)
      const event = reader.pick(1, [
        {
          GATE: () => reader.ahead(2).tokenType === Colon,
          ALT: () => eventName(reader),
          IGNORE_AMBIGUITIES: true,
        },
        { ALT: () => reader.read(1, 'expression') },
      ])
      const to = reader.maybe(1, () => {
        reader.take(2, K.TO)
        return reader.read(2, 'value')
      })
      const data = reader.maybe(2, () => {
        reader.take(3, K.WITH)
        return reader.pick(2, [
          {
            GATE: () => reader.ahead(2).tokenType === Colon,
            IGNORE_AMBIGUITIES: true,
            ALT: (): Value => {
              const entries = reader.read(3, 'entries')
              return reader.act((): Value => dataOf(entries))
            },
          },
          { ALT: () => reader.read(4, 'value') },
        ])
      })
      return { kind: 'emit', event, to: to ?? null, data: data ?? null }
    },
  },
  print: ({ event, to, data }, { line, value }) =>
    line(`EMIT ${value(event)}${to ? ` TO ${value(to)}` : ''}${data ? ` WITH ${value(data)}` : ''}`),
  parts: ({ event, to, data }) => ({
    symbols: to ? [to] : [],
    // A plain name is what it says, where no variable is called so.
    values: [...(/^[A-Za-z_]\w*$/.test(event.text) ? [] : [event]), ...(data ? [data] : [])],
  }),
  does: {
    request: ({ event, to, data }, values) => ({
      kind: 'emit',
      event: eventNamed(values.symbol(event), event),
      to: to && values.recipients(to),
      data: data ? values.of(data) : {},
    }),
  },
})
