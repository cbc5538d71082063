import OpenAI, { toFile } from 'openai'
import { expect } from 'vitest'
import { describeOrchestration } from 'longhaul'

const client = new OpenAI({ apiKey: 'test', maxRetries: 0 })

/** A file of requests for chats. */
const requests = (...ids: readonly string[]) =>
  toFile(
    Buffer.from(
      ids
        .map((id) =>
          JSON.stringify({
            custom_id: id,
            method: 'POST',
            url: '/v1/chat/completions',
            body: { model: id.startsWith('wrong') ? 'none' : 'gpt-4o', messages: [{ role: 'user', content: id }] },
          }),
        )
        .join('\n'),
    ),
    'requests.jsonl',
  )

const batchOf = async (...ids: readonly string[]) => {
  const { id } = await client.files.create({ file: await requests(...ids), purpose: 'batch' })
  return client.batches.create({ input_file_id: id, endpoint: '/v1/chat/completions', completion_window: '24h' })
}

/** Asks every ten minutes until a batch has ended. */
async function ended(id: string) {
  for (;;) {
    const batch = await client.batches.retrieve(id)
    if (['completed', 'failed', 'expired', 'cancelled'].includes(batch.status)) return batch
    await new Promise((resolve) => setTimeout(resolve, 600_000))
  }
}

describeOrchestration(
  'a batch',
  { system: async () => undefined, provider: { latency: '30s', replies: ({ prompt }) => `Answer to ${prompt}.` } },
  (test) => {
    test('is worked on within a day, and costs half', async ({ provider }) => {
      const batch = await batchOf('one', 'two', 'wrong-three')
      expect(batch).toMatchObject({ status: 'validating', request_counts: { total: 3, completed: 0 } })
      const over = await ended(batch.id)
      expect(over).toMatchObject({ status: 'completed', request_counts: { total: 3, completed: 2, failed: 1 } })
      const lines = (await (await client.files.content(over.output_file_id!)).text()).trim().split('\n')
      const answers = lines.map(
        (line) => JSON.parse(line) as { custom_id: string; response: { body: OpenAI.ChatCompletion } },
      )
      expect(
        answers.map(({ custom_id: id, response }) => [id, response.body.choices[0]!.message.content]).toSorted(),
      ).toEqual([
        ['one', 'Answer to one.'],
        ['two', 'Answer to two.'],
      ])
      const failed = await (await client.files.content(over.error_file_id!)).text()
      expect(JSON.parse(failed)).toMatchObject({ custom_id: 'wrong-three', response: { status_code: 404 } })

      const half = Number(provider.ledger.total.cost)
      await client.chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content: 'one' }] })
      const single = Number(provider.ledger.total.cost) - half
      expect(half / single).toBeCloseTo(1, 2)
    })

    test('has the same answers where they come in fragments', async ({ provider }) => {
      provider.failNext(2, 'fragmented')
      const over = await ended((await batchOf('Grüße aus 東京', 'Zürich')).id)
      const text = await (await client.files.content(over.output_file_id!)).text()
      for (const word of ['Answer to Grüße aus 東京.', 'Answer to Zürich.']) expect(text).toContain(word)
    })

    test('expires where it takes longer than a day', async ({ provider, clock }) => {
      provider.failNext(1_000, 'hang')
      const { id } = await batchOf('one')
      expect(await ended(id)).toMatchObject({ status: 'expired', request_counts: { completed: 0 } })
      expect(clock.now()).toBeGreaterThanOrEqual(24 * 3_600_000)
    })

    test('fails where a line of its file is wrong', async () => {
      const file = await client.files.create({
        file: await toFile(Buffer.from('{"custom_id": 1}'), 'x.jsonl'),
        purpose: 'batch',
      })
      const { id } = await client.batches.create({
        input_file_id: file.id,
        endpoint: '/v1/chat/completions',
        completion_window: '24h',
      })
      expect(await ended(id)).toMatchObject({
        status: 'failed',
        errors: { data: [{ line: 1, code: 'missing_required_parameter' }] },
      })
    })

    test('is cancelled before it is begun', async () => {
      const { id } = await batchOf('one')
      expect(await client.batches.cancel(id)).toMatchObject({ status: 'cancelled' })
      const all: string[] = []
      for await (const batch of client.batches.list()) all.push(batch.id)
      expect(all).toEqual([id])
    })
  },
)

describeOrchestration('files', { system: async () => undefined }, (test) => {
  test('are kept, listed, read and deleted', async () => {
    const file = await client.files.create({
      file: await toFile(Buffer.from('äöü\nzwei'), 'text.txt'),
      purpose: 'user_data',
    })
    expect(file).toMatchObject({ filename: 'text.txt', bytes: 11, purpose: 'user_data', object: 'file' })
    expect(await (await client.files.content(file.id)).text()).toBe('äöü\nzwei')
    expect((await client.files.list()).data.map(({ id }) => id)).toEqual([file.id])
    expect(await client.files.delete(file.id)).toMatchObject({ deleted: true })
    await expect(client.files.retrieve(file.id)).rejects.toThrow('404 No such File object')
  })
})
