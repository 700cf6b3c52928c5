const secondsPerUnit = { s: 1, m: 60, h: 3600, d: 86_400 } as const
const bytesPerUnit = { kB: 1_000, KB: 1_000, MB: 1_000_000, GB: 1_000_000_000 } as const
const longestSeconds = 365 * secondsPerUnit.d

/** Seconds of a text such as `90s`, `10m`, `6h` or `1d`; null when it is none, is below 1 s or above 365 d. */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,9})([smhd])$/.exec(text)
  if (!match) return null
  const seconds = Number(match[1]) * secondsPerUnit[match[2] as keyof typeof secondsPerUnit]
  return seconds >= 1 && seconds <= longestSeconds ? seconds : null
}

/** Bytes of a text such as `500kB`, `10MB` or `1GB`, in powers of ten; null when it is none, or zero. */
export function parseSize(text: string): number | null {
  const match = /^(\d{1,6}) ?(kB|KB|MB|GB)$/.exec(text)
  if (!match) return null
  const bytes = Number(match[1]) * bytesPerUnit[match[2] as keyof typeof bytesPerUnit]
  return bytes > 0 ? bytes : null
}
