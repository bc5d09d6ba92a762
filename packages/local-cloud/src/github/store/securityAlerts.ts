import type { Advisory } from '../security/osv';

/** Is one place where a code scanning tool saw a problem, in one of its analyses. */
export interface CodeScanningInstance {
  /** Full name such as `refs/heads/main`. */
  ref: string;
  category: string;
  state: 'open' | 'fixed';
  commitSha: string;
  message: string;
  location: {
    path: string;
    startLine: number;
    endLine: number;
    startColumn: number;
    endColumn: number;
  };
}

export type CodeScanningSeverity = 'none' | 'note' | 'warning' | 'error';

export type SecurityLevel = 'low' | 'medium' | 'high' | 'critical';

/** Is what a code scanning tool says of one kind of problem. */
export interface CodeScanningRule {
  id: string;
  name: string;
  severity: CodeScanningSeverity;
  securityLevel?: SecurityLevel;
  description: string;
  fullDescription: string;
  tags: string[];
  help?: string;
  helpUri?: string;
}

export interface CodeScanningTool {
  name: string;
  version?: string;
  guid?: string;
}

/** Is a problem that a code scanning tool found, with the last instance of each ref and category. */
export interface CodeScanningAlertBody {
  tool: CodeScanningTool;
  rule: CodeScanningRule;
  /** The most recent one comes last. */
  instances: CodeScanningInstance[];
}

/** Is where a secret was seen. */
export interface SecretLocation {
  path: string;
  startLine: number;
  endLine: number;
  startColumn: number;
  endColumn: number;
  blobSha: string;
  commitSha: string;
}

/** Is a secret in a repository, wherever its history has it. */
export interface SecretScanningAlertBody {
  secretType: string;
  displayName: string;
  secret: string;
  locations: SecretLocation[];
}

/** Is a vulnerable package in a lockfile. */
export interface DependabotAlertBody {
  packageName: string;
  manifestPath: string;
  scope: 'development' | 'runtime';
  relationship: 'direct' | 'transitive';
  /** In GitHub's words, such as `>= 1.0.0, < 1.2.6`. */
  vulnerableRange: string;
  firstPatched?: string;
  /** The advisory as it was when it was last matched. */
  advisory: Advisory;
}
