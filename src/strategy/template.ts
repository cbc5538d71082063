import { isMistake, suggestion } from '../options/index.ts'
import { textOf, type Json, type Scope } from './json.ts'

/** Thrown for a `{{name}}` that is no variable. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError'
  readonly code = 'LONGHAUL_TEMPLATE'
  /** It is not a mistake in the name of a variable. */
  readonly unknown: boolean
  constructor(message: string, unknown: boolean) {
    super(message)
    this.unknown = unknown
  }
}

const HOLE = /\{\{\s*([A-Za-z_]\w*(?:\.\w+)*)\s*\}\}/g
const WHOLE = /^\{\{\s*([A-Za-z_]\w*(?:\.\w+)*)\s*\}\}$/

function look(path: string, scope: Scope): Json {
  const [name = '', ...members] = path.split('.')
  if (!Object.hasOwn(scope, name))
    throw new TemplateError(
      `{{${path}}}: there is no variable "${name}". ${suggestion(name, Object.keys(scope))}`,
      !isMistake(name, Object.keys(scope)),
    )
  let value: Json = scope[name]!
  for (const member of members) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, member))
      throw new TemplateError(`{{${path}}}: there is no "${member}" in ${JSON.stringify(value)?.slice(0, 80)}.`, true)
    value = (value as { readonly [name: string]: Json })[member]!
  }
  return value
}

/**
 * Puts variables in place of `{{name}}`. A text that is one `{{name}}` and nothing else becomes the variable's value, type and all.
 *
 * @throws TemplateError
 */
export function fill(text: string, scope: Scope): Json {
  const whole = WHOLE.exec(text)
  if (whole) return look(whole[1]!, scope)
  return text.includes('{{') ? text.replaceAll(HOLE, (_, path: string) => textOf(look(path, scope))) : text
}

/**
 * As `fill`, but what is no variable stays as it stands: whoever reads the text may know what is meant.
 *
 * @throws TemplateError for a name that is nearly a variable's
 */
export const fillKnown = (text: string, scope: Scope): Json => fillSome(text, scope, ({ unknown }) => unknown)

/** As `fill`, but what is not there stays as it stands, whatever it is: an event carries what it carries. */
export const fillKept = (text: string, scope: Scope): Json => fillSome(text, scope, () => true)

function fillSome(text: string, scope: Scope, isKept: (error: TemplateError) => boolean): Json {
  const known = (hole: string, path: string): Json => {
    try {
      return look(path, scope)
    } catch (error) {
      if (error instanceof TemplateError && isKept(error)) return hole
      throw error
    }
  }
  const whole = WHOLE.exec(text)
  if (whole) return known(text, whole[1]!)
  return text.replaceAll(HOLE, (hole, path: string) => textOf(known(hole, path)))
}

/** As `fill`, or what is given in its place, for all texts within a value. */
export function fillAll(value: Json, scope: Scope, one: typeof fill = fill): Json {
  if (typeof value === 'string') return one(value, scope)
  if (Array.isArray(value)) return value.map((item: Json) => fillAll(item, scope, one))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fillAll(item, scope, one)]))
}
