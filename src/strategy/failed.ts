import type { Place } from './errors.ts'

/** Thrown inside the machine; becomes the failure of a statement. */
export class Failed extends Error {
  readonly kind: string
  /** A value is not what the statement needs: in a sketch, the orchestrating agent may know. */
  readonly unfit: boolean
  readonly place: Place | undefined
  constructor(
    kind: string,
    message: string,
    { unfit = false, place }: { unfit?: boolean; place?: Place | undefined } = {},
  ) {
    super(message)
    this.kind = kind
    this.unfit = unfit
    this.place = place
  }
}
