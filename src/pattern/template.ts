import { suggestion } from './errors.ts'
import { textOf, type Json, type Scope } from './json.ts'

/** Thrown for a `{{name}}` that is no variable. */
class TemplateError extends Error {
  override readonly name = 'TemplateError'
  readonly code = 'LONGHAUL_TEMPLATE'
}

const HOLE = /\{\{\s*([A-Za-z_]\w*(?:\.\w+)*)\s*\}\}/g
const WHOLE = /^\{\{\s*([A-Za-z_]\w*(?:\.\w+)*)\s*\}\}$/

function look(path: string, scope: Scope): Json {
  const [name = '', ...members] = path.split('.')
  if (!Object.hasOwn(scope, name))
    throw new TemplateError(`{{${path}}}: there is no variable "${name}". ${suggestion(name, Object.keys(scope))}`)
  let value: Json = scope[name]!
  for (const member of members) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, member))
      throw new TemplateError(`{{${path}}}: there is no "${member}" in ${JSON.stringify(value)?.slice(0, 80)}.`)
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

/** As `fill`, for all texts within a value. */
export function fillAll(value: Json, scope: Scope): Json {
  if (typeof value === 'string') return fill(value, scope)
  if (Array.isArray(value)) return value.map((item: Json) => fillAll(item, scope))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fillAll(item, scope)]))
}
