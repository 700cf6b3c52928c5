import type { Server } from './server.ts'

/** The page of a workflow in the Web UI on which its question stands; null where no Web UI is known. */
export function webUiLink(server: Server, workflowId: string, runId: string): string | null {
  if (server.uiUrl === null) return null
  const base = server.uiUrl.replace(/\/$/, '')
  return `${base}/namespaces/${encodeURIComponent(server.namespace)}/workflows/${encodeURIComponent(workflowId)}/${encodeURIComponent(runId)}/user-metadata`
}

/** The page of the Web UI that lists the attempts which wait for a person. */
export function waitingLink(uiUrl: string, namespace = 'default'): string {
  const query = encodeURIComponent('UndriftPhase="waiting"')
  return `${uiUrl.replace(/\/$/, '')}/namespaces/${encodeURIComponent(namespace)}/workflows?query=${query}`
}
