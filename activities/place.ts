import { hostname } from 'node:os'
import type { ActivityDeps } from './deps.ts'
import type { WorkerPlace } from './types.ts'

const usualAddresses = ['127.0.0.1:7233', 'localhost:7233']

/** Where this worker runs, as far as commands that are shown to a person must name it. */
export function workerPlace({ data, address }: ActivityDeps): WorkerPlace {
  return {
    host: hostname(),
    data: data.usual ? null : data.root,
    address: usualAddresses.includes(address) ? null : address,
  }
}
