import { spawn, type ChildProcess } from 'node:child_process'
import { on, once } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { daemonOfCommands, MAIN, type Data } from '../../given/daemon.ts'

const { start, home, env } = daemonOfCommands()

describe('the WebSocket bridge', { timeout: 60_000 }, () => {
  let bridge: ChildProcess
  let url = ''
  let token = ''
  beforeAll(async () => {
    bridge = spawn(process.execPath, [MAIN, 'bridge', '--port', '0'], { env })
    for await (const line of createInterface(bridge.stdout!)) {
      url = /answers at (ws:\S+)/.exec(line)?.[1] ?? url
      token = /without it: ([0-9a-f]+)$/.exec(line)?.[1] ?? token
      if (token !== '') break
    }
  })
  afterAll(async () => {
    bridge.kill('SIGTERM')
    await once(bridge, 'exit')
  })

  /** The next messages of a client. */
  const messages = async (client: WebSocket, count: number): Promise<Data[]> => {
    const said: Data[] = []
    while (said.length < count) said.push(JSON.parse(String((await once(client, 'message'))[0])) as Data)
    return said
  }

  test('greets, hands requests on, and renames what is pushed', async () => {
    const client = new WebSocket(url, token)
    const [hello] = await messages(client, 1)
    expect(hello).toMatchObject({
      event: 'bridge:connected',
      data: { suggested_client_id: expect.any(String) as string },
    })
    client.send(JSON.stringify({ event: 'system:health', correlation_id: 'w' }, null, 2))
    expect(await messages(client, 1)).toMatchObject([
      { event: 'system:health', correlation_id: 'w', data: { status: 'healthy' } },
    ])
    client.send(JSON.stringify({ event: 'monitor:subscribe', data: { event_patterns: ['gather.started'] } }))
    await messages(client, 1)
    const pushed = messages(client, 1)
    const id = await start({ max_rounds: 1 })
    expect(await pushed).toMatchObject([{ event: 'gather.started', orchestration_id: id }])
    client.close()
  })

  test('answers what a client asks as soon as it is open, behind its greeting', async () => {
    const client = new WebSocket(url, token)
    client.on('open', () => client.send(JSON.stringify({ event: 'system:health', correlation_id: 'soon' })))
    expect(await messages(client, 2)).toMatchObject([
      { event: 'bridge:connected' },
      { event: 'system:health', correlation_id: 'soon', data: { status: 'healthy' } },
    ])
    client.close()
  })

  test('another origin is closed with code 1008, a known one is not', async () => {
    const foreign = new WebSocket(url, { origin: 'https://example.com' })
    const [code] = (await once(foreign, 'close')) as [number]
    expect(code).toBe(1008)
    const known = new WebSocket(url, { origin: 'http://localhost:3000' })
    expect(await messages(known, 1)).toMatchObject([{ event: 'bridge:connected' }])
    known.close()
  })

  test('a program without the token is closed with code 1008, and one with a wrong token too', async () => {
    for (const [address, protocols] of [
      [url, []],
      [`${url}/?token=${'0'.repeat(token.length)}`, []],
      [url, ['0'.repeat(token.length)]],
    ] as const) {
      const [code] = (await once(new WebSocket(address, [...protocols]), 'close')) as [number]
      expect(code).toBe(1008)
    }
    const known = new WebSocket(`${url}/?token=${token}`)
    expect(await messages(known, 1)).toMatchObject([{ event: 'bridge:connected' }])
    known.close()
    const file = join(home, 'var/run/bridge_token')
    expect(readFileSync(file, 'utf8').trim()).toBe(token)
    expect(statSync(file).mode & 0o077).toBe(0)
  })

  test('a page without the token may look, and change nothing', async () => {
    const page = new WebSocket(url, { origin: 'http://localhost:8080' })
    await messages(page, 1)
    // What is pushed to those who subscribe may come before an answer, and with it.
    const arriving = on(page, 'message')
    const answerTo = async (id: string): Promise<unknown> => {
      for (;;) {
        const { value } = (await arriving.next()) as { value: [Buffer] }
        const message = JSON.parse(String(value[0])) as { correlation_id?: string }
        if (message.correlation_id === id) return message
      }
    }
    for (const event of ['orchestration:list', 'agent:health', 'monitor:subscribe', 'state:entity:query']) {
      page.send(JSON.stringify({ event, correlation_id: event }))
      expect(await answerTo(event)).toMatchObject({
        event,
        data: { _response_id: expect.stringMatching(/^resp_/) as string },
      })
    }
    for (const event of ['orchestration:load_pattern', 'orchestration:start', 'system:shutdown', 'agent:terminate']) {
      page.send(JSON.stringify({ event, data: { pattern: 'session_recovery', all: true }, correlation_id: event }))
      expect(await answerTo(event)).toMatchObject({
        event,
        data: { status: 'failed', error: expect.stringMatching(/^A page without the token is read-only/) as string },
      })
    }
    page.close()
  })
})
