/** An open mount of the provider. */
export interface Mount {
  /** Ends the mount: requests no longer reach the provider. */
  close(): void | Promise<void>
}
