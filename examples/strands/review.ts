import { Agent, Graph, tool, type TextBlock } from '@strands-agents/sdk'
import { z } from 'zod'

const readFile = tool({
  name: 'read_file',
  description: 'Reads a file of the change.',
  inputSchema: z.object({ path: z.string() }),
  callback: ({ path }) => `// ${path}\nexport const answer = 42`,
})

const reviewer = (id: string, systemPrompt: string) =>
  new Agent({ id, name: id, systemPrompt, tools: [readFile], printer: false })

/** Three reviewers at once; the lead has the last word when all have spoken. */
const graph = () =>
  new Graph({
    nodes: [
      reviewer('security', 'You review changes for security.'),
      reviewer('speed', 'You review changes for speed.'),
      reviewer('style', 'You review changes for style.'),
      new Agent({ id: 'lead', name: 'lead', systemPrompt: 'You lead the review, and decide.', printer: false }),
    ],
    edges: [
      ['security', 'lead'],
      ['speed', 'lead'],
      ['style', 'lead'],
    ],
    nodeTimeout: 90_000,
  })

/**
 * What the lead says to a change.
 *
 * @throws Error naming who has failed: the lead is not asked then
 */
export async function review(change: string): Promise<string> {
  const { status, content, results } = await graph().invoke(change)
  if (status !== 'COMPLETED') {
    const failed = results.filter((result) => result.status !== 'COMPLETED')
    throw new Error(`No review: ${failed.map(({ nodeId, error }) => `${nodeId}: ${error?.message}`).join('; ')}`)
  }
  return content.map((block) => (block as TextBlock).text).join('')
}
