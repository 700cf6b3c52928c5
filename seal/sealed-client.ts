import { Client, type Connection } from '@temporalio/client'
import type { DataFolder } from '../config/data-folder.ts'
import { sealingCodec } from './codec.ts'
import { openKeyring } from './keyring.ts'
import { labelling } from './labels.ts'

/** A client whose messages are signed with the installation's key, and that sees only answers which are signed. */
export function sealedClient(
  connection: Connection,
  namespace: string,
  from: { readonly data: DataFolder; readonly env: NodeJS.ProcessEnv },
): Client {
  const ring = openKeyring('installation', from)
  return new Client({
    connection,
    namespace,
    dataConverter: { payloadCodecs: [sealingCodec(ring, 'only-signed')] },
    interceptors: { workflow: [labelling] },
  })
}
