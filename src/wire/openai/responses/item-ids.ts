import type { BadRequest } from '../../service.ts'
import { invalid } from '../errors.ts'
import type { Item } from './request.ts'

/** How the ids of items begin, where the service holds a client to it. */
export const ID_PREFIXES: Readonly<Record<string, string>> = {
  message: 'msg',
  reasoning: 'rs',
  function_call: 'fc',
  custom_tool_call: 'ctc',
  web_search_call: 'ws',
  file_search_call: 'fs',
  code_interpreter_call: 'ci',
  image_generation_call: 'ig',
  computer_call: 'cu',
  mcp_call: 'mcp',
  mcp_list_tools: 'mcpl',
  mcp_approval_request: 'mcpr',
}
const MAX_CHARACTERS = 64
const PLAIN = /^[a-zA-Z0-9_-]+$/

const kindOf = ({ type, role }: Item): string => type ?? (role === undefined ? '' : 'message')

/** An item with an id, as the service gives it where the request has none. */
export const withId = (item: Item, id: string): Item =>
  item.id == null ? { ...item, id: `${ID_PREFIXES[kindOf(item)] ?? 'item'}_${id}` } : item

function idProblem(item: Item, place: string): BadRequest | undefined {
  const { id } = item as { id?: unknown }
  if (id == null) return undefined
  if (typeof id !== 'string')
    return invalid(
      `Invalid type for '${place}': expected a string, but got ${typeof id === 'number' ? 'an integer' : 'an object'} instead.`,
      place,
      'invalid_type',
    )
  if (id.length > MAX_CHARACTERS)
    return invalid(
      `Invalid '${place}': string too long. Expected a string with maximum length ${MAX_CHARACTERS}, but got a string with length ${id.length} instead.`,
      place,
      'string_above_max_length',
    )
  if (!PLAIN.test(id))
    return invalid(
      `Invalid '${place}': '${id}'. Expected an ID that contains letters, numbers, underscores, or dashes, but this value contained additional characters.`,
      place,
      'invalid_value',
    )
  const prefix = ID_PREFIXES[kindOf(item)]
  return prefix === undefined || id.startsWith(prefix)
    ? undefined
    : invalid(`Invalid '${place}': '${id}'. Expected an ID that begins with '${prefix}'.`, place, 'invalid_value')
}

/**
 * What is wrong with the ids of items that a request brings.
 *
 * @param param where the items stand: `input`
 */
export function wrongIds(items: readonly Item[], param: string): BadRequest | undefined {
  for (const [index, item] of items.entries()) {
    const problem = idProblem(item, `${param}[${index}].id`)
    if (problem) return problem
  }
  return undefined
}

/** An item that a conversation would have twice. */
export function duplicateIn(items: readonly Item[]): BadRequest | undefined {
  const known = new Set<string>()
  for (const { id } of items) {
    if (id === undefined) continue
    if (known.has(id))
      return invalid(
        `Duplicate item found with id ${id}. Remove duplicate items from your input and try again.`,
        'input',
      )
    known.add(id)
  }
  return undefined
}
