import type { BadRequest } from '../../service.ts'
import { invalid } from '../errors.ts'
import { defaultEffort, effortProblem, isChatModel, isReasoningModel, maxOutputOf } from '../model-rules.ts'
import { strictProblem } from '../strict-schema.ts'
import { brokenPairIn } from './history.ts'
import type { ChatRequest } from './request.ts'

/** What is wrong with a request though each of its fields is right. */
export function contradictionIn(request: ChatRequest): BadRequest | undefined {
  const { stream, stream_options: options, model, messages } = request
  if (options && !stream)
    return invalid("The 'stream_options' parameter is only allowed when 'stream' is enabled.", 'stream_options')
  if (!isChatModel(model))
    return {
      kind: 'not_found',
      message:
        'This is not a chat model and thus not supported in the v1/chat/completions endpoint. Did you mean to use v1/completions?',
      param: 'model',
    }
  if (request.tools && request.functions) return invalid("'tools' and 'functions' cannot be used together.", 'tools')
  return (
    jsonProblem(request) ??
    limitProblem(request) ??
    reasoningProblem(request) ??
    toolProblem(request) ??
    brokenPairIn(messages)
  )
}

function jsonProblem({ response_format: format, messages }: ChatRequest): BadRequest | undefined {
  if (format?.type !== 'json_object' || /json/i.test(JSON.stringify(messages))) return undefined
  return invalid(
    "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
    'messages',
  )
}

function limitProblem({ model, max_tokens, max_completion_tokens, logprobs, top_logprobs }: ChatRequest) {
  if (max_tokens != null && max_completion_tokens != null)
    return invalid(
      "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
      'max_tokens',
      'invalid_parameter_combination',
    )
  const param = max_tokens == null ? 'max_completion_tokens' : 'max_tokens'
  const asked = max_tokens ?? max_completion_tokens
  const most = asked == null ? undefined : maxOutputOf(model)
  if (asked != null && most !== undefined && asked > most)
    return invalid(
      `${param === 'max_tokens' ? 'max_tokens' : param} is too large: ${asked}. This model supports at most ${most} completion tokens, whereas you provided ${asked}.`,
      param,
      'invalid_value',
    )
  return top_logprobs != null && !logprobs
    ? invalid("The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.", 'top_logprobs')
    : undefined
}

/** What a model that thinks does not take: the limit under its old name, and settings of its sampling. */
const SAMPLING = { temperature: 1, top_p: 1, presence_penalty: 0, frequency_penalty: 0 } as const

function reasoningProblem(request: ChatRequest): BadRequest | undefined {
  const { model, reasoning_effort: effort } = request
  if (!isReasoningModel(model)) {
    return effort == null
      ? undefined
      : invalid(`Unrecognized request argument supplied: reasoning_effort`, 'reasoning_effort')
  }
  if (request.max_tokens != null)
    return invalid(
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      'max_tokens',
      'unsupported_parameter',
    )
  const wrong = effortProblem(model, effort, 'reasoning_effort')
  if (wrong) return wrong
  if ((effort ?? defaultEffort(model)) === 'none') return undefined
  for (const [param, usual] of Object.entries(SAMPLING) as [keyof typeof SAMPLING, number][]) {
    const given = request[param]
    if (given != null && given !== usual)
      return invalid(
        `Unsupported value: '${param}' does not support ${given} with this model. Only the default (${usual}) value is supported.`,
        param,
        'unsupported_value',
      )
  }
  return request.logprobs
    ? invalid(
        "Unsupported parameter: 'logprobs' is not supported with this model.",
        'logprobs',
        'unsupported_parameter',
      )
    : undefined
}

function toolProblem({ tools, tool_choice: choice, response_format: format }: ChatRequest): BadRequest | undefined {
  for (const [index, tool] of (tools ?? []).entries()) {
    const problem = tool.function?.strict ? strictProblem(tool.function.parameters ?? {}) : undefined
    if (problem)
      return invalid(
        `Invalid schema for function '${tool.function!.name}': ${problem}`,
        `tools[${index}].function.parameters`,
        'invalid_function_parameters',
      )
  }
  const { name, schema, strict } = format?.json_schema ?? {}
  const problem = format?.type === 'json_schema' && strict ? strictProblem(schema) : undefined
  if (problem) return invalid(`Invalid schema for response_format '${name}': ${problem}`, 'response_format')
  const named = typeof choice === 'object' ? choice?.function?.name : undefined
  if (typeof named === 'string' && !tools?.some((tool) => tool.function?.name === named))
    return invalid(`Tool choice 'function' not found in 'tools' parameter.`, 'tool_choice')
  if (choice != null && choice !== 'none' && !tools?.length)
    return invalid(
      "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
      'tool_choice',
    )
  return undefined
}
