import type { components } from './schema'

type Schemas = components['schemas']

export type Account = Schemas['Account']
export type ClientAction = Schemas['ClientAction']
export type Code = Schemas['Code']
export type FieldCode = Schemas['FieldCode']
export type Member = Schemas['Member']
export type Message = Schemas['Message']
export type Problem = Schemas['Problem']
export type Room = Schemas['Room']
export type RoomSummary = Schemas['RoomSummary']
export type ServerEvent = Schemas['ServerEvent']
export type SessionTokens = Schemas['SessionTokens']
export type SocketErrorCode = Schemas['SocketErrorCode']
export type User = Schemas['User']
