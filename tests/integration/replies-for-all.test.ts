import OpenAI from 'openai'
import { describeOrchestration, json, sequence, toolCall, type ReplySource } from 'longhaul'

const client = new OpenAI({ apiKey: 'test' })
const tools = [
  { type: 'function' as const, function: { name: 'search', parameters: { type: 'object', properties: {} } } },
]

/** Two questions, one after the other; each answer is its text, or the name of the tool that it calls. */
const system = async (): Promise<string[]> => {
  const said: string[] = []
  for (const content of ['One?', 'Two?']) {
    const { choices } = await client.chat.completions.create({
      model: 'gpt-4o',
      user: 'ann',
      messages: [{ role: 'user', content }],
      tools,
    })
    const [call] = choices[0]!.message.tool_calls ?? []
    said.push(call?.type === 'function' ? call.function.name : choices[0]!.message.content!)
  }
  return said
}

const REPLIES: Readonly<Record<string, { replies: ReplySource; said: string[] }>> = {
  'a text': { replies: 'Yes.', said: ['Yes.', 'Yes.'] },
  'a sequence': { replies: sequence('Yes.', 'No.'), said: ['Yes.', 'No.'] },
  'a list, which is said turn by turn': { replies: ['Yes.', 'No.'], said: ['Yes.', 'Yes.'] },
  'a call of a tool': { replies: toolCall('search', {}), said: ['search', 'search'] },
  JSON: { replies: json({ a: 1 }), said: ['{"a":1}', '{"a":1}'] },
  'a function': { replies: ({ prompt }) => prompt, said: ['One?', 'Two?'] },
}

for (const [name, { replies, said }] of Object.entries(REPLIES))
  describeOrchestration(`provider.replies: ${name}`, { system, provider: { replies } }, (test) => {
    test('answers all calls', async ({ run, expect }) => {
      expect((await run()).result).toEqual(said)
    })
  })
