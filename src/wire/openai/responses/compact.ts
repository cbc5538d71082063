import type { Reply } from '../../../provider/index.ts'
import { isBad, type Generation } from '../../service.ts'
import { noStream } from '../no-stream.ts'
import { create } from './create.ts'
import { withId } from './item-ids.ts'
import { usageOf, type ResponsesAsked } from './output.ts'
import { asListed } from './stored.ts'

// Source: https://platform.openai.com/docs/api-reference/responses/compact.

/** Characters of what a compacted conversation is said to hold, at most. */
const SEALED = 2_000

/** What the user has said stays, all else becomes one item that only the service reads. */
function outputOf(reply: Reply, { items }: ResponsesAsked): object[] {
  const said = items.filter(({ type, role }) => (type === 'message' || type == null) && role === 'user')
  const sealed = Buffer.from(reply.choices[0].text).toString('base64url').slice(0, SEALED)
  const kept = said.map((item, nth) => withId(asListed(item), `${reply.id}_${nth}`))
  return [...kept, { id: `cmp_${reply.id}`, type: 'compaction', encrypted_content: `gAAAAAB${sealed}` }]
}

/** Makes a long conversation short: a model reads all of it, and its answer stands for what was said. */
export const compact: Generation<ResponsesAsked> = {
  ...create,
  path: '/responses/compact',
  operation: 'responses.compact',

  parse(request) {
    const parsed = create.parse({
      ...request,
      body: { ...request.body, input: request.body['input'] ?? '', stream: false, store: false },
    })
    if (isBad(parsed)) return parsed
    return { call: { ...parsed.call, operation: compact.operation }, asked: parsed.asked }
  },

  whole: (reply, asked) =>
    JSON.stringify({
      id: `resp_${reply.id}`,
      object: 'response.compaction',
      created_at: Math.floor(reply.createdAt / 1_000),
      output: outputOf(reply, asked),
      usage: usageOf(reply),
    }),

  stream: noStream,
  keep: () => {},
}
