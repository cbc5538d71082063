/** What one shard of a sweep says of itself. */
export interface SweepPart {
  /** The name of its description. */
  orchestration: string
  file?: string
  /** Such as `1/4`; nothing for a sweep that ran as a whole. */
  shard?: string
  cases: number
  failed: number
  sometimes: Readonly<Record<string, number>>
}

/** A sweep whose shards are put together. */
export interface MergedSweep {
  orchestration: string
  file: string | undefined
  cases: number
  failed: number
  /** In how many tests something came about. */
  sometimes: Readonly<Record<string, number>>
  /** What was to be so in one case at least, and was in none. */
  never: readonly string[]
  /** Shards that are not there, by which `never` cannot be judged. */
  missing: readonly string[]
}

function missingOf(parts: readonly SweepPart[]): string[] {
  const shards = new Set(parts.flatMap(({ shard }) => shard ?? []))
  const counts = new Set([...shards].map((shard) => Number(shard.split('/')[1])))
  return [...counts].flatMap((count) =>
    Array.from({ length: count }, (_, index) => `${index + 1}/${count}`).filter((shard) => !shards.has(shard)),
  )
}

/** Puts the shards of each sweep together: what was so in one of them, was so in the sweep. */
export function mergeSweeps(parts: readonly SweepPart[]): MergedSweep[] {
  const bySweep = Map.groupBy(parts, ({ orchestration, file }) => `${file ?? ''}\u0000${orchestration}`)
  return [...bySweep.values()].map((all) => {
    const sometimes = new Map<string, number>()
    for (const part of all)
      for (const [name, count] of Object.entries(part.sometimes))
        sometimes.set(name, (sometimes.get(name) ?? 0) + count)
    return {
      orchestration: all[0]!.orchestration,
      file: all[0]!.file,
      cases: all.reduce((sum, { cases }) => sum + cases, 0),
      failed: all.reduce((sum, { failed }) => sum + failed, 0),
      sometimes: Object.fromEntries(sometimes),
      never: [...sometimes].flatMap(([name, count]) => (count === 0 ? [name] : [])),
      missing: missingOf(all),
    }
  })
}

/** What a sweep lacks, for people; nothing where it lacks nothing. */
export function mergedProblem({ orchestration, never, missing, cases }: MergedSweep): string | undefined {
  if (missing.length > 0) return `sweep "${orchestration}": the shards ${missing.join(', ')} are missing.`
  if (never.length === 0) return undefined
  return `sweep "${orchestration}": these conditions never held in any shard, ${cases} cases: ${never.join('; ')}. Give more seeds or a higher fail rate, or find out why the conditions cannot occur.`
}
