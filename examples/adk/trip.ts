import { EXIT_LOOP, InMemoryRunner, LlmAgent, LoopAgent, ParallelAgent, SequentialAgent } from '@google/adk'

const model = 'gemini-flash-latest'
/** By default Gemini's client waits for ever, and tries once. */
const generateContentConfig = { httpOptions: { timeout: 60_000, retryOptions: { attempts: 4 } } }

const scout = (name: string, what: string) =>
  new LlmAgent({
    name,
    model,
    generateContentConfig,
    instruction: `You are the scout for ${what}. Name three.`,
    outputKey: name,
  })

const scouts = new ParallelAgent({
  name: 'scouts',
  subAgents: [scout('trains', 'trains'), scout('rooms', 'rooms'), scout('sights', 'sights')],
})

const writer = new LlmAgent({
  name: 'writer',
  model,
  generateContentConfig,
  instruction: 'You are the writer. Make a plan of {trains?}, {rooms?} and {sights?}. Heed what the critic says.',
  outputKey: 'plan',
})
const critic = new LlmAgent({
  name: 'critic',
  model,
  generateContentConfig,
  instruction: 'You are the critic of this plan: {plan}. Say what is wrong with it, or exit the loop if nothing is.',
  tools: [EXIT_LOOP],
})

const planner = new SequentialAgent({
  name: 'planner',
  subAgents: [scouts, new LoopAgent({ name: 'revision', subAgents: [writer, critic], maxIterations: 3 })],
})

/** What the agents have come to; `errors` are those that ADK tells as events. */
export interface Trip {
  plan: string
  errors: string[]
}

/** Scouts at once, then a writer and a critic in turn, three times at most. */
export async function planTrip(wish: string): Promise<Trip> {
  const runner = new InMemoryRunner({ agent: planner, appName: 'trips' })
  const { id: sessionId } = await runner.sessionService.createSession({ appName: 'trips', userId: 'ann' })
  const errors: string[] = []
  const newMessage = { role: 'user', parts: [{ text: wish }] }
  for await (const event of runner.runAsync({ userId: 'ann', sessionId, newMessage })) {
    if (event.errorCode) errors.push(`${event.author}: ${event.errorCode}`)
  }
  const session = await runner.sessionService.getSession({ appName: 'trips', userId: 'ann', sessionId })
  return { plan: String(session?.state['plan'] ?? ''), errors }
}
