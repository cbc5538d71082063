// Source: https://docs.anthropic.com/en/docs/about-claude/models/overview (comparison table), …/extended-thinking, …/api/errors.

/** What a family of models does not take. The first one that fits counts. */
const FAMILIES: readonly { ids: RegExp; maxOutput: number; adaptive?: true; noPrefill?: true; oneOfTwo?: true }[] = [
  { ids: /^claude-(2|instant|3-(opus|sonnet|haiku))/, maxOutput: 4_096 },
  { ids: /^claude-3-5-/, maxOutput: 8_192 },
  { ids: /^claude-3-7-/, maxOutput: 64_000 },
  { ids: /^claude-(opus-4(-0)?|4-opus)(-2025\d{4})?$/, maxOutput: 32_000 },
  { ids: /^claude-opus-4-1(-2025\d{4})?$/, maxOutput: 32_000, oneOfTwo: true },
  { ids: /^claude-(sonnet-4(-0)?|4-sonnet)(-2025\d{4})?$/, maxOutput: 64_000 },
  { ids: /^claude-(opus|sonnet|haiku)-4-5/, maxOutput: 64_000, oneOfTwo: true },
  { ids: /^claude-/, maxOutput: 128_000, adaptive: true, noPrefill: true },
]

/** What a model takes. */
export interface ModelRules {
  /** Tokens that one answer may have. */
  maxOutput: number
  /** Whether it thinks as much as it likes when it is asked for that. */
  adaptive: boolean
  /** Whether it goes on with a turn of its own that the request ends with. */
  prefill: boolean
  /** Whether `temperature` and `top_p` exclude each other. */
  oneOfTwo: boolean
}

/** A model of the user's own. */
const ANYTHING: ModelRules = {
  maxOutput: Number.POSITIVE_INFINITY,
  adaptive: true,
  prefill: true,
  oneOfTwo: false,
}

/** Longest answers of betas that allow longer ones. */
const LONGER: Readonly<Record<string, number>> = { 'output-128k': 128_000, 'output-300k': 300_000 }

/**
 * What a model takes.
 *
 * @param betas what the request announces
 */
export function rulesOf(model: string, betas: string): ModelRules {
  const family = FAMILIES.find(({ ids }) => ids.test(model))
  if (!family) return ANYTHING
  const longer = Object.entries(LONGER).flatMap(([name, limit]) => (betas.includes(name) ? [limit] : []))
  return {
    maxOutput: Math.max(family.maxOutput, ...longer),
    adaptive: family.adaptive ?? false,
    prefill: !family.noPrefill,
    oneOfTwo: family.oneOfTwo ?? false,
  }
}
