export type { Driver, Observation } from './drivers.ts'
export type { Estimate } from './estimate.ts'
export { InvalidPredictionError } from './invalid.ts'
export {
  observe,
  predict,
  type FrequentFailure,
  type ModelPredictions,
  type PredictOptions,
  type Prediction,
} from './predict.ts'
export { modelsText, predictionText } from './prediction-text.ts'
