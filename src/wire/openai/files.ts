import { jsonResponse, type BadRequest, type Resource, type WireRequest, type WireResponse } from '../service.ts'
import type { ResourceStore } from '../resource-store.ts'
import { formFields } from '../multipart.ts'
import { commonHeaders, invalid } from './errors.ts'
import { pageOf } from './pages.ts'
import { resource } from './resource.ts'

// Source: https://platform.openai.com/docs/api-reference/files.

/** The kind under which files are kept. */
const FILES = 'file'

/** A file as the service keeps it. */
export interface StoredFile {
  body: {
    id: string
    object: 'file'
    bytes: number
    created_at: number
    filename: string
    purpose: string
    status: string
  }
  content: string
}

/** Keeps a file. */
export function keepFile(
  resources: ResourceStore,
  {
    id,
    now,
    filename,
    purpose,
    content,
  }: { id: string; now: number; filename: string; purpose: string; content: string },
): StoredFile {
  const created = Math.floor(now / 1_000)
  const bytes = Buffer.byteLength(content)
  const file: StoredFile = {
    body: { id: `file-${id}`, object: 'file', bytes, created_at: created, filename, purpose, status: 'processed' },
    content,
  }
  resources.put(FILES, file.body.id, file, bytes)
  return file
}

/** A file that is kept. */
export const fileOf = (resources: ResourceStore, id: string): StoredFile | undefined =>
  resources.get<StoredFile>(FILES, id)

function withFile({ resources, params }: WireRequest, answer: (file: StoredFile) => object): object {
  const file = fileOf(resources, params['file']!)
  return file
    ? answer(file)
    : ({
        kind: 'not_found',
        message: `No such File object: ${params['file']}`,
        param: 'id',
        code: null,
      } satisfies BadRequest)
}

/** What may be asked of files. */
export const files: readonly Resource[] = [
  resource('POST', '/files', 'files.create', ({ header, text, resources }, context) => {
    const fields = formFields(header('content-type'), text)
    const file = fields.get('file')
    const purpose = fields.get('purpose')?.text
    if (!file) return invalid("Missing required parameter: 'file'.", 'file', 'missing_required_parameter')
    if (!purpose) return invalid("Missing required parameter: 'purpose'.", 'purpose', 'missing_required_parameter')
    const filename = file.filename ?? 'file'
    return keepFile(resources, { id: context.id(), now: context.now(), filename, purpose, content: file.text }).body
  }),
  resource('GET', '/files', 'files.list', (request) => {
    const purpose = request.query.get('purpose')
    const bodies = request.resources.all<StoredFile>(FILES).map(({ body }) => body)
    return pageOf(purpose === null ? bodies : bodies.filter((body) => body.purpose === purpose), request)
  }),
  resource('GET', '/files/{file}', 'files.retrieve', (request) => withFile(request, ({ body }) => body)),
  resource('GET', '/files/{file}/content', 'files.content', (request, context) =>
    withFile(request, ({ content }): WireResponse => ({
      ...jsonResponse(null, { ...commonHeaders(context.id(), {}), 'content-type': 'application/octet-stream' }),
      body: content,
    })),
  ),
  resource('DELETE', '/files/{file}', 'files.delete', (request) =>
    withFile(request, ({ body: { id } }) => {
      request.resources.remove(FILES, id)
      return { id, object: 'file', deleted: true }
    }),
  ),
]
