import { once } from 'node:events'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { daemonOfCommands } from '../../given/daemon.ts'

const { talk, ask, start, socket } = daemonOfCommands()

describe('the protocol', { timeout: 60_000 }, () => {
  test('answers in order, with correlation ids', async () => {
    const answers = await talk(
      { event: 'system:health', correlation_id: 'one' },
      { event: 'agent:list', correlation_id: 'two' },
      { event: 'nothing:here' },
      'no json',
      { data: {} },
    )
    expect(answers.map(({ correlation_id: id }) => id)).toEqual(['one', 'two', null, undefined, undefined])
    expect(answers[0]!.data).toMatchObject({
      status: 'healthy',
      _response_id: expect.stringMatching(/^resp_/) as string,
    })
    expect(answers[2]!.data).toMatchObject({ error: 'Unknown event: nothing:here', status: 'failed' })
    expect(answers[3]).toMatchObject({ error: expect.stringContaining('Invalid JSON') as string })
    expect(answers[4]).toEqual({ error: 'Missing event name' })
  })

  test('subscribers get events as they happen', async () => {
    const client = connect(socket)
    await once(client, 'connect')
    client.write(`${JSON.stringify({ event: 'monitor:subscribe', data: { event_patterns: ['gather.*'] } })}\n`)
    const names: string[] = []
    const id = await start({ max_rounds: 2, pause: '50ms' })
    for await (const line of createInterface(client)) {
      const { event_name: name, orchestration_id: of } = JSON.parse(line) as {
        event_name?: string
        orchestration_id?: string
      }
      if (name && of === id) names.push(name)
      if (names.filter((each) => each === 'gather.ended').length === 1) break
    }
    client.destroy()
    expect(names).toContain('gather.ended')
    expect(names.every((name) => name.startsWith('gather.'))).toBe(true)
  })

  test('garbage does not stop it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('latin1')),
        ),
        async (text) => {
          const line = text.replaceAll(/[\r\n]/g, ' ')
          if (line.trim() === '') return
          const [answer] = await talk(line)
          expect(answer).toBeTypeOf('object')
        },
      ),
      { numRuns: 100, seed: 1 },
    )
    expect(await ask('system:health')).toMatchObject({ status: 'healthy' })
  })

  test('a line without end closes its connection, not the daemon', async () => {
    const client = connect(socket)
    client.on('error', () => {})
    client.resume()
    client.write('x'.repeat(2 * 1024 * 1024))
    // Broken pipe or closed in good order: what counts is that it is closed.
    await new Promise((closed) => client.once('close', closed))
    expect(await ask('system:health')).toMatchObject({ status: 'healthy' })
  })
})
