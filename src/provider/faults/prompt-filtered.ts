import type { FaultKind } from './fault.ts'

/** 400: the content filter of the service rejects the prompt. */
export const promptFiltered: FaultKind = {
  billed: false,
  at: 0.05,
  ending: { kind: 'refusal', refusal: () => ({ kind: 'prompt_filtered' }) },
}
