import { openai } from '../openai/index.ts'
import { isWithoutKey } from '../openai/errors.ts'
import { prefixed } from '../prefixed.ts'
import type { BadRequest, Endpoint, Service, WireRequest } from '../service.ts'
import { azureErrors, azureHeaders, notFound } from './errors.ts'
import { watchedEndpoint } from './filtered-chat.ts'

const VERSION = /^(v1|preview|latest|\d{4}-\d{2}-\d{2}(-preview)?)$/

/** Fields that Azure has beside OpenAI's. */
const OWN_FIELDS = ['data_sources', 'dataSources', 'user_security_context', 'enhancements']

/** A request as OpenAI would get it. */
function read(request: WireRequest, versioned: boolean): WireRequest | BadRequest {
  const { header, query, strict, params } = request
  if (strict && versioned && !VERSION.test(query.get('api-version') ?? '')) return notFound
  if (strict && isWithoutKey(header)) return { kind: 'unauthorized' }
  const body = Object.fromEntries(Object.entries(request.body).filter(([name]) => !OWN_FIELDS.includes(name)))
  const { deployment } = params
  return { ...request, body: deployment === undefined ? body : { ...body, model: deployment } }
}

/** OpenAI's endpoints below a path of Azure's. */
const at = (path: string, endpoints: readonly Endpoint[], versioned: boolean): Endpoint[] =>
  prefixed(path, endpoints, {
    errors: azureErrors,
    read: (request) => read(request, versioned),
    headers: azureHeaders,
  }).map(watchedEndpoint)

/** What is asked of a deployment, which is a model by a name of the user's own. */
const OF_DEPLOYMENTS = openai.endpoints.filter(
  ({ method, path }) => method === 'POST' && /^\/(chat\/)?completions$|^\/embeddings$/.test(path),
)
/** What is asked of the resource. */
const OF_RESOURCES = openai.endpoints.filter((endpoint) => !OF_DEPLOYMENTS.includes(endpoint))

/** Azure OpenAI, and OpenAI's models in Azure AI Foundry. */
export const azure: Service = {
  name: 'azure',
  baseURL: 'https://longhaul.openai.azure.com',
  hosts: /^[a-z\d-]+\.(openai|services\.ai|cognitiveservices)\.azure\.(com|us|cn)$/,
  endpoints: [
    ...at('/openai/deployments/{deployment}', OF_DEPLOYMENTS, true),
    ...at('/openai/v1', openai.endpoints, false),
    ...at('/openai', OF_RESOURCES, true),
    ...at('/models', OF_DEPLOYMENTS, true),
    ...at('/api/projects/{project}/openai/v1', openai.endpoints, false),
  ],
  errors: azureErrors,
  // https://learn.microsoft.com/azure/ai-foundry/openai/how-to/quota
  reserves: 'sum',
  took: 'x-envoy-upstream-service-time',
}
