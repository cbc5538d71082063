import {
  isStreamed,
  jsonResponse,
  type BadRequest,
  type ServiceContext,
  type Lacking,
  type Resource,
  type Streamed,
  type WireRequest,
  type WireResponse,
} from '../service.ts'
import { commonHeaders, isWithoutKey } from './errors.ts'

/** A resource of OpenAI: it wants a key, and its answers are JSON with the usual headers. */
export const resource = (
  method: Resource['method'],
  path: string,
  operation: string,
  answer: (request: WireRequest, context: ServiceContext) => object | WireResponse | Streamed | BadRequest | Lacking,
): Resource => ({
  kind: 'resource',
  method,
  path,
  operation,
  answer(request, context) {
    if (request.strict && isWithoutKey(request.header)) return { kind: 'unauthorized' }
    const given = answer(request, context)
    if ('kind' in given) return given as BadRequest | Lacking
    if (isStreamed(given)) return given
    if ('status' in given && 'headers' in given) return given as WireResponse
    return jsonResponse(given, commonHeaders(context.id(), {}))
  },
})
