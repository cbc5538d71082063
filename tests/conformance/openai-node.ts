/**
 * Runs the resource tests of a checkout of https://github.com/openai/openai-node against a server of longhaul, for the
 * endpoints that are simulated.
 *
 *   node tests/conformance/openai-node.ts <checkout>
 */
import OpenAI, { toFile } from 'openai'
import type { ServerMount } from '../../src/mount/server.ts'
import { runResources } from './resources.ts'

const FILES = [
  ...['chat/completions/*', 'completions', 'embeddings', 'models', 'moderations', 'files', 'batches'],
  ...['responses/*', 'conversations/*', 'realtime/client-secrets'],
].map((name) => `tests/api-resources/${name}.test.ts`)

/** Makes what the tests ask for by ids of their own. */
function made({ baseURLs }: ServerMount): Record<string, () => Promise<string>> {
  const client = new OpenAI({ apiKey: 'test', baseURL: baseURLs.openai })
  const line = { custom_id: 'a', method: 'POST', url: '/v1/chat/completions', body: { model: 'gpt-4o' } }
  const file = async () =>
    (await client.files.create({ file: await toFile(Buffer.from(JSON.stringify(line)), 'a.jsonl'), purpose: 'batch' }))
      .id
  return {
    file_id: file,
    input_file_id: file,
    batch_id: async () =>
      (
        await client.batches.create({
          input_file_id: await file(),
          endpoint: '/v1/chat/completions',
          completion_window: '24h',
        })
      ).id,
    resp_677efb5139a88190b512bc3fef8e535d: async () =>
      (await client.responses.create({ model: 'gpt-4o', input: 'x', background: true })).id,
    response_id: async () => (await client.responses.create({ model: 'gpt-4o', input: 'x' })).id,
    resp_123: async () => (await client.responses.create({ model: 'gpt-4o', input: 'x' })).id,
    conv_123: async () =>
      (
        await client.conversations.create({
          items: [{ type: 'message', role: 'user', content: 'x', id: 'msg_abc' } as never],
        })
      ).id,
    completion_id: async () =>
      (
        await client.chat.completions.create({
          model: 'gpt-4o',
          store: true,
          messages: [{ role: 'user', content: 'x' }],
        })
      ).id,
  }
}

await runResources(process.argv[2], {
  name: 'openai-node',
  files: FILES,
  baseURL: ({ baseURLs }) => baseURLs.openai,
  made,
})
