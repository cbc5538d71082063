/** What somebody has spent, as the orchestrator knows it. Picodollars (10⁻¹² US dollars). */
export interface Claim {
  calls: number
  /** Tokens that the services have reported. */
  inputTokens: number
  outputTokens: number
  /** By the usage that the services have reported: exact. */
  known: bigint
  /** The most that calls without a report (broken connections, timeouts) may be billed. */
  uncertain: bigint
}

/** Nothing spent. */
export const newClaim = (): Claim => ({ calls: 0, inputTokens: 0, outputTokens: 0, known: 0n, uncertain: 0n })

/** The version of the shape of claims as they are kept. */
export const COSTS_VERSION = 1

/** Money as it is kept: bigints as text. */
export interface SavedCosts {
  total: SavedClaim
  byAgent: Readonly<Record<string, SavedClaim>>
}
interface SavedClaim {
  calls: number
  inputTokens?: number
  outputTokens?: number
  known: string
  uncertain: string
}

const saveClaim = ({ known, uncertain, ...counts }: Claim): SavedClaim => ({
  ...counts,
  known: known.toString(),
  uncertain: uncertain.toString(),
})
const readClaim = ({ calls, inputTokens = 0, outputTokens = 0, known, uncertain }: SavedClaim): Claim => ({
  calls,
  inputTokens,
  outputTokens,
  known: BigInt(known),
  uncertain: BigInt(uncertain),
})

/** Claims as plain data. */
export const saveCosts = (total: Claim, byAgent: ReadonlyMap<string, Claim>): SavedCosts => ({
  total: saveClaim(total),
  byAgent: Object.fromEntries([...byAgent].map(([agent, claim]) => [agent, saveClaim(claim)])),
})

/** Claims from plain data. */
export const readCosts = ({ total, byAgent }: SavedCosts): { total: Claim; byAgent: Map<string, Claim> } => ({
  total: readClaim(total),
  byAgent: new Map(Object.entries(byAgent).map(([agent, claim]) => [agent, readClaim(claim)])),
})
