/** A message of one's own that the log does not hold yet. */
export interface OutboxEntry {
  clientMessageId: string
  roomId: number
  content: string
  createdAt: string
  /** `acked`: stored, its event is on its way. `failed`: refused; waits for a person to decide. */
  state: 'pending' | 'acked' | 'failed'
  /** Of an acked one. */
  seq?: number
  /** Why a failed one failed. */
  code?: string
}
