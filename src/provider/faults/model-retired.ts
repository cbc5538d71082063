import type { FaultKind } from './fault.ts'

/** 404: the model is no longer served. */
export const modelRetired: FaultKind = {
  billed: false,
  atDoor: true,
  at: 0.02,
  ending: { kind: 'refusal', refusal: ({ model }) => ({ kind: 'model_retired', model }) },
}
