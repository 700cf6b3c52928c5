import { readdir, readFile } from 'node:fs/promises'

/**
 * What the git processes of a group have read and written so far, from each other and from the network; null where the
 * system does not tell. ssh is not counted: it keeps a connection alive whose other side is deaf.
 */
export async function trafficOf(group: number): Promise<number | null> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  let bytes: number | null = null
  for (const pid of pids) {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => null)
    const match = /^\d+ \((.*)\) \S+ \d+ (\d+) /s.exec(stat ?? '')
    if (match === null || Number(match[2]) !== group || !match[1]?.startsWith('git')) continue
    const io = await readFile(`/proc/${pid}/io`, 'latin1').catch(() => '')
    for (const [, count] of io.matchAll(/^[rw]char: (\d+)$/gm)) bytes = (bytes ?? 0) + Number(count)
  }
  return bytes
}
