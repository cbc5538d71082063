import type { IToken } from 'chevrotain'
import { suggestion, type OptionTable } from '../options/index.ts'
import type { Reader } from './reader.ts'
import { unquote } from './tokens.ts'
import type { Entry, Value } from './tree.ts'

/** What a statement of the form `WORD { … }` knows and needs. */
export interface Requested {
  word: string
  table: OptionTable
  needs: readonly string[]
  form: string
}

/** What a value says, where it is a text without anything to fill in. */
function saidBy(value: Value): string | undefined {
  const text = value.kind === 'expression' && /^(["']).*\1$/.test(value.text) ? unquote(value.text) : undefined
  return text?.includes('{{') ? undefined : text
}

/**
 * The entries of `WORD { … }` by name.
 *
 * @throws InvalidStatementError for what the word does not know, and for what it needs and is not given
 */
export function problemOfRequest(
  { word, table, needs, form }: Requested,
  entries: readonly Entry[],
  reader: Pick<Reader, 'first' | 'tokenOf' | 'mistake'>,
): Readonly<Record<string, Value>> {
  const names = Object.keys(table)
  for (const entry of entries) {
    const { name, value } = entry
    const at: IToken = reader.tokenOf(entry) ?? reader.first
    if (!names.includes(name)) throw reader.mistake(at, `${word} has no option "${name}".`, suggestion(name, names))
    const { choices } = table[name]!
    const said = saidBy(value)
    if (choices && said !== undefined && !choices.includes(said))
      throw reader.mistake(at, `"${said}" is not a valid ${name} of ${word}.`, suggestion(said, choices))
  }
  const given = Object.fromEntries(entries.map(({ name, value }) => [name, value]))
  const missing = needs.find((name) => !Object.hasOwn(given, name))
  if (missing === undefined) return given
  throw reader.mistake(reader.first, `${word} needs "${missing}".`, `The form is: ${form}`)
}
