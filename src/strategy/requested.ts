import type { IToken } from 'chevrotain'
import { suggestion } from '../options/index.ts'
import { FORMS } from './forms.ts'
import { Mistake } from './refusal.ts'
import { unquote } from './tokens.ts'
import type { Entry, Value } from './tree.ts'

/** What a statement of the form `WORD { … }` may be given, and what it needs. */
const REQUESTS: Readonly<
  Record<
    'AWAIT' | 'SEND' | 'TRACK' | 'QUERY' | 'AGGREGATE' | 'COORDINATE',
    { names: readonly string[]; needs: readonly string[] }
  >
> = {
  AWAIT: {
    names: ['from', 'event_pattern', 'min_responses', 'max_responses', 'timeout', 'collect_partial'],
    needs: [],
  },
  SEND: { names: ['to', 'message'], needs: ['to', 'message'] },
  TRACK: { names: ['type', 'data'], needs: ['type'] },
  QUERY: { names: ['query_type', 'filters', 'limit'], needs: ['query_type'] },
  AGGREGATE: { names: ['data', 'responses', 'method', 'options'], needs: ['method'] },
  COORDINATE: { names: ['type', 'agents', 'options', 'timeout'], needs: ['type', 'agents'] },
}
/** What an entry says, where it is a text. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  'QUERY query_type': ['agents', 'tracked', 'context'],
  'AGGREGATE method': ['statistical', 'consensus', 'weighted_consensus', 'vote', 'majority', 'merge', 'custom'],
  'COORDINATE type': ['barrier', 'checkpoint', 'turns'],
}

/**
 * The entries of `WORD { … }` by name.
 *
 * @param places where entries stand
 * @throws Mistake for what the word does not know, and for what it needs and is not given
 */
export function requestedBy(
  word: IToken,
  entries: readonly Entry[],
  places: WeakMap<Entry, IToken>,
): Readonly<Record<string, Value>> {
  const { names, needs } = REQUESTS[word.image as keyof typeof REQUESTS]
  for (const entry of entries) {
    const { name, value } = entry
    const at = places.get(entry) ?? word
    if (!names.includes(name)) throw new Mistake(at, `${word.image} knows no "${name}".`, suggestion(name, names))
    const choices = CHOICES[`${word.image} ${name}`]
    const said = value.kind === 'expression' && /^(["']).*\1$/.test(value.text) ? unquote(value.text) : undefined
    if (choices && said !== undefined && !choices.includes(said))
      throw new Mistake(at, `${word.image} knows no ${name} "${said}".`, suggestion(said, choices))
  }
  const given = Object.fromEntries(entries.map(({ name, value }) => [name, value]))
  const missing = needs.find((name) => !Object.hasOwn(given, name))
  if (missing === undefined) return given
  throw new Mistake(word, `${word.image} needs "${missing}".`, `The form is: ${FORMS[word.image]}`)
}
