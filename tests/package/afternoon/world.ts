import { delay, http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { json, sequence, toolCall, type ProviderConfig } from 'longhaul'

/** What the writer writes: some 400 tokens. */
export const REPORT = Array.from({ length: 40 }, (_, nth) => `Light ${nth + 1} is seen from ten miles away.`).join(' ')

export const AGENTS = ['planner', 'researcher-1', 'researcher-2', 'researcher-3', 'researcher-4', 'writer', 'reviewer']

const topics = ['light', 'fog', 'storms', 'keepers']

/** A researcher's model searches once, then tells what it has found. */
const researcher = (topic: string) => ({
  reply: sequence(toolCall('search', { query: topic }), `Of ${topic} much is known.`),
})

/** The models of the team: who calls is told by the instructions. */
export const team = {
  latency: '10s',
  identify: ({ messages }) =>
    /^You are (?:the )?([\w-]+)\./.exec(messages.find(({ role }) => role === 'system')?.text ?? '')?.[1],
  agents: {
    planner: { reply: json(topics) },
    'researcher-1': researcher('light'),
    'researcher-2': researcher('fog'),
    'researcher-3': researcher('storms'),
    'researcher-4': researcher('keepers'),
    writer: { reply: REPORT },
    reviewer: { reply: json({ accept: true, comments: '' }) },
  },
} satisfies ProviderConfig

export const verdicts = {
  reject: json({ accept: false, comments: 'Too short.' }),
  accept: json({ accept: true, comments: '' }),
}

/** The search API: twenty seconds for an answer. */
export const searches = setupServer(
  http.get('https://search.example.com/find', async ({ request }) => {
    await delay(20_000)
    return HttpResponse.json({ found: [`a page about ${new URL(request.url).searchParams.get('q')}`] })
  }),
)
