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
export type ServerEvent = CamelKeys<Schemas['ServerEvent']>
export type SessionTokens = Schemas['SessionTokens']
export type SocketErrorCode = Schemas['SocketErrorCode']
export type User = Schemas['User']

type Camel<S extends string> = S extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : S

/** On the wire all keys are camelCase; the document spells those of the events otherwise. */
type CamelKeys<T> = T extends unknown
  ? { [Key in keyof T as Key extends string ? Camel<Key> : Key]: T[Key] }
  : never
