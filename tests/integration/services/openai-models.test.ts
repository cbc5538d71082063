import OpenAI, { NotFoundError } from 'openai'
import { describeOrchestration } from 'longhaul'

describeOrchestration(
  'a client that asks for models',
  { system: async () => undefined, provider: { models: { 'my-own': { prices: { input: 1, output: 2 } } } } },
  (test) => {
    test('gets those of the table of prices and those that are set up', async ({ expect, trace }) => {
      const client = new OpenAI({ apiKey: 'test' })
      const ids: string[] = []
      for await (const { id } of client.models.list()) ids.push(id)
      expect(ids).toEqual(expect.arrayContaining(['gpt-4o', 'my-own']))
      expect(await client.models.retrieve('my-own')).toMatchObject({
        id: 'my-own',
        object: 'model',
        owned_by: 'openai',
      })
      expect(trace.ofType('resource.answered')).toMatchObject([
        { operation: 'models.list', status: 200 },
        { operation: 'models.retrieve', path: '/v1/models/my-own', status: 200 },
      ])
    })

    test('is told that there is none by that name', async ({ expect }) => {
      const client = new OpenAI({ apiKey: 'test' })
      await expect(client.models.retrieve('no-such')).rejects.toBeInstanceOf(NotFoundError)
    })
  },
)
