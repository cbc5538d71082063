/** The cost of a run or an agent, as the services reported it to the orchestrator. Picodollars (10⁻¹² US dollars). */
export interface ReportedCost {
  /** Number of calls. */
  calls: number
  /** Input tokens that the services reported. */
  inputTokens: number
  /** Output tokens that the services reported. */
  outputTokens: number
  /** The exact cost of the usage that the services reported. */
  known: bigint
  /** Upper bound of the cost of calls without reported usage (broken connections, timeouts). */
  uncertain: bigint
}

/** Nothing spent. */
export const nothingReported = (): ReportedCost => ({
  calls: 0,
  inputTokens: 0,
  outputTokens: 0,
  known: 0n,
  uncertain: 0n,
})

/** The version of the shape of costs as they are kept. */
export const COSTS_VERSION = 1

/** Money as it is kept: bigints as text. */
export interface SavedCosts {
  total: SavedReportedCost
  byAgent: Readonly<Record<string, SavedReportedCost>>
}
interface SavedReportedCost {
  calls: number
  inputTokens?: number
  outputTokens?: number
  known: string
  uncertain: string
}

const saveOne = ({ known, uncertain, ...counts }: ReportedCost): SavedReportedCost => ({
  ...counts,
  known: known.toString(),
  uncertain: uncertain.toString(),
})
const readOne = ({ calls, inputTokens = 0, outputTokens = 0, known, uncertain }: SavedReportedCost): ReportedCost => ({
  calls,
  inputTokens,
  outputTokens,
  known: BigInt(known),
  uncertain: BigInt(uncertain),
})

/** Costs as plain data. */
export const saveCosts = (total: ReportedCost, byAgent: ReadonlyMap<string, ReportedCost>): SavedCosts => ({
  total: saveOne(total),
  byAgent: Object.fromEntries([...byAgent].map(([agent, cost]) => [agent, saveOne(cost)])),
})

/** Costs from plain data. */
export const readCosts = ({
  total,
  byAgent,
}: SavedCosts): { total: ReportedCost; byAgent: Map<string, ReportedCost> } => ({
  total: readOne(total),
  byAgent: new Map(Object.entries(byAgent).map(([agent, cost]) => [agent, readOne(cost)])),
})
