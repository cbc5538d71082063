import { Annotation, Command, END, interrupt, START, StateGraph, type BaseCheckpointSaver } from '@langchain/langgraph'
import { ChatOpenAI } from '@langchain/openai'
import { z } from 'zod'

const DESKS = ['economy', 'sports', 'weather'] as const

const State = Annotation.Root({
  day: Annotation<string>,
  reports: Annotation<string[]>({ reducer: (kept, more) => [...kept, ...more], default: () => [] }),
  paper: Annotation<string>,
  wish: Annotation<string>({ reducer: (_, wish) => wish, default: () => '' }),
  printed: Annotation<boolean>,
})
type Newsroom = typeof State.State

const model = new ChatOpenAI({ model: 'gpt-4o-mini' })
const Plan = z.object({ desks: z.array(z.enum(DESKS)) })

/** Says which desks are still to report; with none the editor has the word. */
async function supervise({ day, reports }: Newsroom) {
  const { desks } = await model.withStructuredOutput(Plan).invoke([
    [
      'system',
      `You lead a newspaper with the desks ${DESKS.join(', ')}. Say which are to report; none if all is there.`,
    ],
    ['user', [day, ...reports].join('\n\n')],
  ])
  return new Command({ goto: desks.length > 0 ? desks : 'editor' })
}

const deskOf =
  (desk: string) =>
  async ({ day }: Newsroom) => {
    const report = await model.invoke([
      ['system', `You report for the ${desk} desk.`],
      ['user', day],
    ])
    return { reports: [`${desk}: ${report.text}`] }
  }

async function edit({ reports, wish }: Newsroom) {
  const paper = await model.invoke([
    ['system', 'You edit a newspaper.'],
    ['user', [...reports, wish].join('\n\n')],
  ])
  return { paper: paper.text }
}

/** What the editor in chief says to a paper. */
export interface Decision {
  approved: boolean
  wish?: string
}

/** Waits for the editor in chief, however long that is. A node of its own: what stands before an interrupt is done again. */
function approve({ paper }: Newsroom) {
  const { approved, wish = '' } = interrupt<string, Decision>(paper)
  return new Command({ update: { wish }, goto: approved ? 'print' : 'editor' })
}

/** A supervisor, desks that report in parallel, an editor, and a person who approves. */
export function newsroom(checkpointer: BaseCheckpointSaver) {
  return new StateGraph(State)
    .addNode('supervisor', supervise, { ends: [...DESKS, 'editor'] })
    .addNode('economy', deskOf('economy'))
    .addNode('sports', deskOf('sports'))
    .addNode('weather', deskOf('weather'))
    .addNode('editor', edit)
    .addNode('approval', approve, { ends: ['print', 'editor'] })
    .addNode('print', () => ({ printed: true }))
    .addEdge(START, 'supervisor')
    .addEdge('economy', 'supervisor')
    .addEdge('sports', 'supervisor')
    .addEdge('weather', 'supervisor')
    .addEdge('editor', 'approval')
    .addEdge('print', END)
    .compile({ checkpointer })
}
