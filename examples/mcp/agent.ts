import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { CreateMessageRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { fileURLToPath } from 'node:url'
import OpenAI from 'openai'

const SERVER = fileURLToPath(new URL('server.ts', import.meta.url))
const MAX_STEPS = 8
const model = 'gpt-4o-mini'
const openai = new OpenAI()

/** Starts a server of tools, and answers what it asks of our model. */
export async function connect(name: string, env: Record<string, string> = {}): Promise<Client> {
  const client = new Client({ name: 'agent', version: '1.0.0' }, { capabilities: { sampling: {} } })
  client.setRequestHandler(CreateMessageRequestSchema, async ({ params }, { signal }) => {
    const input = params.messages.map(({ content }) => ('text' in content ? content.text : '')).join('\n')
    const metadata = { agent: `${name} server` }
    const { output_text: text } = await openai.responses.create({ model, input, metadata }, { signal })
    return { model, role: 'assistant' as const, content: { type: 'text' as const, text } }
  })
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [SERVER, name], env }))
  return client
}

/** Answers a question with the tools of all servers, whose names stand before those of the tools. */
export async function answer(question: string, servers: Record<string, Client>): Promise<string> {
  const tools: OpenAI.Responses.FunctionTool[] = []
  for (const [name, client] of Object.entries(servers)) {
    for (const tool of (await client.listTools()).tools) {
      const { description = '', inputSchema: parameters } = tool
      tools.push({ type: 'function', name: `${name}__${tool.name}`, description, parameters, strict: false })
    }
  }
  const input: OpenAI.Responses.ResponseInput = [{ role: 'user', content: question }]
  for (let step = 1; step <= MAX_STEPS; step++) {
    const response = await openai.responses.create({ model, input, tools, metadata: { agent: 'agent' } })
    const calls = response.output.filter((item) => item.type === 'function_call')
    if (calls.length === 0) return response.output_text
    input.push(...(response.output as OpenAI.Responses.ResponseInput))
    const results = calls.map(async ({ name, arguments: given, call_id }) => {
      const [server = '', tool = ''] = name.split('__')
      const output = await callTool(servers[server]!, tool, JSON.parse(given))
      return { type: 'function_call_output' as const, call_id, output }
    })
    input.push(...(await Promise.all(results)))
  }
  throw new Error(`There is no answer after ${MAX_STEPS} steps.`)
}

/** What a tool says; also that it has failed, so that the model may do without. */
async function callTool(client: Client, name: string, given: Record<string, unknown>): Promise<string> {
  try {
    const { content } = await client.callTool({ name, arguments: given })
    return (content as { text?: string }[]).map(({ text = '' }) => text).join('\n')
  } catch (error) {
    return `The tool has failed: ${String(error)}`
  }
}
