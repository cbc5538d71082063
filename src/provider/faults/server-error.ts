import type { FaultKind } from './fault.ts'

/** 500: an internal error. */
export const serverError: FaultKind = {
  billed: false,
  at: 0.5,
  ending: { kind: 'refusal', refusal: () => ({ kind: 'server_error' }) },
}
