/** A server of tools on stdio, as a process of its own. */
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'

const PAGES: Record<string, string> = {
  lighthouse: 'The lighthouse was built in 1871, and has been empty since 1962.',
  harbour: 'The harbour silted up twice.',
}
const server = new McpServer({ name: process.argv[2] ?? 'archive', version: '1.0.0' })

server.registerTool(
  'look_up',
  { description: 'Gives the page on a subject.', inputSchema: { subject: z.string() } },
  async ({ subject }) => {
    await sleep(Number(process.env['ARCHIVE_DELAY_MS'] ?? 100))
    return { content: [{ type: 'text', text: PAGES[subject] ?? `There is no page on ${subject}.` }] }
  },
)

// Asks the client's model: the server has none of its own.
server.registerTool(
  'sum_up',
  { description: 'Sums a page up.', inputSchema: { text: z.string() } },
  async ({ text }, { signal }) => {
    const messages = [{ role: 'user' as const, content: { type: 'text' as const, text: `Sum up: ${text}` } }]
    // Whoever gives the tool up gives up what the tool has asked for, too.
    const { content } = await server.server.createMessage({ maxTokens: 200, messages }, { signal })
    return { content: [{ type: 'text', text: content.type === 'text' ? content.text : '' }] }
  },
)

await server.connect(new StdioServerTransport())
