import { predict as predicted, predictionText, type Prediction } from '../reality/index.ts'
import { loadPattern, resolveVariables } from '../pattern/index.ts'
import { numberIn, UsageError, type Command } from './flags.ts'
import { readLatency } from '../systems/simulated-services.ts'

/** `longhaul predict PATTERN`: says what runs of a pattern will cost and take. */
export const predict: Command = {
  usage: 'predict PATTERN',
  about:
    'Runs a pattern with many seeds in simulated time, and says what its runs cost and take: median, intervals, what the cost goes with, and the budget that 99 % of the runs stay under.',
  flags: {
    runs: { about: 'how many runs the prediction stands on, 10 at least; default: 200', value: 'NUMBER' },
    vars: { about: 'variables of the pattern, as JSON', value: 'JSON' },
    'fail-rate': { about: 'share of calls that fail; default: 0', value: 'SHARE' },
    latency: { about: 'such as 8s or 2s..30s; default: a median of 4s, 12s in one call of twenty', value: 'LATENCY' },
    seed: { about: 'the first seed; default: 1', value: 'NUMBER' },
    compare: { about: 'another pattern, to be predicted beside it', value: 'PATTERN' },
    json: { about: 'prints JSON' },
  },
  async run({ words, flags }) {
    const [pattern] = words
    if (pattern === undefined || words.length > 1) throw new UsageError('longhaul predict needs one pattern.')
    const runs = numberIn('--runs', flags['runs'] ?? '200', { least: 10, most: 100_000, whole: true })
    const firstSeed = numberIn('--seed', flags['seed'] ?? '1', { least: 0, most: Number.MAX_SAFE_INTEGER, whole: true })
    const failRate = numberIn('--fail-rate', flags['fail-rate'] ?? '0', { least: 0, most: 1 })
    const { latency } = flags
    const vars = varsIn(flags['vars'])
    const predictions: Record<string, Prediction> = {}
    const names = [pattern, ...(flags['compare'] === undefined ? [] : [flags['compare']])]
    // What is no pattern, or a wrong one, is told before anything runs.
    for (const name of names) resolveVariables(loadPattern(name), vars ?? {})
    for (const name of names)
      predictions[name] = await predicted(
        name,
        {
          pattern: name,
          provider: { failRate, ...(latency !== undefined && { latency: readLatency(latency) }) },
          ...(vars && { vars }),
        },
        { runs, firstSeed, onRun: progress(name) },
      )
    if (flags['json'] !== undefined) return void process.stdout.write(`${JSON.stringify(predictions, null, 2)}\n`)
    const texts = Object.entries(predictions).map(([name, of]) => predictionText(name, of))
    process.stdout.write(`${texts.join('\n\n')}\n`)
  },
}

function varsIn(text: string | undefined): Record<string, unknown> | undefined {
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // Told below.
  }
  throw new UsageError(`--vars is ${text}. Give a JSON object, such as '{"max_rounds": 10}'.`)
}

/** Says how far it is, where it takes long and somebody looks. */
function progress(name: string): (done: number, of: number) => void {
  const begun = performance.now()
  let told = begun
  return (done, of) => {
    if (!process.stderr.isTTY || performance.now() - told < 2_000) return
    told = performance.now()
    process.stderr.write(`longhaul predict: ${done} of ${of} runs of ${name}\n`)
  }
}
