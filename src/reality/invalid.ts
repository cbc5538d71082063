/** Thrown for an invalid number of runs, and for models that cannot be predicted. */
export class InvalidPredictionError extends Error {
  override readonly name = 'InvalidPredictionError'
  readonly code = 'LONGHAUL_INVALID_PREDICTION'
}
