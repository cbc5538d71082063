import { listedModel, listedModels } from '../money/index.ts'
import { nearest } from '../options/index.ts'
import { resolveSettings, targetOf } from '../orchestrator/index.ts'
import type { OrchestrationOptions, PatternOptions } from '../simulation/options.ts'
import { InvalidPredictionError } from './invalid.ts'

/**
 * The options of a pattern, for each model to be run on it.
 *
 * @throws InvalidPredictionError for a system in code, and for a model that is in no price table and in no settings
 */
export function onModels(options: OrchestrationOptions, models: readonly string[]): Record<string, PatternOptions> {
  if (options.pattern === undefined)
    throw new InvalidPredictionError(
      `models is ${models.join(', ')}, and the orchestration is a function, which chooses its models itself. Call predict once for each model, or give a pattern.`,
    )
  if (models.length === 0) throw new InvalidPredictionError('models is empty. Give the name of at least one model.')
  for (const model of models) checkModel(model, options)
  return Object.fromEntries(
    models.map((model) => [model, { ...options, orchestrator: { ...options.orchestrator, onlyModel: model } }]),
  )
}

function checkModel(asked: string, { orchestrator = {}, provider = {} }: PatternOptions): void {
  const { store: _, ...settings } = orchestrator
  const target = targetOf(asked, resolveSettings(settings, {}).services)
  const hasPrices = Object.hasOwn(provider.models ?? {}, target.model)
  if (hasPrices || listedModel(target.provider, target.model)) return
  const meant = nearest(
    asked,
    ['openai', 'anthropic'].flatMap((service) => listedModels(service).map(({ id }) => id)),
  )
  throw new InvalidPredictionError(
    `models has ${JSON.stringify(asked)}, which is in no price table. ${meant === undefined ? '' : `Did you mean "${meant}"? `}Name a model of OpenAI or Anthropic, or set its prices in provider.models and orchestrator.prices.`,
  )
}
