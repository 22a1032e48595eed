import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A running server with a data folder of its own. */
export interface Server {
  /** Where it answers, without a slash at the end: `http://127.0.0.1:41234`. */
  url: string;
  /** Its folder of database and files; removed by `stop`. */
  dataDir: string;
  /** Everything it has printed so far. */
  output(): string;
  /** Ends it at once, as a crash would, and keeps its data. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data, after `kill`. */
  start(): Promise<void>;
  /** Asks it to end, waits until it has, and removes its data. Fails if it ended by itself before, or badly. */
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 60_000;
const STOPPED_WITHIN_MS = 15_000;

/**
 * Starts the program named by AP_INTAKE_BIN with demo data on a free port, and waits until it is ready.
 *
 * @param env settings over the defaults, such as `AP_INTAKE_…`
 * @param args arguments instead of `serve --demo`
 */
export async function startServer(env: Record<string, string> = {}, args = ['serve', '--demo']): Promise<Server> {
  const program = process.env.AP_INTAKE_BIN;
  if (!program) throw new Error('AP_INTAKE_BIN names no program; run the tests with `make e2e`');

  const dataDir = await mkdtemp(join(tmpdir(), 'ap-intake-e2e-'));
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  let output = '';
  let child: ChildProcess;

  const start = async () => {
    child = spawn(program, args, {
      // Without OCR the demo is read at once; what is about scans asks for it.
      env: { ...process.env, AP_INTAKE_DATA_DIR: dataDir, LEPTOS_SITE_ADDR: address, AP_INTAKE_OCR: 'false', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (chunk: Buffer) => (output += chunk.toString());
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    await ready(url, child, () => output);
  };

  const end = async (signal: NodeJS.Signals) => {
    if (ended(child)) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    const giveUp = setTimeout(() => child.kill('SIGKILL'), STOPPED_WITHIN_MS);
    await exit;
    clearTimeout(giveUp);
  };

  await start();
  return {
    url,
    dataDir,
    output: () => output,
    start,
    kill: () => end('SIGKILL'),
    stop: async () => {
      const crashed = ended(child);
      await end('SIGTERM');
      await rm(dataDir, { recursive: true, force: true });
      if (crashed || child.exitCode !== 0) {
        throw new Error(`the server ended with ${child.exitCode ?? child.signalCode}:\n${output.slice(-4000)}`);
      }
    },
  };
}

/** Adds a person by the command line, as whoever runs the server does. */
export async function addPerson(server: Server, email: string, role: string, name: string, password: string): Promise<void> {
  const args = ['user', 'add', email, '--role', role, '--name', name, '--password-stdin'];
  const env = { ...process.env, AP_INTAKE_DATA_DIR: server.dataDir };
  await new Promise<void>((done, failed) => {
    const command = execFile(process.env.AP_INTAKE_BIN ?? '', args, { env }, (error) => (error ? failed(error) : done()));
    command.stdin?.end(`${password}\n`);
  });
}

function ended(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function ready(url: string, child: ChildProcess, output: () => string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline && !ended(child)) {
    const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((again) => setTimeout(again, 100));
  }
  child.kill('SIGKILL');
  throw new Error(`the server was not ready:\n${output().slice(-4000)}`);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
