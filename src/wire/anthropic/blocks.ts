import { ANY, having, type Field, type Shape } from '../shape.ts'

// Source of shapes: https://docs.anthropic.com/en/api/messages.

const TEXT_FIELD: Field = { type: 'string', required: true }
const ANYTHING: Shape = { type: 'object', fields: {}, open: true }

/** What is let through beside what the reference names: fields, and kinds of blocks. */
export interface Leeway {
  open?: true
  others?: true
}

/** Results of the service's own tools, which come back as they were told. */
const HOSTED_RESULTS = [
  'web_search_tool_result',
  'web_fetch_tool_result',
  'code_execution_tool_result',
  'bash_code_execution_tool_result',
  'text_editor_code_execution_tool_result',
  'tool_search_tool_result',
]

/** A text, or blocks of these kinds. */
export const textOr = (of: Readonly<Record<string, Shape>>, { others }: Leeway): Shape => ({
  type: 'either',
  of: [{ type: 'string' }, { type: 'array', items: { type: 'tagged', tag: 'type', of, ...(others && { others }) } }],
})

/** What is said in a text. */
export const textBlock = ({ open }: Leeway): Shape => having('type cache_control citations', { text: TEXT_FIELD }, open)

/** What a message may be made of. */
export function messageBlocks(leeway: Leeway): Shape {
  const block = (names: string, read: Readonly<Record<string, Field>> = {}): Shape =>
    having(`type ${names}`, read, leeway.open)
  const text = textBlock(leeway)
  const image = block('cache_control transformations', {
    source: {
      type: 'tagged',
      tag: 'type',
      of: {
        base64: block('', {
          data: TEXT_FIELD,
          media_type: {
            type: 'string',
            among: ['image/jpeg', 'image/png', 'image/gif', 'image/webp'],
            required: true,
          },
        }),
        url: block('', { url: TEXT_FIELD }),
        file: block('', { file_id: TEXT_FIELD }),
      },
      required: true,
    },
  })
  const document = block('cache_control citations context title', {
    source: {
      type: 'tagged',
      tag: 'type',
      of: { base64: ANYTHING, text: ANYTHING, content: ANYTHING, url: ANYTHING, file: ANYTHING },
      required: true,
    },
  })
  const search = block('content source title cache_control citations')
  return textOr(
    {
      text,
      image,
      document,
      search_result: search,
      thinking: block('', { thinking: TEXT_FIELD, signature: TEXT_FIELD }),
      redacted_thinking: block('', { data: TEXT_FIELD }),
      tool_use: block('cache_control caller toolset_name', {
        id: TEXT_FIELD,
        name: TEXT_FIELD,
        input: { ...ANYTHING, required: true },
      }),
      tool_result: block('cache_control toolset_name', {
        tool_use_id: TEXT_FIELD,
        content: textOr(
          {
            text,
            image,
            document,
            search_result: search,
            tool_reference: block('tool_name cache_control'),
            browser_state: block('tabs cache_control state_changes'),
          },
          leeway,
        ),
        is_error: { type: 'boolean' },
      }),
      server_tool_use: block('id input name cache_control caller'),
      container_upload: block('file_id cache_control'),
      ...Object.fromEntries(
        HOSTED_RESULTS.map((name) => [name, block('content tool_use_id cache_control caller', { content: ANY })]),
      ),
    },
    leeway,
  )
}
