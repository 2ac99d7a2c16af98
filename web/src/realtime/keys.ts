/** Where server data lives in the query cache. */
export const keys = {
  general: ['general'] as const,
  rooms: ['rooms'] as const,
  members: (roomId: number) => ['members', roomId] as const,
  users: (prefix: string) => ['users', prefix] as const,
  logs: ['log'] as const,
  log: (roomId: number) => ['log', roomId] as const,
  messageTime: (roomId: number, seq: number) => ['messageTime', roomId, seq] as const,
  outbox: ['outbox'] as const,
}
