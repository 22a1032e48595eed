import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A folder of documents that the program itself makes: no two of the same content as the demo's. */
export interface Samples {
  /** The paths of the documents of one kind: `ubl`, `cii`, `facturx_pdf`, `text_pdf`, `scan_image`. */
  of(kind: string): string[];
  remove(): Promise<void>;
}

/** Makes `count` documents of each kind; another `seed` makes other ones. `more`: further options of the command. */
export async function makeSamples(seed: number, count = 1, ...more: string[]): Promise<Samples> {
  const program = process.env.AP_INTAKE_BIN;
  if (!program) throw new Error('AP_INTAKE_BIN names no program; run the tests with `make e2e`');
  const folder = await mkdtemp(join(tmpdir(), 'ap-intake-samples-'));
  await run(program, ['samples', folder, '--seed', String(seed), '--count', String(count), ...more]);
  const names = (await readdir(folder)).sort();
  return {
    of: (kind) => names.filter((name) => name.startsWith(`${kind}-`)).map((name) => join(folder, name)),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
