import type { FaultKind } from './fault.ts'

/** 400: the service's filter does not let the prompt through. */
export const promptFiltered: FaultKind = {
  billed: false,
  at: 0.05,
  ending: { kind: 'refusal', refusal: () => ({ kind: 'prompt_filtered' }) },
}
