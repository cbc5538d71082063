import { anthropicErrors } from '../anthropic/errors.ts'
import { messages } from '../anthropic/messages.ts'
import { completions } from '../openai/completions.ts'
import { embeddings } from '../openai/embeddings.ts'
import { models } from '../openai/models.ts'
import { connect, responses } from '../openai/responses/index.ts'
import { isBad, type Endpoint, type Service } from '../service.ts'
import { chatOf } from './chat.ts'
import { errorsOf } from './errors.ts'
import { unnamed } from './limits.ts'
import type { Vendor } from './vendor.ts'

/** No host of the whole world. */
const NOWHERE = /(?!)/

/** An endpoint of OpenAI's without the headers that name OpenAI. */
function nameless(endpoint: Endpoint): Endpoint {
  if (endpoint.kind === 'generation')
    return {
      ...endpoint,
      head(reply, limits, asked) {
        const { status, headers } = endpoint.head(reply, limits, asked)
        return { status, headers: unnamed(headers) }
      },
    }
  if (endpoint.kind === 'live') return endpoint
  return {
    ...endpoint,
    answer(wire, context) {
      const given = endpoint.answer(wire, context)
      return isBad(given) ? given : { ...given, headers: unnamed(given.headers) }
    },
  }
}

/** What vendors have beside chat completions and models. */
const OTHERS: Readonly<Record<NonNullable<Vendor['also']>[number], readonly Endpoint[]>> = {
  embeddings: [nameless(embeddings)],
  completions: [nameless(completions)],
  responses: responses.map(nameless),
  'responses over WebSocket': [connect],
}

/** The service of a vendor. */
export function serviceFor(vendor: Vendor): Service {
  const { name, baseURL, hosts = NOWHERE, bases, catalogue, reserves, also = [], more = [], anthropicAt } = vendor
  return {
    name,
    baseURL,
    hosts,
    ...(bases && { bases }),
    strict: false,
    ...(catalogue !== undefined && { catalogue }),
    ...(reserves && { reserves }),
    endpoints: [
      chatOf(vendor),
      ...more,
      ...also.flatMap((kind) => OTHERS[kind]),
      ...(anthropicAt === undefined ? [] : [{ ...messages, path: anthropicAt, errors: anthropicErrors }]),
      ...models.map(nameless),
    ],
    errors: errorsOf(vendor),
  }
}
