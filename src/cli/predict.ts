import {
  InvalidPredictionError,
  modelsText,
  predict as predicted,
  predictionText,
  type ModelPredictions,
  type Prediction,
} from '../reality/index.ts'
import { loadPattern, resolveVariables } from '../pattern/index.ts'
import { numberIn, UsageError, type Command } from './flags.ts'
import { functionsIn } from './functions.ts'
import type { PatternOptions } from '../simulation/options.ts'
import { writePredictions } from './predict-html.ts'
import { readLatency } from '../systems/simulated-services.ts'

/** `longhaul predict PATTERN`: says what runs of a pattern will cost and take. */
export const predict: Command = {
  usage: 'predict PATTERN',
  about:
    'Runs a pattern with many seeds in simulated time, and reports the cost and duration of its runs: median, intervals, cost drivers, and the budget that is sufficient for 99 % of the runs. Reports the most frequent failure, and exits with 1 if no run completes.',
  flags: {
    runs: { about: 'number of simulated runs, at least 10; default: 200', value: 'NUMBER' },
    vars: { about: 'variables of the pattern, as JSON', value: 'JSON' },
    'fail-rate': { about: 'share of calls that fail; default: 0', value: 'SHARE' },
    latency: {
      about: 'latency of answers, such as 8s or 2s..30s; default: a median of 4s, 12s in one call of twenty',
      value: 'LATENCY',
    },
    seed: { about: 'the first seed; default: 1', value: 'NUMBER' },
    compare: { about: 'another pattern to predict, for comparison', value: 'PATTERN' },
    models: { about: 'models to run the pattern on, in place of its own: a,b,c', value: 'MODELS' },
    functions: { about: 'a module with functions for CALL', value: 'FILE' },
    html: { about: 'also writes an HTML page', value: 'FILE' },
    json: { about: 'prints JSON' },
  },
  async run({ words, flags }) {
    const [pattern] = words
    if (pattern === undefined || words.length > 1) throw new UsageError('longhaul predict needs one pattern.')
    const runs = numberIn('--runs', flags['runs'] ?? '200', { least: 10, most: 100_000, whole: true })
    const firstSeed = numberIn('--seed', flags['seed'] ?? '1', { least: 0, most: Number.MAX_SAFE_INTEGER, whole: true })
    const failRate = numberIn('--fail-rate', flags['fail-rate'] ?? '0', { least: 0, most: 1 })
    const { latency, compare, html, functions } = flags
    const models = modelsIn(flags['models'])
    if (models && compare !== undefined)
      throw new UsageError('--compare and --models exclude each other. Run longhaul predict --models for each pattern.')
    const vars = varsIn(flags['vars'])
    const names = [pattern, ...(compare === undefined ? [] : [compare])]
    // What is no pattern, or a wrong one, is told before anything runs.
    for (const name of names) resolveVariables(loadPattern(name), vars ?? {})
    const given = functions === undefined ? undefined : await functionsIn(functions)
    const optionsOf = (name: string) => ({
      pattern: name,
      provider: { failRate, ...(latency !== undefined && { latency: readLatency(latency) }) },
      ...(vars && { vars }),
      ...(given && { orchestrator: { functions: given } }),
    })
    const seeds = { runs, firstSeed }
    const predictions: Record<string, Prediction> = {}
    if (models) Object.assign(predictions, await onEach(pattern, optionsOf(pattern), { ...seeds, models }))
    else
      for (const name of names)
        predictions[name] = await predicted(name, optionsOf(name), { ...seeds, onRun: progress(name) })
    if (Object.values(predictions).some(({ completed }) => completed === 0)) process.exitCode = 1
    if (html !== undefined) writePredictions(html, names.join(', '), predictions)
    if (flags['json'] !== undefined) return void process.stdout.write(`${JSON.stringify(predictions, null, 2)}\n`)
    const texts = models
      ? [modelsText(pattern, predictions)]
      : Object.entries(predictions).map(([name, of]) => predictionText(name, of))
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

/** A pattern on each of the models. */
async function onEach(
  name: string,
  options: PatternOptions,
  given: { runs: number; firstSeed: number; models: readonly string[] },
): Promise<ModelPredictions> {
  try {
    return await predicted(name, options, { ...given, onRun: progress(name) })
  } catch (error) {
    throw error instanceof InvalidPredictionError ? new UsageError(`--${error.message}`) : error
  }
}

function modelsIn(text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined
  const models = text.split(',').map((model) => model.trim())
  if (models.every((model) => model !== '')) return models
  throw new UsageError(`--models is ${JSON.stringify(text)}. Give names of models, such as gpt-4o,claude-haiku-4-5.`)
}

/** Says how far it is, where it takes long and somebody looks. */
function progress(name: string): (done: number, of: number, model?: string) => void {
  // The monotonic clock has gone on with simulated time.
  let told = Date.now()
  return (done, of, model) => {
    if (!process.stderr.isTTY || Date.now() - told < 2_000) return
    told = Date.now()
    process.stderr.write(`longhaul predict: ${done} of ${of} runs of ${name}${model ? ` on ${model}` : ''}\n`)
  }
}
