/** A way in that was opened, and how to close it. */
export interface Mount {
  /** Ends the mount: requests no longer reach the provider. */
  close(): void | Promise<void>
}
