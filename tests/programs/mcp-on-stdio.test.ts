import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { CreateMessageRequestSchema, LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js'
import { describeOrchestration, startServer, type ServerMount } from 'longhaul'
import OpenAI from 'openai'
import { afterAll } from 'vitest'

const orTooLate = <T>(work: Promise<T>): Promise<T | 'too late'> =>
  Promise.race([work, sleep(50_000, 'too late' as const)])

const folder = mkdtempSync(join(tmpdir(), 'longhaul-mcp-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A server with tools that take their time in different ways. */
const SERVER = `
  import { writeFileSync } from 'node:fs'
  import { setTimeout as sleep } from 'node:timers/promises'
  import { Server } from '@modelcontextprotocol/sdk/server/index.js'
  import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
  import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js'

  const server = new Server({ name: 'desk', version: '1.0.0' }, { capabilities: { tools: {}, logging: {} } })
  const tools = {
    async compute() {
      const end = Date.now() + 400
      while (Date.now() < end);
      return 'computed'
    },
    async announce() {
      await server.sendLoggingMessage({ level: 'info', data: 'begun' })
      await sleep(500)
      await server.sendLoggingMessage({ level: 'info', data: 'half done' })
      await sleep(500)
      return 'announced'
    },
    async silence() {
      await sleep(2_500)
      return 'said at last'
    },
    async consult() {
      const response = await fetch(process.env.BASE_URL + '/chat/completions', {
        method: 'POST',
        headers: { authorization: 'Bearer test', 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'May we?' }] }),
      })
      return (await response.json()).choices[0].message.content
    },
    async sample() {
      const { content } = await server.createMessage({ maxTokens: 9, messages: [{ role: 'user', content: { type: 'text', text: 'May we?' } }] })
      return content.text
    },
    hang: () => new Promise(() => {}),
  }
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: Object.keys(tools).map((name) => ({ name, inputSchema: { type: 'object' } })),
  }))
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) => ({
    content: [{ type: 'text', text: await tools[params.name]() }],
  }))
  process.stdin.on('end', async () => {
    await sleep(300)
    if (process.env.FAREWELL) writeFileSync(process.env.FAREWELL, 'bye')
    process.exit()
  })
  // A heartbeat, as many servers have it.
  setInterval(() => {}, 400)
  await server.connect(new StdioServerTransport())
`

interface Desk {
  client: Client
  ask(tool: string): Promise<string>
  heard: unknown[]
}

async function open(env: Record<string, string> = {}, way: 'node' | 'shell' = 'node'): Promise<Desk> {
  const client = new Client({ name: 'test', version: '1.0.0' }, { capabilities: { sampling: {} } })
  const heard: unknown[] = []
  client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => void heard.push(params.data))
  const args = ['--input-type=module', '-e', SERVER]
  await client.connect(
    new StdioClientTransport(
      way === 'node'
        ? { command: process.execPath, args, env }
        : { command: 'sh', args: ['-c', '"$0" "$@"; true', process.execPath, ...args], env },
    ),
  )
  const ask = async (name: string): Promise<string> => {
    const { content } = (await client.callTool({ name })) as { content: { text: string }[] }
    return content[0]!.text
  }
  return { client, ask, heard }
}

const TOOLS: [string, string][] = [
  ['compute', 'computed'],
  ['announce', 'announced'],
  ['silence', 'said at last'],
]

describeOrchestration(
  'tools of an MCP server in a child process',
  {
    system: async () => {
      const { client, ask, heard } = await open()
      const answers: string[] = []
      for (const [tool] of TOOLS) {
        answers.push(await orTooLate(ask(tool)))
        await sleep(3_600_000)
      }
      await client.close()
      return { answers, heard }
    },
  },
  (test) => {
    test('answer in no time, and hours pass between', { timeout: 60_000 }, async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome.result).toEqual({ answers: TOOLS.map(([, answer]) => answer), heard: ['begun', 'half done'] })
      expect(outcome.elapsedMs).toBe(TOOLS.length * 3_600_000)
    })
  },
)

for (const way of ['node', 'shell'] as const) {
  describeOrchestration(
    `an MCP server that is started by ${way}`,
    {
      system: async () => {
        const { client, ask } = await open({ FAREWELL: join(folder, way) }, way)
        const answer = await orTooLate(ask('compute'))
        await client.close()
        return answer
      },
    },
    (test) => {
      test('may clean up when it is closed', { timeout: 60_000 }, async ({ run, expect }) => {
        const outcome = await run()
        expect(outcome.result).toBe('computed')
        expect(existsSync(join(folder, way))).toBe(true)
        expect(outcome.elapsedMs).toBe(0)
      })
    },
  )
}

describeOrchestration(
  'an MCP server that asks a model',
  { provider: { latency: '10s', replies: 'You may.' }, system: async () => {} },
  (test) => {
    let server: ServerMount
    test.beforeEach(async ({ provider }) => {
      server = await startServer(provider)
    })
    test.afterEach(() => server.close())

    test('lets the time pass that the model takes', { timeout: 60_000 }, async ({ clock, expect }) => {
      const { client, ask } = await open({ BASE_URL: server.baseURLs.openai })
      const began = clock.now()
      expect(await orTooLate(ask('consult'))).toBe('You may.')
      expect(clock.now() - began).toBe(10_000)
      await client.close()
    })

    test('does so when the call was given to clock.io, too', { timeout: 60_000 }, async ({ clock, expect }) => {
      const { client, ask } = await open({ BASE_URL: server.baseURLs.openai })
      const began = clock.now()
      expect(await orTooLate(clock.io(ask('consult')))).toBe('You may.')
      expect(clock.now() - began).toBe(10_000)
      await client.close()
    })

    test('may ask its client for an answer of the model', { timeout: 60_000 }, async ({ clock, expect }) => {
      const { client, ask } = await open()
      const openai = new OpenAI({ apiKey: 'test' })
      client.setRequestHandler(CreateMessageRequestSchema, async () => {
        const { choices } = await openai.chat.completions.create({
          model: 'gpt-4o-mini',
          messages: [{ role: 'user', content: 'May we?' }],
        })
        return {
          model: 'gpt-4o-mini',
          role: 'assistant' as const,
          content: { type: 'text' as const, text: choices[0]!.message.content! },
        }
      })
      const began = clock.now()
      expect(await orTooLate(ask('sample'))).toBe('You may.')
      expect(clock.now() - began).toBe(10_000)
      await client.close()
    })
  },
)

describeOrchestration(
  'a tool of an MCP server that never answers',
  {
    system: async () => {
      const { client, ask } = await open()
      const error = await ask('hang').then(
        () => 'answered',
        (reason: Error) => reason.message,
      )
      await client.close()
      return error
    },
  },
  (test) => {
    test('is given up after the minute of the SDK', { timeout: 60_000 }, async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.result).toContain('Request timed out')
      expect(outcome.elapsedMs).toBe(60_000)
    })
  },
)
