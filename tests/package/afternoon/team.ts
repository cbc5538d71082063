import type Anthropic from '@anthropic-ai/sdk'
import { askAnthropic, askOpenAI, type Means } from './ask.ts'
import { Memory } from './memory.ts'
import { OverBudget, Purse } from './purse.ts'
import { search, searchTool } from './search.ts'
import { UnusableAnswer } from './retries.ts'

const RESEARCHERS = ['researcher-1', 'researcher-2', 'researcher-3', 'researcher-4'] as const
/** A researcher who has found nothing by then is left out. */
const RESEARCH_MS = 20 * 60_000
/** A report stands on the findings of so many researchers at least. */
const ENOUGH = 2
const MAX_DRAFTS = 4
const MAX_SEARCHES = 3

export interface Report {
  readonly text: string
  readonly drafts: number
  /** Whether the reviewer has accepted it; else drafts, or the money, were used up. */
  readonly accepted: boolean
  readonly missing: readonly string[]
  readonly dollars: number
}

/** Is told how the research goes on. */
export interface Observer {
  started?(researchers: readonly string[], withinMs: number): void
  found?(researcher: string): void
  ended?(): void
}

export interface Assignment {
  readonly subject: string
  /** A JSON file: what an earlier life of this team was answered is not asked again. */
  readonly memory: string
  readonly limitDollars?: number
  readonly signal: AbortSignal
  readonly observer?: Observer
}

interface Desk extends Means {
  readonly memory: Memory
}

/** Plans a report, lets four researchers work side by side, writes it, and writes it again until the reviewer accepts it. */
export async function research({
  subject,
  memory: file,
  limitDollars = 1,
  signal,
  observer,
}: Assignment): Promise<Report> {
  const memory = await Memory.open(file)
  const purse = new Purse(limitDollars, spentBefore(memory))
  const desk = { memory, purse, signal }

  const topics = await plan(subject, desk)
  const findings = await findAll(topics, desk, observer)
  const missing = RESEARCHERS.filter((name) => !findings.has(name))
  if (findings.size < ENOUGH)
    throw new Error(`only ${findings.size} of ${RESEARCHERS.length} researchers found anything`)

  const sources = [...findings.values()].join('\n\n')
  const drafts: string[] = []
  const report = (accepted: boolean): Report => {
    return { text: drafts.at(-1)!, drafts: drafts.length, accepted, missing, dollars: purse.spent }
  }
  try {
    let comments = ''
    while (drafts.length < MAX_DRAFTS) {
      drafts.push(await write(subject, sources, drafts, comments, desk))
      const verdict = await review(drafts, desk)
      if (verdict.accept) return report(true)
      comments = verdict.comments
    }
  } catch (error) {
    // A draft is better than nothing.
    if (!(error instanceof OverBudget) || drafts.length === 0) throw error
  }
  return report(false)
}

/** What was paid for what is remembered. */
function spentBefore(memory: Memory): number {
  return memory
    .values()
    .map((value) => (value as { dollars?: number }).dollars ?? 0)
    .reduce((sum, dollars) => sum + dollars, 0)
}

async function plan(subject: string, { memory, ...means }: Desk): Promise<string[]> {
  const { text } = await memory.once('planner', () =>
    askOpenAI(
      'You are the planner. Answer with a JSON list of four topics.',
      `A report on ${subject}.`,
      means,
      topicsOf,
    ),
  )
  return topicsOf(text)
}

function topicsOf(text: string): string[] {
  const topics = parse(text)
  if (!Array.isArray(topics) || topics.length !== RESEARCHERS.length) throw new UnusableAnswer('no list of four topics')
  return topics.map(String)
}

/** What the researchers have found when their time is up, by name. */
async function findAll(topics: string[], desk: Desk, observer: Observer = {}): Promise<Map<string, string>> {
  observer.started?.(RESEARCHERS, RESEARCH_MS)
  const signal = AbortSignal.any([desk.signal, AbortSignal.timeout(RESEARCH_MS)])
  const findings = new Map<string, string>()
  const work = RESEARCHERS.map(async (name, index) => {
    findings.set(name, await find(name, topics[index]!, { ...desk, signal }))
    observer.found?.(name)
  })
  const settled = await Promise.allSettled(work)
  desk.signal.throwIfAborted()
  observer.ended?.()
  const overBudget = settled.find((result) => result.status === 'rejected' && result.reason instanceof OverBudget)
  if (overBudget?.status === 'rejected') throw overBudget.reason
  return findings
}

/** One researcher: asks, searches for what the model wants to know, and asks again. */
async function find(name: string, topic: string, { memory, ...means }: Desk): Promise<string> {
  const instructions = `You are ${name}. Search first, then tell what you have found.`
  const messages: Anthropic.MessageParam[] = [{ role: 'user', content: `Research: ${topic}` }]
  for (let turn = 1; ; turn++) {
    const tools = turn <= MAX_SEARCHES ? [searchTool] : undefined
    const answer = await memory.once(`${name}/${turn}`, () => askAnthropic(instructions, messages, means, { tools }))
    const calls = answer.content.filter((block) => block.type === 'tool_use')
    if (calls.length === 0) return answer.text
    const results = await memory.once(`${name}/${turn}/search`, () =>
      Promise.all(calls.map((call) => search((call.input as { query: string }).query, means.signal))),
    )
    messages.push(
      { role: 'assistant', content: answer.content },
      {
        role: 'user',
        content: calls.map(({ id }, index) => ({ type: 'tool_result', tool_use_id: id, content: results[index]! })),
      },
    )
  }
}

async function write(
  subject: string,
  sources: string,
  drafts: readonly string[],
  comments: string,
  { memory, ...means }: Desk,
): Promise<string> {
  const before = drafts.at(-1)
  const task = before ? `Improve this draft.\n\n${before}\n\nComments: ${comments}` : `Write a report on ${subject}.`
  const { text } = await memory.once(`writer/${drafts.length + 1}`, () =>
    askOpenAI('You are the writer.', `${task}\n\nSources:\n${sources}`, means),
  )
  return text
}

interface Verdict {
  readonly accept: boolean
  readonly comments: string
}

async function review(drafts: readonly string[], { memory, ...means }: Desk): Promise<Verdict> {
  const instructions = 'You are the reviewer. Answer with JSON: {"accept": true or false, "comments": "…"}.'
  const answer = await memory.once(`reviewer/${drafts.length}`, () =>
    askAnthropic(instructions, [{ role: 'user', content: `Review this draft:\n\n${drafts.at(-1)}` }], means, {
      check: (said) => void verdictOf(said),
    }),
  )
  return verdictOf(answer.text)
}

function verdictOf(text: string): Verdict {
  const { accept, comments } = (parse(text) ?? {}) as Partial<Verdict>
  if (typeof accept !== 'boolean') throw new UnusableAnswer('no verdict')
  return { accept, comments: comments ?? '' }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new UnusableAnswer('the answer is no JSON', { cause })
  }
}
