import { HALF, type FaultKind } from './fault.ts'

/** The service stops in the middle of the answer, and sends pings every 15 s without end, so that no idle timeout fires. */
export const stallWithPings: FaultKind = {
  billed: true,
  at: 1,
  cut: HALF,
  ending: { kind: 'stall', pingMs: 15_000 },
}
