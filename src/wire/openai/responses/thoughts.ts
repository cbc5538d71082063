import type { BadRequest } from '../../service.ts'
import { invalid } from '../errors.ts'
import type { Item } from './request.ts'

/** Whether an item is something that the model has said or done. */
const isOfModel = ({ type, role }: Item): boolean =>
  role === 'assistant' || (type != null && (type === 'reasoning' || type.endsWith('_call') || type.startsWith('mcp_')))

/**
 * Finds a thought without what came of it, or what came of a thought without that thought: the service wants both back, in their order.
 *
 * @param thoughtBefore the thought that the service knows to belong to an item of its own
 */
export function brokenThoughtIn(
  items: readonly Item[],
  thoughtBefore: (id: string) => string | undefined,
): BadRequest | undefined {
  const thoughts = new Set<string>()
  for (const [index, item] of items.entries()) {
    const { id, type } = item
    if (type === 'reasoning') {
      if (id !== undefined) thoughts.add(id)
      const next = items[index + 1]
      if (next && isOfModel(next)) continue
      return invalid(`Item '${id}' of type 'reasoning' was provided without its required following item.`, 'input')
    }
    const wanted = id === undefined || !isOfModel(item) ? undefined : thoughtBefore(id)
    if (wanted !== undefined && !thoughts.has(wanted))
      return invalid(
        `Item '${id}' of type '${type ?? 'message'}' was provided without its required 'reasoning' item: '${wanted}'.`,
        'input',
      )
  }
  return undefined
}
