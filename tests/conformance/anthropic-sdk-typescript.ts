/**
 * Runs the resource tests of a checkout of https://github.com/anthropics/anthropic-sdk-typescript against a server of longhaul,
 * for the endpoints that are simulated.
 *
 *   node tests/conformance/anthropic-sdk-typescript.ts <checkout>
 */
import Anthropic from '@anthropic-ai/sdk'
import type { ServerMount } from '../../src/mount/server.ts'
import { runResources } from './resources.ts'

const FILES = ['messages/*', 'models', 'beta/messages/*', 'beta/models'].map(
  (name) => `tests/api-resources/${name}.test.ts`,
)

/** Makes what the tests ask for by ids of their own. */
function made({ baseURLs }: ServerMount): Record<string, () => Promise<string>> {
  const client = new Anthropic({ apiKey: 'test', baseURL: baseURLs.anthropic })
  const params = { model: 'claude-opus-4-6', max_tokens: 16, messages: [{ role: 'user', content: 'x' }] } as const
  return {
    model_id: async () => 'claude-opus-4-6',
    message_batch_id: async () =>
      (
        await client.messages.batches.create({
          requests: [{ custom_id: 'a', params: { ...params, messages: [...params.messages] } }],
        })
      ).id,
  }
}

await runResources(process.argv[2], {
  name: 'anthropic-sdk-typescript',
  files: FILES,
  baseURL: ({ baseURLs }) => baseURLs.anthropic,
  made,
})
