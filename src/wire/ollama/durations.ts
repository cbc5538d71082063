import type { Reply } from '../../provider/index.ts'

/** How fast a machine of the user's is, as the durations tell it. Tokens a second. */
const READING = 1_000
const WRITING = 50
const LOADING_NS = 20_000_000

const nanoseconds = (tokens: number, perSecond: number): number => Math.round((tokens / perSecond) * 1e9)

/** How long an answer took, by its tokens. Nanoseconds. */
export function durationsOf({ usage }: Reply) {
  const prompt = nanoseconds(usage.input, READING)
  const answer = nanoseconds(usage.output, WRITING)
  return {
    total_duration: LOADING_NS + prompt + answer,
    load_duration: LOADING_NS,
    prompt_eval_count: usage.input,
    prompt_eval_duration: prompt,
    eval_count: usage.output,
    eval_duration: answer,
  }
}
