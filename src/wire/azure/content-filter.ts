// Source: https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter.

const CATEGORIES = ['hate', 'self_harm', 'sexual', 'violence'] as const

/** The category that the filter has caught, where it has. */
export const FILTERED = 'violence'

/** What the filter says of a prompt or of an answer. */
export function filterResults(
  caught: (typeof CATEGORIES)[number] | undefined,
  of: 'prompt' | 'answer',
): Record<string, object> {
  const severities = CATEGORIES.map((name) => [
    name,
    { filtered: name === caught, severity: name === caught ? 'medium' : 'safe' },
  ])
  const more =
    of === 'prompt'
      ? { jailbreak: { detected: false, filtered: false } }
      : {
          protected_material_code: { detected: false, filtered: false },
          protected_material_text: { detected: false, filtered: false },
        }
  return { ...Object.fromEntries(severities), ...more }
}

/** What the filter says of a prompt that it lets through. */
export const promptFilterResults = [{ prompt_index: 0, content_filter_results: filterResults(undefined, 'prompt') }]

/** A choice, with what the filter says of it. */
export const watched = (choice: Record<string, unknown>): object => ({
  ...choice,
  content_filter_results: filterResults(choice['finish_reason'] === 'content_filter' ? FILTERED : undefined, 'answer'),
})
