import axios, { type AxiosResponse } from 'axios'

import { apiBaseUrl } from '@/lib/env'

import { toFailure } from './failures'
import type { Answer, AnyInput, Input, Method, PathOf } from './operations'

const TIMEOUT_MS = 15_000

const http = axios.create({ timeout: TIMEOUT_MS })

export interface Reply<T> {
  data: T
  header: (name: string) => string | undefined
}

/** One request, typed by the OpenAPI document. Rejects with a `Failure` only. */
export async function send<M extends Method, P extends PathOf<M>>(
  method: M,
  path: P,
  input: Input<M, P>,
  token?: string,
): Promise<Reply<Answer<M, P>>> {
  const { path: parameters = {}, query, body } = input as AnyInput
  try {
    const response: AxiosResponse<Answer<M, P>> = await http.request({
      baseURL: apiBaseUrl(),
      method,
      url: fill(path, parameters),
      params: query,
      data: body,
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      },
    })
    return {
      data: response.data,
      header: (name) => {
        const value: unknown = response.headers[name]
        return typeof value === 'string' ? value : undefined
      },
    }
  } catch (error) {
    throw toFailure(error)
  }
}

function fill(path: string, parameters: Record<string, string | number>): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(parameters[name] ?? ''))
}
