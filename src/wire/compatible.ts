import type { LimitState } from '../provider/index.ts'
import { gateway } from './gateway/language-model.ts'
import type { Service } from './service.ts'
import { serviceFor } from './vendor/service.ts'
import type { Told, Vendor, VendorError, VendorErrors } from './vendor/vendor.ts'

// Sources: the vendors' own references, at the addresses beside their names.

const seconds = ({ resetMs }: LimitState): string => String(Math.ceil(resetMs / 1_000))
const unixMs = ({ resetAt }: LimitState): string => String(Math.ceil(resetAt))

/** Dollars, as vendors tell them. */
const dollars = (pico: number | undefined): number => (pico ?? 0) / 1e12

/** An error without the object around it. */
const bare = (error: VendorError): object => error
/** An error whose code is its status. */
const numbered = ({ message, type, param }: VendorError, status: number): object => ({
  error: { message, type, param, code: status },
})

const NO_MODEL = { status: 404, type: 'invalid_request_error', param: 'model', code: 'model_not_found' }

/** Seconds that an answer took, by how fast its vendor is. */
const times = ({ reply }: Told, tokensPerSecond: number) => {
  const prompt = reply.usage.input / (tokensPerSecond * 20)
  const completion = reply.usage.output / tokensPerSecond
  return { queue_time: 0.01, prompt_time: prompt, completion_time: completion, total_time: prompt + completion }
}
const GROQ_SPEED = 400
const CEREBRAS_SPEED = 2_000

const GROQ_ERRORS: VendorErrors = {
  texts: {
    unauthorized: { message: 'Invalid API Key', type: 'invalid_request_error', code: 'invalid_api_key' },
    model_not_found: { param: null, message: 'The model `{model}` does not exist or you do not have access to it.' },
    overloaded: { message: '{model} is currently over capacity. Please try again and back off exponentially.' },
    request_too_large: {
      status: 413,
      message:
        'Request too large for model `{model}` in organization `org_longhaul` service tier `on_demand` on tokens per ' +
        'minute (TPM): Limit {limit}, Requested {requested}, please reduce your message size and try again. Need more ' +
        'tokens? Upgrade to Dev Tier today at https://console.groq.com/settings/billing',
    },
    model_retired: {
      status: 400,
      message: 'The model `{model}` has been decommissioned and is no longer supported.',
      code: 'model_decommissioned',
    },
  },
}
const XAI_CODES: Readonly<Record<number, string>> = {
  400: 'Client specified an invalid argument',
  401: 'The caller does not have valid authentication credentials',
  404: 'Some requested entity was not found',
  429: 'Some resource has been exhausted',
}
/** As it is told by vLLM, and by those who run it for others. */
const VLLM_ERRORS: VendorErrors = {
  body: numbered,
  texts: {
    invalid: { type: 'BadRequestError' },
    not_json: { type: 'BadRequestError' },
    not_found: { type: 'NotFoundError' },
    model_not_found: { type: 'NotFoundError', param: 'model', message: 'The model `{model}` does not exist.' },
    context_length: { type: 'BadRequestError' },
  },
}

/** Vendors that speak OpenAI's format. A new one is an entry here. */
const VENDORS: readonly Vendor[] = [
  {
    // https://openrouter.ai/docs/api-reference/overview, …/errors, …/limits
    name: 'openrouter',
    baseURL: 'https://openrouter.ai/api/v1',
    hosts: /^openrouter\.ai$/,
    also: ['embeddings', 'completions', 'responses'],
    anthropicAt: '/messages',
    idPrefix: 'gen-',
    thoughts: 'reasoning',
    thinks: /deepseek-r1|:thinking$|qwq|-thinking/,
    alwaysUsage: true,
    prelude: ': OPENROUTER PROCESSING\n\n',
    chunk: ({ reply }) => ({ provider: upstreamOf(reply.model) }),
    usage: ({ reply }) => ({
      cost: dollars(reply.cost),
      is_byok: false,
      cost_details: { upstream_inference_cost: null },
    }),
    errors: {
      body: ({ message }, status) => ({ error: { code: status, message }, user_id: 'user_longhaul' }),
      texts: {
        unauthorized: { message: 'No auth credentials found' },
        model_not_found: { status: 400, message: '{model} is not a valid model ID' },
        model_retired: { message: 'No endpoints found for {model}.' },
        quota_exhausted: { status: 402, message: 'Insufficient credits. Add more using https://openrouter.ai/credits' },
        overloaded: { message: 'Provider returned error' },
        prompt_filtered: { status: 403, message: 'Your chosen model requires moderation and your input was flagged' },
      },
    },
    limits: {
      requests: ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'],
      reset: unixMs,
    },
  },
  {
    // https://console.groq.com/docs/api-reference, …/errors, …/rate-limits
    name: 'groq',
    baseURL: 'https://api.groq.com/openai/v1',
    hosts: /^api\.groq\.com$/,
    also: ['responses'],
    thoughts: 'reasoning',
    thinks: /qwq|qwen3|gpt-oss|deepseek-r1/,
    chunk: ({ reply }) => ({ x_groq: { id: `req_${reply.id}` } }),
    answer: ({ reply }) => ({ usage_breakdown: null, x_groq: { id: `req_${reply.id}` } }),
    usage: (told) => times(told, GROQ_SPEED),
    reserves: 'sum',
    errors: GROQ_ERRORS,
  },
  {
    // https://docs.together.ai/reference/chat-completions-1, …/docs/error-codes, …/docs/rate-limits
    name: 'together',
    baseURL: 'https://api.together.xyz/v1',
    hosts: /^api\.together\.(xyz|ai)$/,
    also: ['embeddings', 'completions'],
    idPrefix: 'o',
    thoughts: 'reasoning',
    thinks: /deepseek-r1|thinking|qwq/i,
    alwaysUsage: true,
    answer: () => ({ prompt: [] }),
    errors: {
      body: (error) => ({ id: 'longhaul', error }),
      texts: {
        unauthorized: {
          message: 'Invalid API key provided. You can find your API key at https://api.together.ai/settings/api-keys.',
          code: 'invalid_api_key',
        },
        model_not_found: {
          ...NO_MODEL,
          param: null,
          code: 'model_not_available',
          message:
            'Unable to access model {model}. Please visit https://api.together.ai/models to view the list of supported models.',
        },
        overloaded: { message: 'The service is overloaded.', type: 'service_unavailable', code: 'overloaded' },
        quota_exhausted: { status: 402, message: 'Credit limit exceeded.', type: 'credit_limit', code: 'credit_limit' },
      },
    },
    limits: {
      requests: ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'],
      tokens: ['x-tokenlimit-limit', 'x-tokenlimit-remaining', 'x-tokenlimit-reset'],
      reset: seconds,
    },
  },
  {
    // https://docs.fireworks.ai/api-reference/post-chatcompletions, …/guides/inference-error-codes
    name: 'fireworks',
    baseURL: 'https://api.fireworks.ai/inference/v1',
    hosts: /^api\.fireworks\.ai$/,
    also: ['embeddings', 'completions', 'responses'],
    anthropicAt: '/messages',
    idPrefix: '',
    thoughts: 'reasoning_content',
    thinks: /deepseek-r1|thinking|qwq/,
    alwaysUsage: true,
    errors: {
      body: (error) => ({ error: { object: 'error', ...error } }),
      texts: {
        unauthorized: { message: 'The API key you provided is invalid.', code: 'UNAUTHORIZED' },
        model_not_found: { message: 'Model not found, inaccessible, and/or not deployed', code: 'NOT_FOUND' },
      },
    },
    limits: {
      requests: ['x-ratelimit-limit-requests', 'x-ratelimit-remaining-requests', 'x-ratelimit-reset-requests'],
      tokens: [
        'x-ratelimit-limit-tokens-prompt',
        'x-ratelimit-remaining-tokens-prompt',
        'x-ratelimit-reset-tokens-prompt',
      ],
      reset: seconds,
    },
  },
  {
    // https://api-docs.deepseek.com/api/create-chat-completion, …/quick_start/error_codes
    name: 'deepseek',
    baseURL: 'https://api.deepseek.com/v1',
    hosts: /^api\.deepseek\.com$/,
    bases: ['/v1', '/beta', '/'],
    also: ['completions'],
    anthropicAt: '/anthropic/v1/messages',
    idPrefix: '',
    thoughts: 'reasoning_content',
    thinks: /reasoner/,
    alwaysUsage: true,
    usage: ({ reply: { usage } }) => ({
      prompt_cache_hit_tokens: usage.cachedInput,
      prompt_cache_miss_tokens: usage.input - usage.cachedInput,
    }),
    errors: {
      texts: {
        unauthorized: {
          message: 'Authentication Fails, Your api key is invalid',
          type: 'authentication_error',
          code: 'invalid_request_error',
        },
        model_not_found: { status: 400, message: 'Model Not Exist', code: 'invalid_request_error' },
        quota_exhausted: {
          status: 402,
          message: 'Insufficient Balance',
          type: 'unknown_error',
          code: 'invalid_request_error',
        },
        overloaded: { message: 'Service is too busy. We advise users to temporarily switch to alternative providers.' },
      },
    },
    // It tells of no limits.
    limits: { reset: seconds },
  },
  {
    // https://docs.x.ai/docs/api-reference, …/docs/key-information/debugging, …/developers/advanced-api-usage/websocket-mode
    name: 'xai',
    baseURL: 'https://api.x.ai/v1',
    hosts: /^([a-z0-9-]+\.)?api\.x\.ai$/,
    also: ['responses', 'responses over WebSocket'],
    anthropicAt: '/messages',
    idPrefix: '',
    thoughts: 'reasoning_content',
    thinks: /grok-3-mini|grok-4(?!.*non-reasoning)/,
    alwaysUsage: true,
    answer: ({ found }) => (found.length > 0 ? { citations: found.map(({ url }) => url) } : {}),
    usage: ({ reply: { usage }, found }) => ({
      completion_tokens: usage.output - usage.reasoning,
      num_sources_used: found.length,
    }),
    errors: {
      body: ({ message }, status) => ({
        code: XAI_CODES[status] ?? 'The service is currently unavailable',
        error: message,
      }),
      texts: {
        unauthorized: {
          status: 400,
          message: 'Incorrect API key provided. You can obtain an API key from https://console.x.ai.',
        },
        model_not_found: {
          message: 'The model {model} does not exist or your team does not have access to it.',
        },
        rate_limited: { message: 'Too many requests for your team. Please slow down.' },
        quota_exhausted: { message: 'Your team has used all available credits or reached its monthly spending limit.' },
      },
    },
  },
  {
    // https://inference-docs.cerebras.ai/api-reference/chat-completions, …/support/error, …/support/rate-limits
    name: 'cerebras',
    baseURL: 'https://api.cerebras.ai/v1',
    hosts: /^api\.cerebras\.ai$/,
    also: ['completions'],
    thoughts: 'reasoning',
    thinks: /gpt-oss|qwen-3.*thinking|glm/,
    alwaysUsage: true,
    reserves: 'sum',
    answer: (told) => ({
      time_info: { ...times(told, CEREBRAS_SPEED), created: Math.floor(told.reply.createdAt / 1_000) },
    }),
    errors: {
      body: bare,
      texts: {
        unauthorized: { message: 'Wrong API Key', param: 'api_key', code: 'wrong_api_key' },
        model_not_found: {
          message: 'Model {model} does not exist or you do not have access to it.',
          type: 'not_found_error',
          param: 'model',
        },
        rate_limited: {
          message: 'Requests per minute limit exceeded - too many requests sent.',
          type: 'too_many_requests_error',
          param: 'quota',
          code: 'request_quota_exceeded',
        },
        request_too_large: {
          message: 'Tokens per minute limit exceeded - too many tokens processed.',
          type: 'too_many_tokens_error',
          param: 'quota',
          code: 'token_quota_exceeded',
        },
        overloaded: {
          status: 429,
          message: "We're experiencing high traffic right now! Please try again soon.",
          type: 'too_many_requests_error',
          param: 'queue',
          code: 'queue_exceeded',
        },
      },
    },
    limits: {
      requests: [
        'x-ratelimit-limit-requests-day',
        'x-ratelimit-remaining-requests-day',
        'x-ratelimit-reset-requests-day',
      ],
      tokens: [
        'x-ratelimit-limit-tokens-minute',
        'x-ratelimit-remaining-tokens-minute',
        'x-ratelimit-reset-tokens-minute',
      ],
      reset: seconds,
    },
  },
  {
    // https://docs.perplexity.ai/api-reference/chat-completions-post
    name: 'perplexity',
    baseURL: 'https://api.perplexity.ai',
    hosts: /^api\.perplexity\.ai$/,
    bases: ['/v1', '/'],
    idPrefix: '',
    thinks: /reasoning|deep-research|r1/,
    alwaysUsage: true,
    alwaysSearches: true,
    answer: ({ found, reply }) => ({
      citations: found.map(({ url }) => url),
      search_results: found.map((page) => ({
        ...page,
        date: new Date(reply.createdAt).toISOString().slice(0, 10),
        snippet: page.title,
        source: 'web',
      })),
    }),
    usage: ({ reply, found }) => ({
      search_context_size: 'low',
      num_search_queries: found.length > 0 ? 1 : 0,
      cost: { total_cost: dollars(reply.cost) },
    }),
    errors: {
      body: ({ message, type }, status) => ({ error: { message, type, code: status } }),
      texts: {
        unauthorized: { message: 'Invalid API key', type: 'invalid_api_key' },
        model_not_found: {
          status: 400,
          message:
            "Invalid model '{model}'. Permitted models can be found in the documentation at https://docs.perplexity.ai/getting-started/models.",
          type: 'invalid_model',
        },
        rate_limited: { message: 'Request rate limit exceeded, please try again later.', type: 'rate_limit_exceeded' },
      },
    },
    limits: { reset: seconds },
  },
  {
    // https://platform.moonshot.ai/docs/api/chat, …/docs/introduction
    name: 'moonshot',
    baseURL: 'https://api.moonshot.ai/v1',
    hosts: /^api\.moonshot\.(ai|cn)$/,
    bases: ['/v1', '/'],
    anthropicAt: '/anthropic/v1/messages',
    thoughts: 'reasoning_content',
    thinks: /thinking/,
    alwaysUsage: true,
    usage: ({ reply: { usage } }) => ({ cached_tokens: usage.cachedInput }),
    errors: {
      body: ({ message, type }) => ({ error: { message, type } }),
      texts: {
        unauthorized: { message: 'Invalid Authentication', type: 'invalid_authentication_error' },
        model_not_found: {
          message: 'Not found the model {model} or Permission denied',
          type: 'resource_not_found_error',
        },
        rate_limited: {
          message: 'Your account reached max request per minute, please try again after 1 seconds',
          type: 'rate_limit_reached_error',
        },
        overloaded: {
          status: 429,
          message: 'The engine is currently overloaded, please try again later',
          type: 'engine_overloaded_error',
        },
        quota_exhausted: {
          message: 'Your account is suspended, please check your plan and billing details',
          type: 'exceeded_current_quota_error',
        },
      },
    },
    limits: { reset: seconds },
  },
  {
    // https://docs.api.nvidia.com/nim/reference/llm-apis; its catalogue is for trials, at no price
    name: 'nvidia',
    baseURL: 'https://integrate.api.nvidia.com/v1',
    hosts: /^integrate\.api\.nvidia\.com$/,
    catalogue: '*',
    also: ['embeddings', 'completions'],
    thoughts: 'reasoning_content',
    thinks: /deepseek-r1|qwq|nemotron/,
    errors: {
      body: ({ message }, status) => ({ status, title: status === 404 ? 'Not Found' : 'Error', detail: message }),
      texts: { unauthorized: { message: 'Authentication failed' } },
    },
    limits: { reset: seconds },
  },
  {
    // https://huggingface.co/docs/inference-providers; each model has the price of whom it is passed on to
    name: 'huggingface',
    baseURL: 'https://router.huggingface.co/v1',
    hosts: /^router\.huggingface\.co$/,
    catalogue: '*',
    also: ['responses'],
    thoughts: 'reasoning_content',
    thinks: /deepseek-r1|qwq|thinking/i,
    errors: {
      texts: { unauthorized: { message: 'Invalid username or password.', code: 'unauthorized' } },
    },
    limits: { reset: seconds },
  },
  {
    // https://vercel.com/docs/ai-gateway/openai-compat, …/sdks-and-apis/responses/websockets; models have the names, and the list prices, of OpenRouter's
    name: 'vercel',
    baseURL: 'https://ai-gateway.vercel.sh/v1',
    hosts: /^ai-gateway\.vercel\.sh$/,
    bases: ['/v1', '/'],
    more: gateway,
    catalogue: 'openrouter',
    also: ['embeddings', 'responses', 'responses over WebSocket'],
    anthropicAt: '/messages',
    thoughts: 'reasoning',
    alwaysUsage: true,
    message: ({ reply }) => ({
      provider_metadata: {
        gateway: {
          routing: { finalProvider: upstreamOf(reply.model).toLowerCase() },
          cost: String(dollars(reply.cost)),
        },
      },
    }),
    errors: {
      body: ({ message, type }) => ({ error: { message, type } }),
      texts: {
        unauthorized: { message: 'Invalid API key', type: 'authentication_error' },
        model_not_found: { message: "Model '{model}' not found", type: 'model_not_found' },
        rate_limited: { message: 'Rate limit exceeded for {model}.', type: 'rate_limit_exceeded' },
        quota_exhausted: {
          status: 402,
          message: 'Insufficient funds. Please add credits.',
          type: 'insufficient_funds',
        },
        overloaded: { message: 'All providers of {model} are overloaded.', type: 'internal_server_error' },
        server_error: { message: 'Internal server error', type: 'internal_server_error' },
      },
    },
    limits: { reset: seconds },
  },
  {
    // https://docs.z.ai/api-reference/llm/chat-completion
    name: 'zai',
    baseURL: 'https://api.z.ai/api/paas/v4',
    hosts: /^(api\.z\.ai|open\.bigmodel\.cn)$/,
    bases: ['/api/paas/v4', '/api/coding/paas/v4', '/api'],
    anthropicAt: '/anthropic/v1/messages',
    idPrefix: '',
    thoughts: 'reasoning_content',
    thinks: /glm-(4\.)?[5-9]/i,
    alwaysUsage: true,
    errors: {
      body: ({ message }, status) => ({ error: { code: status === 401 ? '1000' : '1211', message } }),
      texts: {
        unauthorized: { message: 'Authentication Failed' },
        model_not_found: { status: 400, message: 'Unknown Model, please check the model code.' },
      },
    },
    limits: { reset: seconds },
  },
  {
    // https://novita.ai/docs/api-reference/model-apis-llm-create-chat-completion
    name: 'novita',
    baseURL: 'https://api.novita.ai/openai/v1',
    hosts: /^api\.novita\.ai$/,
    bases: ['/openai/v1', '/v3/openai', '/openai'],
    also: ['completions'],
    thoughts: 'reasoning_content',
    thinks: /deepseek-r1|thinking/,
    errors: { body: ({ message }, status) => ({ code: status, reason: 'ERROR', message, metadata: {} }) },
    limits: { reset: seconds },
  },
  {
    // https://www.minimax.io/platform/document/text_api_intro
    name: 'minimax',
    baseURL: 'https://api.minimax.io/v1',
    hosts: /^api\.minimaxi?\.(io|com)$/,
    bases: ['/v1', '/'],
    anthropicAt: '/anthropic/v1/messages',
    thoughts: 'reasoning_content',
    thinks: /M[12]/,
    alwaysUsage: true,
    limits: { reset: seconds },
  },
  ...(
    [
      // They serve models of others, without ways of their own that matter here. The table knows the prices of the first four.
      ['baseten', 'https://inference.baseten.co/v1', /^inference\.baseten\.co$/],
      ['arcee', 'https://api.arcee.ai/api/v1', /^api\.arcee\.ai$/],
      ['avian', 'https://api.avian.io/v1', /^api\.avian\.io$/],
      ['ovhcloud', 'https://oai.endpoints.kepler.ai.cloud.ovh.net/v1', /^oai\.endpoints\.kepler\.ai\.cloud\.ovh\.net$/],
      ['deepinfra', 'https://api.deepinfra.com/v1/openai', /^api\.deepinfra\.com$/],
      ['sambanova', 'https://api.sambanova.ai/v1', /^api\.sambanova\.ai$/],
      ['hyperbolic', 'https://api.hyperbolic.xyz/v1', /^api\.hyperbolic\.xyz$/],
      ['nebius', 'https://api.studio.nebius.ai/v1', /^api\.(studio\.nebius\.(ai|com)|tokenfactory\.nebius\.com)$/],
      ['siliconflow', 'https://api.siliconflow.com/v1', /^api\.siliconflow\.(com|cn)$/],
      ['dashscope', 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1', /^dashscope(-intl)?\.aliyuncs\.com$/],
      ['github-models', 'https://models.github.ai/inference', /^models\.(github\.ai|inference\.ai\.azure\.com)$/],
    ] as const
  ).map(([name, baseURL, hosts]): Vendor => ({
    name,
    baseURL,
    hosts,
    also: ['embeddings'],
    thoughts: 'reasoning_content',
    thinks: /deepseek-r1|qwq|thinking/i,
  })),
  {
    // https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html
    name: 'vllm',
    baseURL: 'http://localhost:8000/v1',
    catalogue: '*',
    keyless: true,
    also: ['embeddings', 'completions', 'responses'],
    anthropicAt: '/messages',
    thoughts: 'reasoning_content',
    thinks: /deepseek-r1|qwq|qwen3|thinking/i,
    answer: () => ({ prompt_logprobs: null, kv_transfer_params: null }),
    errors: VLLM_ERRORS,
    limits: { reset: seconds },
  },
  {
    // https://lmstudio.ai/docs/app/api/endpoints/openai
    name: 'lmstudio',
    baseURL: 'http://localhost:1234/v1',
    catalogue: '*',
    keyless: true,
    also: ['embeddings', 'completions', 'responses'],
    anthropicAt: '/messages',
    thoughts: 'reasoning_content',
    thinks: /deepseek-r1|qwq|thinking/i,
    answer: ({ reply }) => ({ stats: {}, system_fingerprint: reply.model }),
    limits: { reset: seconds },
  },
  {
    // https://docs.litellm.ai/docs/proxy/user_keys, …/exception_mapping
    name: 'litellm',
    baseURL: 'http://localhost:4000/v1',
    catalogue: '*',
    keyless: true,
    also: ['embeddings', 'completions', 'responses'],
    anthropicAt: '/messages',
    thoughts: 'reasoning_content',
    errors: {
      body: ({ message, type, param }, status) => ({ error: { message, type, param, code: String(status) } }),
      texts: { rate_limited: { message: 'litellm.RateLimitError: Rate limit reached for {model}.' } },
    },
  },
  {
    // https://github.com/ggml-org/llama.cpp/tree/master/tools/server
    name: 'llamacpp',
    baseURL: 'http://localhost:8080/v1',
    catalogue: '*',
    keyless: true,
    also: ['embeddings', 'completions'],
    thoughts: 'reasoning_content',
    errors: { body: ({ message, type }, status) => ({ error: { code: status, message, type } }) },
    limits: { reset: seconds },
  },
]

/** Who serves a model behind a gateway, by the first part of its name. */
function upstreamOf(model: string): string {
  const [maker = ''] = model.split('/')
  return (
    { openai: 'OpenAI', anthropic: 'Anthropic', google: 'Google', 'x-ai': 'xAI', deepseek: 'DeepSeek' }[maker] ?? maker
  )
}

/** The services of vendors that are compatible with OpenAI. */
export const compatible: readonly Service[] = VENDORS.map(serviceFor)
