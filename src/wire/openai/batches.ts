import type { BadRequest, ServiceContext, Resource, WireRequest } from '../service.ts'
import { invalid } from './errors.ts'
import { fileOf, keepFile } from './files.ts'
import { pageOf } from './pages.ts'
import { resource } from './resource.ts'

// Source: https://platform.openai.com/docs/api-reference/batch, …/guides/batch.

const BATCHES = 'batch'
const ENDPOINTS = ['/v1/responses', '/v1/chat/completions', '/v1/embeddings', '/v1/completions', '/v1/moderations']
/** How long a batch may take. */
const WINDOW_MS = 24 * 60 * 60_000
/** How long a batch is looked through before it is worked on. */
const VALIDATING_MS = 60_000
/** How long what is under way may take to its end when a batch is cancelled. */
const CANCELLING_MS = 10 * 60_000
/** Requests of a batch that are worked on at one time. */
const AT_ONCE = 50
const MAX_REQUESTS = 50_000

/** A line of the file that a batch reads. */
interface Line {
  custom_id: string
  method: string
  url: string
  body: Record<string, unknown>
}

interface Batch {
  /** The requests that have been answered, by their own ids. */
  answered: Set<string>
  body: Record<string, unknown> & { id: string; status: string; endpoint: string; request_counts: Counts }
  lines: readonly Line[]
  written: { good: string[]; bad: string[] }
  /** Ends what is under way. */
  over: AbortController
}

interface Counts {
  total: number
  completed: number
  failed: number
}

/** Reads the lines of a batch, or tells what is wrong with one of them. */
function linesOf(content: string, endpoint: string): readonly Line[] | { line: number; message: string; code: string } {
  const lines: Line[] = []
  const ids = new Set<string>()
  for (const [index, text] of content.split('\n').entries()) {
    if (text.trim() === '') continue
    const wrong = (message: string, code: string) => ({ line: index + 1, message, code })
    let line: Partial<Line>
    try {
      line = JSON.parse(text) as Partial<Line>
    } catch {
      return wrong('This line is not parseable as valid JSON.', 'invalid_json_line')
    }
    if (typeof line !== 'object' || line === null) return wrong('This line is not an object.', 'invalid_json_line')
    const { custom_id: id, url, body } = line
    if (typeof id !== 'string') return wrong("Missing required parameter: 'custom_id'.", 'missing_required_parameter')
    if (ids.has(id)) return wrong(`The custom_id "${id}" is used more than once.`, 'duplicate_custom_id')
    if (url !== endpoint)
      return wrong(`The URL provided for this request does not match the batch endpoint.`, 'mismatched_url')
    if (typeof body !== 'object' || body === null)
      return wrong("Missing required parameter: 'body'.", 'missing_required_parameter')
    ids.add(id)
    lines.push(line as Line)
  }
  if (lines.length === 0) return { line: 0, message: 'The input file is empty.', code: 'empty_file' }
  return lines.length > MAX_REQUESTS
    ? { line: MAX_REQUESTS, message: `A batch has at most ${MAX_REQUESTS} requests.`, code: 'too_many_requests' }
    : lines
}

const seconds = (context: ServiceContext): number => Math.floor(context.now() / 1_000)
const isOver = ({ body: { status } }: Batch): boolean =>
  ['completed', 'expired', 'cancelled', 'failed'].includes(status)

/** A request of a batch as it is asked: neither streamed nor in the background. */
function aloneOf({ body }: Line): Record<string, unknown> {
  const { stream: _stream, stream_options: _options, background: _background, ...alone } = body
  return alone
}

/** Works on all requests, some at a time. */
function work(batch: Batch, context: ServiceContext): void {
  const { body, lines, written } = batch
  if (isOver(batch)) return
  body.status = 'in_progress'
  body['in_progress_at'] = seconds(context)
  let next = 0
  let open = 0
  const work = async (line: Line): Promise<void> => {
    // `/v1` is a part of the base URL.
    const answer = await context.request(line.url.replace(/^\/v1/, ''), aloneOf(line), {
      batch: true,
      signal: batch.over.signal,
    })
    // What comes after the end counts as not done.
    if (isOver(batch)) return
    const status = answer?.status ?? 404
    const isGood = status < 400
    batch.answered.add(line.custom_id)
    body.request_counts[isGood ? 'completed' : 'failed'] += 1
    const response = { status_code: status, request_id: context.id(), body: parsed(answer?.body) }
    const told = { id: `batch_req_${context.id()}`, custom_id: line.custom_id, response, error: null }
    written[isGood ? 'good' : 'bad'].push(JSON.stringify(told))
  }
  const goOn = (): void => {
    while (open < AT_ONCE && next < lines.length && body.status === 'in_progress') {
      open += 1
      const line = lines[next++]!
      void work(line).then(() => {
        open -= 1
        goOn()
      })
    }
    if (open === 0 && !isOver(batch)) end(batch, context, body.status === 'cancelling' ? 'cancelled' : 'completed')
  }
  goOn()
}

function parsed(body: unknown): unknown {
  try {
    return JSON.parse(String(body)) as unknown
  } catch {
    return null
  }
}

function end(
  { body, written, lines, over, answered }: Batch,
  context: ServiceContext,
  status: 'completed' | 'expired' | 'cancelled',
): void {
  if (status !== 'completed')
    for (const { custom_id: id } of lines) {
      if (answered.has(id)) continue
      const message =
        status === 'expired'
          ? 'This request could not be executed before the completion window expired.'
          : 'This request was not executed, as the batch was cancelled.'
      const told = {
        id: `batch_req_${context.id()}`,
        custom_id: id,
        response: null,
        error: { code: `batch_${status}`, message },
      }
      written.bad.push(JSON.stringify(told))
      body.request_counts.failed += 1
    }
  const file = (lines: readonly string[], filename: string): string | undefined =>
    lines.length === 0
      ? undefined
      : keepFile(context.resources, {
          id: context.id(),
          now: context.now(),
          filename,
          purpose: 'batch_output',
          content: `${lines.join('\n')}\n`,
        }).body.id
  body['output_file_id'] = file(written.good, `${body.id}_output.jsonl`)
  body['error_file_id'] = file(written.bad, `${body.id}_error.jsonl`)
  body['finalizing_at'] = seconds(context)
  body[`${status}_at`] = seconds(context)
  body.status = status
  over.abort()
}

function create({ body: asked, resources }: WireRequest, context: ServiceContext): object {
  const { input_file_id: fileId, endpoint, completion_window: window, metadata = null } = asked
  if (typeof endpoint !== 'string' || !ENDPOINTS.includes(endpoint))
    return invalid(
      `Invalid value: '${String(endpoint)}'. Supported values are: ${ENDPOINTS.map((name) => `'${name}'`).join(', ')}.`,
      'endpoint',
      'invalid_value',
    )
  if (window !== '24h')
    return invalid(`Invalid value: '${String(window)}'. Value must be '24h'.`, 'completion_window', 'invalid_value')
  const file = typeof fileId === 'string' ? fileOf(resources, fileId) : undefined
  if (!file) return invalid(`Invalid file_id: ${String(fileId)} does not exist.`, 'input_file_id', 'invalid_value')
  const lines = linesOf(file.content, endpoint)
  const isReadable = Array.isArray(lines)
  const created = seconds(context)
  const batch: Batch = {
    lines: isReadable ? (lines as readonly Line[]) : [],
    written: { good: [], bad: [] },
    over: new AbortController(),
    answered: new Set(),
    body: {
      id: `batch_${context.id()}`,
      object: 'batch',
      endpoint,
      errors: null,
      input_file_id: fileId,
      completion_window: window,
      status: 'validating',
      output_file_id: undefined,
      error_file_id: undefined,
      created_at: created,
      expires_at: created + WINDOW_MS / 1_000,
      request_counts: { total: isReadable ? (lines as readonly Line[]).length : 0, completed: 0, failed: 0 },
      metadata,
    },
  }
  resources.put(BATCHES, batch.body.id, batch, file.content.length)
  context.after(VALIDATING_MS, () => {
    if (isReadable) return work(batch, context)
    batch.body.status = 'failed'
    batch.body['failed_at'] = seconds(context)
    batch.body['errors'] = { object: 'list', data: [{ ...lines, param: null }] }
  })
  context.after(WINDOW_MS, () => {
    if (!isOver(batch)) end(batch, context, 'expired')
  })
  return { ...batch.body }
}

function withBatch({ resources, params }: WireRequest, answer: (batch: Batch) => object): object {
  const batch = resources.get<Batch>(BATCHES, params['batch']!)
  return batch
    ? answer(batch)
    : ({ kind: 'not_found', message: `No batch found with id '${params['batch']}'.` } satisfies BadRequest)
}

/** What may be asked of batches. */
export const batches: readonly Resource[] = [
  resource('POST', '/batches', 'batches.create', create),
  resource('GET', '/batches', 'batches.list', (request) =>
    pageOf(
      request.resources.all<Batch>(BATCHES).map(({ body }) => body),
      request,
    ),
  ),
  resource('GET', '/batches/{batch}', 'batches.retrieve', (request) => withBatch(request, ({ body }) => ({ ...body }))),
  resource('POST', '/batches/{batch}/cancel', 'batches.cancel', (request, context) =>
    withBatch(request, (batch) => {
      if (isOver(batch)) return invalid(`Cannot cancel a batch with status '${batch.body.status}'.`)
      const wasWaiting = batch.body.status === 'validating'
      batch.body.status = 'cancelling'
      batch.body['cancelling_at'] = seconds(context)
      if (wasWaiting) end(batch, context, 'cancelled')
      else
        context.after(CANCELLING_MS, () => {
          if (!isOver(batch)) end(batch, context, 'cancelled')
        })
      return { ...batch.body }
    }),
  ),
]
