/** What is waited for of a stream: that it has handed on all that was written to it. */
interface Output {
  write(text: string, done: () => void): boolean
}

/**
 * Resolves when every stream has handed on what was written to it, however slowly it is read, or has failed to. A process
 * that ends before that loses whatever did not fit into the pipe.
 */
export async function drained(streams: readonly Output[]): Promise<void> {
  // What is written last is done last; of a stream that failed it comes with the error, which is told before.
  await Promise.all(
    streams.map((stream) => new Promise<void>((resolve) => stream.write('', () => resolve()))),
  )
}
