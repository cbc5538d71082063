export type { Driver, Observation } from './drivers.ts'
export {
  InvalidPredictionError,
  observe,
  predict,
  type Estimate,
  type PredictOptions,
  type Prediction,
} from './predict.ts'
export { predictionText } from './told.ts'
