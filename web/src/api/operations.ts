import type { paths } from './schema'

export type Method = 'get' | 'post' | 'patch' | 'delete'

/** The paths that have an operation of this method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P][M] extends object ? P : never
}[keyof paths]

type Operation<M extends Method, P extends keyof paths> = paths[P][M]

type Json<T> = T extends { content: { 'application/json': infer Body } } ? Body : never

type Responses<O> = O extends { responses: infer R } ? R : never

/** What a success carries. */
export type Answer<M extends Method, P extends keyof paths> = Json<
  Responses<Operation<M, P>>[keyof Responses<Operation<M, P>> & (200 | 201)]
>

type PathParameters<O> = O extends { parameters: { path: infer Parameters } } ? Parameters : never

type QueryParameters<O> = O extends { parameters: { query?: infer Parameters } }
  ? Exclude<Parameters, undefined>
  : never

type RequestBody<O> = O extends { requestBody?: infer Body }
  ? Json<Exclude<Body, undefined>>
  : never

type Part<Name extends string, T> = [T] extends [never] ? unknown : Record<Name, T>

type OptionalPart<Name extends string, T> = [T] extends [never] ? unknown : Partial<Record<Name, T>>

/** What a request must and may carry. */
export type Input<M extends Method, P extends keyof paths> = Part<
  'path',
  PathParameters<Operation<M, P>>
> &
  OptionalPart<'query', QueryParameters<Operation<M, P>>> &
  Part<'body', RequestBody<Operation<M, P>>>

export interface AnyInput {
  path?: Record<string, string | number>
  query?: Record<string, string | number | undefined>
  body?: unknown
}
