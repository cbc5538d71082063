import { listedModels } from '../money/index.ts'
import { nearest } from '../options/index.ts'
import type { Provider } from '../provider/index.ts'
import { callsOf } from '../trace/index.ts'

/**
 * Says of each model that a simulated service has refused as unknown how the set-up names it: at a gateway, the names of
 * models are its own. Empty where there was none.
 */
export function unknownModelsText({ trace, config }: Pick<Provider, 'trace' | 'config'>): string {
  const refused = callsOf(trace).filter(({ fault }) => fault === 'model_not_found')
  const byName = new Map(refused.map(({ provider: service, model }) => [`${service} ${model}`, { service, model }]))
  return [...byName.values()]
    .map(({ service, model }) => {
      const { format = service, baseURLs } = config.services?.[service] ?? {}
      const meant = nearest(model, [...Object.keys(config.models ?? {}), ...listedModels(format).map(({ id }) => id)])
      return [
        `The simulated service "${service}" does not know the model "${model}", and refused it as the real service refuses a name that does not exist.`,
        ...(meant === undefined ? [] : [`Did you mean "${meant}"?`]),
        `If the real service has this model, name it: provider: { models: { '${model}': {} } }.`,
        ...(baseURLs && format === 'openai'
          ? [`Or let the service answer any model, free of charge: services: { ${service}: { format: 'vllm', … } }.`]
          : []),
      ].join(' ')
    })
    .join('\n')
}
