import type { Reply } from '../../provider/index.ts'
import { invalid } from './errors.ts'
import { isBad, type BadRequest, type Parsed, type WireRequest } from '../service.ts'
import { messages } from './messages.ts'

/** What an answer by messages has to know of its request. */
export type MessagesAsked = Parameters<(typeof messages)['whole']>[1]

/** Anthropic's own name of a model that others sell: `us.anthropic.claude-opus-4-6-v1:0`, `claude-sonnet-4-5@20250929`. */
export const ownName = (id: string): string =>
  id
    .replace(/^(.*\.)?anthropic\./, '')
    .replace(/-v\d+(:\d+)?$/, '')
    .replace('@', '-')

/**
 * Reads messages where others sell Anthropic's models: the path names the model, and the body has what are headers at Anthropic
 * itself.
 *
 * @param model the model by the name of who sells it
 */
export function readByPath(wire: WireRequest, model: string, stream: boolean): Parsed<MessagesAsked> | BadRequest {
  const { anthropic_version: version, anthropic_beta: beta, ...body } = wire.body
  if (wire.strict && typeof version !== 'string') return invalid('anthropic_version: Field required')
  const headers: Readonly<Record<string, string | undefined>> = {
    'anthropic-version': '2023-06-01',
    'anthropic-beta': Array.isArray(beta) ? beta.join(',') : wire.header('anthropic-beta'),
    'x-api-key': 'not asked',
  }
  const parsed = messages.parse({
    ...wire,
    body: { ...body, model: ownName(model), stream },
    header: (name) => (Object.hasOwn(headers, name) ? headers[name] : wire.header(name)),
  })
  return isBad(parsed) ? parsed : { ...parsed, call: { ...parsed.call, model } }
}

/** An answer as Anthropic itself would give it. */
export const asOwn = (reply: Reply): Reply => ({ ...reply, model: ownName(reply.model) })
