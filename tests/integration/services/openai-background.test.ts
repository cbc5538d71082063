import OpenAI, { AuthenticationError, NotFoundError, RateLimitError } from 'openai'
import { expect } from 'vitest'
import { describeOrchestration } from 'longhaul'

const client = new OpenAI({ apiKey: 'test', maxRetries: 0 })
const system = async () => undefined
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** An answer, when it is there. */
async function finished(id: string): Promise<OpenAI.Responses.Response> {
  for (;;) {
    const response = await client.responses.retrieve(id)
    if (response.status !== 'queued' && response.status !== 'in_progress') return response
    await pause(60_000)
  }
}

describeOrchestration(
  'an answer in the background',
  { system, provider: { latency: '20m', replies: 'Done at last.', agents: { quick: { latency: '1s' } } } },
  (test) => {
    test('is queued at once, and fetched when it is there', async ({ clock }) => {
      let response = await client.responses.create({ model: 'gpt-4o', input: 'Think.', background: true })
      expect(response.status).toBe('queued')
      expect(clock.now()).toBeLessThan(1_000)
      while (response.status === 'queued' || response.status === 'in_progress') {
        await new Promise((resolve) => setTimeout(resolve, 60_000))
        response = await client.responses.retrieve(response.id)
      }
      expect(response).toMatchObject({ status: 'completed', output_text: 'Done at last.' })
      expect(clock.now()).toBeGreaterThan(20 * 60_000)
    })

    test('has been completed when it was whole', async () => {
      const { id, created_at: created } = await client.responses.create({
        model: 'gpt-4o',
        input: 'Think.',
        background: true,
      })
      const response = await finished(id)
      expect(response.created_at).toBe(created)
      expect((response as { completed_at?: number }).completed_at).toBe(created + 20 * 60)
    })

    test('cannot be gone on with before it is whole', async () => {
      const { id } = await client.responses.create({ model: 'gpt-4o', input: 'Think.', background: true })
      const next = { model: 'gpt-4o', previous_response_id: id, input: 'And then?' }
      await expect(client.responses.create(next)).rejects.toMatchObject({
        status: 400,
        code: 'previous_response_not_found',
      })
      await finished(id)
      expect((await client.responses.create({ ...next, user: 'quick' })).status).toBe('completed')
    })

    test.for([
      ['unauthorized', AuthenticationError, 401],
      ['rate_limited', RateLimitError, 429],
      ['quota_exhausted', RateLimitError, 429],
      ['model_retired', NotFoundError, 404],
    ] as const)(
      'is refused at once where its request is not taken in: %s',
      async ([fault, kind, status], { provider, clock }) => {
        provider.failNext(1, fault)
        const refused = client.responses.create({ model: 'gpt-4o', input: 'Think.', background: true })
        await expect(refused).rejects.toBeInstanceOf(kind)
        await expect(refused).rejects.toMatchObject({ status })
        expect(clock.now()).toBeLessThan(1_000)
      },
    )

    test('is refused at once by a model that nobody has', async () => {
      const refused = client.responses.create({ model: 'nobody-1', input: 'Think.', background: true, stream: true })
      await expect(refused).rejects.toBeInstanceOf(NotFoundError)
    })

    test('fails later where the service breaks down', async ({ provider }) => {
      provider.failNext(1, 'server_error')
      const { id } = await client.responses.create({ model: 'gpt-4o', input: 'Think.', background: true })
      expect(await finished(id)).toMatchObject({ status: 'failed', error: { code: 'server_error' } })
      await expect(
        client.responses.create({ model: 'gpt-4o', previous_response_id: id, input: 'x' }),
      ).rejects.toMatchObject({ code: 'previous_response_not_found' })
    })

    test('is cancelled, and billed no further', async ({ provider }) => {
      const { id } = await client.responses.create({ model: 'gpt-4o', input: 'Think.', background: true })
      expect(await client.responses.cancel(id)).toMatchObject({ status: 'cancelled' })
      expect(await client.responses.retrieve(id)).toMatchObject({ status: 'cancelled' })
      expect(provider.openCalls).toBe(0)
    })
  },
)

describeOrchestration(
  'a stream in the background',
  { system, provider: { latency: '10m', replies: 'Done at last, as one may say.' } },
  (test) => {
    const body = { model: 'gpt-4o', input: 'Think.', background: true, stream: true } as const

    test('begins at once, and ends with the whole answer', async ({ clock }) => {
      const stream = await client.responses.create(body)
      expect(clock.now()).toBeLessThan(1_000)
      const events: OpenAI.Responses.ResponseStreamEvent[] = []
      for await (const event of stream) events.push(event)
      expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_, index) => index))
      expect(events.slice(0, 3).map(({ type }) => type)).toEqual([
        'response.created',
        'response.queued',
        'response.in_progress',
      ])
      expect(events.at(-1)).toMatchObject({ type: 'response.completed', response: { status: 'completed' } })
    })

    test('outlives its client, who reads on where it stopped', async ({ trace }) => {
      const stream = await client.responses.create(body)
      let id = ''
      let last = -1
      for await (const event of stream) {
        if (event.type === 'response.created') id = event.response.id
        last = event.sequence_number
        if (event.type === 'response.output_text.delta') break
      }
      await pause(60_000)
      const rest: OpenAI.Responses.ResponseStreamEvent[] = []
      for await (const event of await client.responses.retrieve(id, { stream: true, starting_after: last }))
        rest.push(event)
      expect(rest[0]!.sequence_number).toBe(last + 1)
      expect(rest.at(-1)!.type).toBe('response.completed')
      expect(await client.responses.retrieve(id)).toMatchObject({ output_text: 'Done at last, as one may say.' })
      expect(trace.ofType('call.failed')).toEqual([])
    })

    test('is read again by whoever comes when it is over', async () => {
      const { id } = await client.responses.create({ ...body, stream: true }).then(async (stream) => {
        let response: OpenAI.Responses.Response | undefined
        for await (const event of stream) if ('response' in event) response = event.response
        return response!
      })
      const again: string[] = []
      for await (const event of await client.responses.retrieve(id, { stream: true })) again.push(event.type)
      expect(again[0]).toBe('response.created')
      expect(again.at(-1)).toBe('response.completed')
    })

    test('tells a failure as its last event', async ({ provider }) => {
      provider.failNext(1, 'reset_midway')
      const types: string[] = []
      for await (const event of await client.responses.create(body)) types.push(event.type)
      expect(types.at(-1)).toBe('response.failed')
    })

    test('is read from a number on that is still to come', async () => {
      const stream = await client.responses.create(body)
      let id = ''
      for await (const event of stream) {
        if (event.type === 'response.created') id = event.response.id
        if (event.type === 'response.queued') break
      }
      const rest: number[] = []
      for await (const event of await client.responses.retrieve(id, { stream: true, starting_after: 5 }))
        rest.push(event.sequence_number)
      expect(rest[0]).toBe(6)
    })

    test('ends for whoever reads it when its response is deleted', async () => {
      const types: string[] = []
      for await (const event of await client.responses.create(body)) {
        types.push(event.type)
        if (event.type === 'response.created') await client.responses.delete(event.response.id)
      }
      expect(types).toEqual(['response.created', 'response.queued'])
    })

    test('is only there for who has asked for it', async () => {
      const plain = await client.responses.create({ model: 'gpt-4o', input: 'x', background: true })
      await expect(client.responses.retrieve(plain.id, { stream: true })).rejects.toThrow(
        'This response cannot be streamed because it was not created with stream=true.',
      )
    })
  },
)

describeOrchestration(
  'a system that leaves work to the service',
  {
    provider: { latency: '10m', replies: 'Done.' },
    async system() {
      await client.responses.create({ model: 'gpt-4o', input: 'Think.', background: true })
      const line = { custom_id: 'a', method: 'POST', url: '/v1/chat/completions' }
      const body = { model: 'gpt-4o', messages: [{ role: 'user', content: 'x' }] }
      const file = await client.files.create({
        file: new File([JSON.stringify({ ...line, body })], 'a.jsonl'),
        purpose: 'batch',
      })
      await client.batches.create({
        input_file_id: file.id,
        endpoint: '/v1/chat/completions',
        completion_window: '24h',
      })
    },
  },
  (test) => {
    test('leaves no orphans behind', async ({ run, sleep, trace }) => {
      await run()
      await sleep('2h')
      expect(trace.ofType('call.ended')).toHaveLength(2)
      expect(trace.ofType('call.arrived').map(({ detached }) => detached)).toEqual([true, true])
    })
  },
)
