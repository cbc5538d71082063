import { evaluateTemplate, ExpressionError } from './expression/index.ts'
import { holesIn } from './expression/holes.ts'
import { textOf, type Json, type Scope } from './json.ts'

/** What stands in place of a `{{…}}` that cannot be filled; nothing where that is a mistake. */
type InPlaceOf = (hole: string, error: ExpressionError) => string | undefined

/**
 * Puts values in place of the `{{…}}` of a text: a variable, a member of it, or any expression. A text that is one `{{…}}` and nothing else
 * becomes its value, type and all.
 *
 * @throws ExpressionError
 */
export const fill = (text: string, scope: Scope): Json => filled(text, scope, () => undefined)

/**
 * As `fill`, but what is no variable stays as it stands: whoever reads the text may know what is meant.
 *
 * @throws ExpressionError for a name that is nearly a variable's
 */
export const fillKnown = (text: string, scope: Scope): Json =>
  filled(text, scope, (hole, { unknown }) => (unknown ? hole : undefined))

/** As `fill`, but what is not there stays as it stands, whatever it is: an event carries what it carries. */
export const fillKept = (text: string, scope: Scope): Json => filled(text, scope, (hole) => hole)

function filled(text: string, scope: Scope, inPlaceOf: InPlaceOf): Json {
  if (!text.includes('{{')) return text
  const parts = holesIn(text).map(({ text: part, at, isHole }) => {
    if (!isHole) return part
    try {
      return evaluateTemplate(part, scope)
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error
      const kept = inPlaceOf(part, error)
      if (kept !== undefined) return kept
      throw inHole(part, at, error)
    }
  })
  const [only] = parts
  return parts.length === 1 ? only! : parts.map((part) => textOf(part)).join('')
}

/** The error of a hole, as one of the text. */
function inHole(hole: string, at: number, { message, at: within, problem, unknown }: ExpressionError): ExpressionError {
  const said = message.startsWith(hole) ? message : `${hole}: ${message[0]!.toLowerCase()}${message.slice(1)}`
  return new ExpressionError(said, { at: at + within, problem, unknown })
}

/** As `fill`, or what is given in its place, for all texts within a value. */
export function fillAll(value: Json, scope: Scope, one: typeof fill = fill): Json {
  if (typeof value === 'string') return one(value, scope)
  if (Array.isArray(value)) return value.map((item: Json) => fillAll(item, scope, one))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fillAll(item, scope, one)]))
}
