/**
 * Runs the resource tests of a checkout of https://github.com/openai/openai-node against a server of longhaul, for the
 * endpoints that are simulated. Nothing of the checkout is kept: its tests are copied to a temporary folder, and the ids
 * that they make up are replaced by those of things that the server has.
 *
 *   node tests/conformance/openai-node.ts <checkout>
 */
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import OpenAI, { toFile } from 'openai'
import { startVitest } from 'vitest/node'
import { startClock } from '../../src/clock/index.ts'
import { startServer } from '../../src/mount/server.ts'
import { Provider } from '../../src/provider/index.ts'
import { KeyedRandom } from '../../src/random/index.ts'
import { Trace } from '../../src/trace/index.ts'

const FILES = [
  ...['chat/completions/*', 'completions', 'embeddings', 'models', 'moderations', 'files', 'batches'],
  ...['responses/*', 'conversations/*'],
].map((name) => `tests/api-resources/${name}.test.ts`)

const [checkout] = process.argv.slice(2)
if (checkout === undefined) throw new Error('Give the folder of a checkout of openai-node.')

const clock = startClock({ kind: 'real' })
const root = resolve(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'longhaul-openai-node-'))
symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
const tests = globSync(FILES, { cwd: resolve(checkout) })
/** Models that the tests name, which may be newer than the table of prices. */
const models = new Set(
  tests.flatMap((file) =>
    [...readFileSync(join(checkout, file), 'utf8').matchAll(/model: '([^']+)'/g)].map(([, name]) => name!),
  ),
)
const provider = new Provider(
  {
    latency: 0,
    models: Object.fromEntries([...models].map((name) => [name, { prices: { input: 1, output: 1 } }])),
  },
  { clock, trace: new Trace(() => clock.now()), random: new KeyedRandom(1) },
)
const server = await startServer(provider)
const client = new OpenAI({ apiKey: 'test', baseURL: server.baseURLs.openai })

/** Makes what the tests ask for by ids of their own. */
async function made(): Promise<Record<string, () => Promise<string>>> {
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

const ids = await made()
for (const file of tests) {
  const parts = readFileSync(join(checkout, file), 'utf8').split(/(?=\n {2}test\()/)
  const written: string[] = []
  // Each test has things of its own, as some delete them.
  for (let text of parts) {
    for (const [id, make] of Object.entries(ids))
      if (text.includes(`'${id}'`)) text = text.replaceAll(`'${id}'`, `'${await make()}'`)
    written.push(text)
  }
  cpSync(join(checkout, file), join(folder, file), { recursive: true })
  writeFileSync(join(folder, file), written.join(''))
}
process.env['TEST_API_BASE_URL'] = server.baseURLs.openai
const vitest = await startVitest('test', [], {
  root: folder,
  config: false,
  globals: true,
  watch: false,
  include: ['**/*.test.ts'],
})
const all = vitest.state.getTestModules().flatMap((module) => [...module.children.allTests()])
const passed = all.filter((test) => test.result().state === 'passed')
await vitest.close()
await server.close()
rmSync(folder, { recursive: true, force: true })
console.log(
  `${passed.length} of ${all.length} tests of openai-node pass (${Math.round((100 * passed.length) / all.length)} %).`,
)
process.exit(0)
