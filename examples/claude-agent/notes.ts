import { createSdkMcpServer, query, tool } from '@anthropic-ai/claude-agent-sdk'
import { randomUUID } from 'node:crypto'
import { z } from 'zod'

const commits = tool('commits', 'Gives the commits since a version.', { since: z.string() }, async ({ since }) => ({
  content: [{ type: 'text', text: `Since ${since}: "Retries wait longer", "A typo".` }],
}))

/** What a release has cost by the CLI's own account, beside its notes. */
export interface Notes {
  text: string
  dollars: number
}

/** Notes on a release. The CLI that the SDK spawns gets this environment, and no other. */
export async function releaseNotes(since: string, env: Record<string, string>): Promise<Notes> {
  const messages = query({
    prompt: `Write notes on the release since ${since}.`,
    options: {
      env,
      cwd: env['HOME'],
      mcpServers: { repository: createSdkMcpServer({ name: 'repository', tools: [commits] }) },
      allowedTools: ['mcp__repository__commits'],
      settingSources: [],
      sessionId: randomUUID(),
      maxTurns: 5,
    },
  })
  for await (const message of messages) {
    if (message.type !== 'result') continue
    if (message.subtype !== 'success') throw new Error(`No notes: ${message.subtype}`)
    return { text: message.result, dollars: message.total_cost_usd }
  }
  throw new Error('The CLI has ended without a result.')
}
