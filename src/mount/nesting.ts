/**
 * Whether a value nests its lists and blocks deeper than that many levels. Whoever walks a value by calling himself has a
 * stack that ends; the real services refuse such bodies too.
 */
export function nestsDeeper(value: unknown, most: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (most === 0) return true
  if (Array.isArray(value)) return value.some((each) => nestsDeeper(each, most - 1))
  for (const name in value) if (nestsDeeper((value as Record<string, unknown>)[name], most - 1)) return true
  return false
}
