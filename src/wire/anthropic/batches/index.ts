import {
  isBad,
  jsonResponse,
  type BadRequest,
  type ServiceContext,
  type Resource,
  type WireRequest,
} from '../../service.ts'
import { problemOf, type Shape } from '../../shape.ts'
import { commonHeaders, invalid, problemText } from '../errors.ts'
import { pageOf } from '../page.ts'
import { credentialsProblem } from '../translate.ts'
import { Batch } from './batch.ts'
import { work } from './work.ts'

// Source: https://docs.anthropic.com/en/api/creating-message-batches (and its neighbours).

const KIND = 'message_batch'
const MAX_REQUESTS = 100_000
const CUSTOM_ID = /^[a-zA-Z0-9_-]{1,64}$/
const REQUEST: Shape = {
  type: 'object',
  fields: {
    requests: {
      type: 'array',
      items: {
        type: 'object',
        fields: {
          custom_id: { type: 'string', required: true },
          params: { type: 'object', fields: {}, open: true, required: true },
        },
      },
      required: true,
    },
  },
  open: true,
}

interface BatchRequest {
  requests: { custom_id: string; params: Record<string, unknown> }[]
}

function problemIn({ body }: WireRequest): BadRequest | undefined {
  const problem = problemOf(REQUEST, body)
  if (problem) return invalid(problemText(problem, body))
  const { requests } = body as unknown as BatchRequest
  if (requests.length === 0) return invalid('requests: List should have at least 1 item after validation, not 0')
  if (requests.length > MAX_REQUESTS)
    return invalid(`requests: List should have at most ${MAX_REQUESTS} items after validation, not ${requests.length}`)
  const seen = new Set<string>()
  for (const [index, { custom_id: id }] of requests.entries()) {
    if (!CUSTOM_ID.test(id))
      return invalid(`requests.${index}.custom_id: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'`)
    if (seen.has(id)) return invalid(`requests.${index}.custom_id: custom_id must be unique within a batch: ${id}`)
    seen.add(id)
  }
  return undefined
}

const told = (batch: Batch, context: ServiceContext) =>
  jsonResponse(batch.told(context), commonHeaders(context.id(), {}))

/** The batch that a path names. */
function batchOf({ params }: WireRequest, { resources, now }: ServiceContext): Batch | BadRequest {
  const batch = resources.get<Batch>(KIND, params['batch']!)
  batch?.expire(now())
  return batch ?? { kind: 'not_found', message: `Batch not found: ${params['batch']}` }
}

/** An endpoint at one batch. */
const at = (
  endpoint: Pick<Resource, 'method' | 'path' | 'operation'>,
  answer: (batch: Batch, context: ServiceContext) => ReturnType<Resource['answer']>,
): Resource => ({
  kind: 'resource',
  ...endpoint,
  answer(wire, context) {
    const problem = credentialsProblem(wire)
    if (problem) return problem
    const batch = batchOf(wire, context)
    return batch instanceof Batch ? answer(batch, context) : batch
  },
})

const create: Resource = {
  kind: 'resource',
  method: 'POST',
  path: '/v1/messages/batches',
  operation: 'messages.batches.create',
  answer(wire, context) {
    const problem = credentialsProblem(wire) ?? problemIn(wire)
    if (problem) return problem
    const { requests } = wire.body as unknown as BatchRequest
    const ids = requests.map(({ custom_id: id }) => id)
    const batch = new Batch(`msgbatch_${context.id()}`, ids, context.now())
    context.resources.put(KIND, batch.id, batch, wire.text.length)
    for (const [index, entry] of batch.entries.entries()) work(batch, entry, requests[index]!.params, context)
    return told(batch, context)
  },
}

const list: Resource = {
  kind: 'resource',
  method: 'GET',
  path: '/v1/messages/batches',
  operation: 'messages.batches.list',
  answer(wire, context) {
    const problem = credentialsProblem(wire)
    if (problem) return problem
    const all = context.resources.all<Batch>(KIND).toReversed()
    for (const batch of all) batch.expire(context.now())
    const page = pageOf(
      all.map((batch) => batch.told(context)),
      wire.query,
    )
    return isBad(page) ? page : jsonResponse(page, commonHeaders(context.id(), {}))
  },
}

const retrieve = at(
  { method: 'GET', path: '/v1/messages/batches/{batch}', operation: 'messages.batches.retrieve' },
  told,
)

const results = at(
  { method: 'GET', path: '/v1/messages/batches/{batch}/results', operation: 'messages.batches.results' },
  (batch, context) => {
    if (!batch.isEnded) return { kind: 'not_found', message: `Batch ${batch.id} has no available results.` }
    const lines = batch.entries.map(({ customId, result }) => `${JSON.stringify({ custom_id: customId, result })}\n`)
    const headers = { 'content-type': 'application/x-jsonl', ...commonHeaders(context.id(), {}) }
    return { status: 200, headers, body: lines.join('') }
  },
)

const cancel = at(
  { method: 'POST', path: '/v1/messages/batches/{batch}/cancel', operation: 'messages.batches.cancel' },
  (batch, context) => {
    batch.cancel(context.now())
    return told(batch, context)
  },
)

const remove = at(
  { method: 'DELETE', path: '/v1/messages/batches/{batch}', operation: 'messages.batches.delete' },
  (batch, context) => {
    if (!batch.isEnded)
      return invalid(`Batch ${batch.id} cannot be deleted while it is being processed. Cancel it first.`)
    context.resources.remove(KIND, batch.id)
    return jsonResponse({ id: batch.id, type: 'message_batch_deleted' }, commonHeaders(context.id(), {}))
  },
)

/** What may be asked of batches of messages. */
export const batches: readonly Resource[] = [create, list, retrieve, results, cancel, remove]
