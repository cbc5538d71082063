import { Orchestrator } from '../../src/orchestrator/index.ts'
import { loadPattern } from '../../src/pattern/index.ts'
import { RunStore } from '../../src/store/index.ts'
import { Trace } from '../../src/trace/index.ts'

/** Begins a run, or goes on with it, in a process that is there to be killed. Prints what it gave, and how many calls were uncertain. */
const [, , file, baseURL, run] = process.argv
const store = new RunStore(file!)
const trace = new Trace(() => Date.now(), 'discard')
trace.onAppend((event) => {
  if (event.type === 'run.resumed') process.stdout.write(`${JSON.stringify({ uncertain: event.uncertain })}\n`)
})
const orchestrator = new Orchestrator(
  loadPattern('fixtures/orchestrations/session_recovery.yaml'),
  { vars: { max_rounds: 12, pause: '5ms' }, run: run!, resume: store.load(run!) !== undefined },
  { services: { openai: { baseURL: baseURL!, format: 'openai' } } },
  { trace, store },
)
const { result } = await orchestrator.run()
process.stdout.write(`${JSON.stringify({ result })}\n`)
