import type { RestEndpointMethodTypes } from '@octokit/rest';

type Rest = RestEndpointMethodTypes;

/** The answers of GitHub's REST API, as its own client declares them. */
export type RestRepository = Rest['repos']['get']['response']['data'];
export type RestUser = RestRepository['owner'];
export type RestCommit = Rest['repos']['getCommit']['response']['data'];
export type RestGitCommit = Rest['git']['getCommit']['response']['data'];
export type RestStatus =
  Rest['repos']['createCommitStatus']['response']['data'];
export type RestCheckRun = Rest['checks']['get']['response']['data'];
export type RestHook = Rest['repos']['getWebhook']['response']['data'];
export type RestHookDelivery =
  Rest['repos']['getWebhookDelivery']['response']['data'];
export type RestPull = Rest['pulls']['get']['response']['data'];
export type RestFileChange = NonNullable<RestCommit['files']>[number];
export type RestOrganization = Rest['orgs']['get']['response']['data'];
export type RestAccount = Rest['users']['getByUsername']['response']['data'];
export type RestCodeScanningAlert =
  Rest['codeScanning']['getAlert']['response']['data'];
export type RestCodeScanningAnalysis =
  Rest['codeScanning']['listRecentAnalyses']['response']['data'][number];
export type RestSarifStatus =
  Rest['codeScanning']['getSarif']['response']['data'];
export type RestSecretScanningAlert =
  Rest['secretScanning']['getAlert']['response']['data'];
export type RestSecretLocation =
  Rest['secretScanning']['listLocationsForAlert']['response']['data'][number];
export type RestDependabotAlert =
  Rest['dependabot']['getAlert']['response']['data'];
export type RestSbom =
  Rest['dependencyGraph']['exportSbom']['response']['data'];
