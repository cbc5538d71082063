/** Thrown for a number of runs that makes no prediction, and for models that cannot be predicted. */
export class InvalidPredictionError extends Error {
  override readonly name = 'InvalidPredictionError'
  readonly code = 'LONGHAUL_INVALID_PREDICTION'
}
