import type { FullResult, Reporter, Suite } from '@playwright/test/reporter';

/** Ends the output with one plain line that a program can read: `12 passed, 0 failed`. */
export default class ClosingLine implements Reporter {
  private suite: Suite | undefined;
  private errors = 0;

  onBegin(_config: unknown, suite: Suite): void {
    this.suite = suite;
  }

  /** An error outside any test, such as a spec that cannot be loaded. */
  onError(): void {
    this.errors += 1;
  }

  onExit(): Promise<void> {
    const outcomes = (this.suite?.allTests() ?? []).map((test) => test.outcome());
    const count = (outcome: string) => outcomes.filter((each) => each === outcome).length;
    const failed = count('unexpected') + count('flaky') + this.errors;
    console.log(`\n${count('expected')} passed, ${failed} failed`);
    return Promise.resolve();
  }

  onEnd(_result: FullResult): void {}

  printsToStdio(): boolean {
    return false;
  }
}
